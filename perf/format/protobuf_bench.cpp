// SPDX-License-Identifier: BSD-3-Clause
// Protobuf alone: the plain encoder of a Flow, the compiled program on the record (every kernel),
// and what is encoded once per datagram and once per template. One record of each of 10,000
// datagrams; in the profile goflow2-v1 unless the name says v2.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/produce/producer.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic.hpp"

namespace {

using namespace flow;
using perf::Input;

constexpr Schema v1 = Schema::all(Profile::goflow2_v1);
constexpr Schema v2 = Schema::all(Profile::goflow2_v2);

/// The first record of every datagram, with all that is needed to encode it in both ways. Programs
/// may read behind a record: other records follow it.
class Sample {
public:
    Sample(Input input, const Schema& schema)
        : traffic_{perf::traffic_of(input)}, producer_{produce::Settings{.schema = schema}} {
        const Template layout{.version = 10,
                              .record_size = static_cast<std::uint16_t>(perf::record_size(input)),
                              .fields = perf::fields(input)};
        plan_ = producer_.compile(layout, steps_);
        origin_ = {.type = FlowType::ipfix,
                   .sampler = traffic_.datagrams.front().source,
                   .sequence = 12'345'678,
                   .observation_domain = 3,
                   .received_ns = traffic_.datagrams.front().received_ns,
                   .export_seconds = 1'700'000'000};
        for (const Datagram& datagram : traffic_.datagrams) {
            records_.push_back(
                datagram.payload.subspan(perf::records_offset(input), layout.record_size));
            Flow flow;
            producer_.fill(flow, plan_, Record{.bytes = records_.back(), .extents = {}}, origin_);
            flows_.push_back(flow);
        }
    }

    [[nodiscard]] const Plan& plan() const { return plan_; }
    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] const std::vector<Bytes>& records() const { return records_; }
    [[nodiscard]] const std::vector<Flow>& flows() const { return flows_; }

private:
    const perf::Traffic& traffic_;
    produce::Producer producer_;
    std::array<Step, plan_steps_max> steps_;
    Plan plan_;
    Origin origin_;
    std::vector<Bytes> records_;
    std::vector<Flow> flows_;
};

constexpr std::size_t room_size = 4096;

void write(benchmark::State& state, Input input, const Schema& schema) {
    const Sample sample{input, schema};
    const protobuf::Formatter format{schema, protobuf::Framing::length_prefixed};
    std::array<std::uint8_t, room_size> room;
    for (auto _ : state) {
        for (const Flow& flow : sample.flows()) {
            std::uint8_t* end = format.write(flow, room.data());
            benchmark::DoNotOptimize(end);
            benchmark::ClobberMemory();
        }
    }
    perf::count_flows(state, sample.flows().size());
}

void verify(const Sample& sample, const protobuf::Formatter& format,
            const protobuf::Program& program, const protobuf::Constants& constants) {
    std::array<std::uint8_t, room_size> plain;
    std::array<std::uint8_t, room_size> compiled;
    perf::require(program.row_size(1, 0) <= room_size, "a message needs more room");
    for (std::size_t i = 0; i < sample.flows().size(); ++i) {
        std::uint8_t* const plain_end = format.write(sample.flows()[i], plain.data());
        protobuf::MessageRow messages;
        messages.to = compiled.data();
        const Bytes record = sample.records()[i];
        format.run(program, constants, sample.origin(), {record.data(), record.size(), 1},
                   messages);
        perf::require(std::ranges::equal(std::span{plain.data(), plain_end},
                                         std::span{compiled.data(), messages.ends[0]}),
                      "message of record " + std::to_string(i));
    }
}

void run(benchmark::State& state, Input input, const Schema& schema,
         const protobuf::Kernel& kernel) {
    const Sample sample{input, schema};
    perf::require(sample.plan().direct, "a plan that compiles");
    const protobuf::Formatter format{schema, protobuf::Framing::length_prefixed, kernel.run};
    const auto program = std::make_unique<protobuf::Program>();
    format.compile(sample.plan(), *program);
    protobuf::Constants constants;
    format.begin(sample.origin(), constants);
    verify(sample, format, *program, constants);
    std::array<std::uint8_t, room_size> room;
    for (auto _ : state) {
        for (const Bytes record : sample.records()) {
            protobuf::MessageRow messages;
            messages.to = room.data();
            format.run(*program, constants, sample.origin(), {record.data(), record.size(), 1},
                       messages);
            benchmark::DoNotOptimize(messages.ends[0]);
            benchmark::ClobberMemory();
        }
    }
    perf::count_flows(state, sample.records().size());
}

void begin(benchmark::State& state) {
    const Sample sample{Input::ipfix_ipv4, v1};
    const protobuf::Formatter format{v1, protobuf::Framing::length_prefixed};
    protobuf::Constants constants;
    for (auto _ : state) {
        format.begin(sample.origin(), constants);
        benchmark::DoNotOptimize(constants);
    }
    state.SetItemsProcessed(state.iterations());
}

void compile(benchmark::State& state) {
    const Sample sample{Input::ipfix_ipv4, v1};
    const protobuf::Formatter format{v1, protobuf::Framing::length_prefixed};
    const auto program = std::make_unique<protobuf::Program>();
    for (auto _ : state) {
        format.compile(sample.plan(), *program);
        benchmark::DoNotOptimize(*program);
    }
    state.SetItemsProcessed(state.iterations());
}

void add(const std::string& rest, Input input, const Schema& schema) {
    benchmark::RegisterBenchmark(
        ("protobuf/write/" + rest).c_str(),
        [input, &schema](benchmark::State& state) { write(state, input, schema); });
    for (const protobuf::Kernel& kernel : protobuf::kernels()) {
        benchmark::RegisterBenchmark(("protobuf/run/" + rest + "/" + kernel.name).c_str(),
                                     [input, &schema, kernel](benchmark::State& state) {
                                         run(state, input, schema, kernel);
                                     });
    }
}

const bool registered = [] {
    for (const Input input : {Input::ipfix_ipv4, Input::ipfix_ipv6}) {
        const std::string name{perf::name(input)};
        add(name, input, v1);
        add(name + "-v2", input, v2);
    }
    benchmark::RegisterBenchmark("protobuf/begin", begin);
    benchmark::RegisterBenchmark("protobuf/compile", compile);
    return true;
}();

}  // namespace

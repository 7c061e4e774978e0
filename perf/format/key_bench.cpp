// SPDX-License-Identifier: BSD-3-Clause
// Keys alone: goflow2 v1's default, the exporter's address as a text, and the hash of v2; then one
// of addresses, ports and protocol, by which flows spread. A record of each of 10,000 datagrams.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "flow/format/key/encoder.hpp"
#include "flow/produce/producer.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic.hpp"

namespace {

using namespace flow;
using perf::Input;

const std::vector<Column> exporter{Column::sampler_address};
const std::vector<Column> five{Column::src_addr, Column::dst_addr, Column::src_port,
                               Column::dst_port, Column::proto};

/// The first record of every datagram, as a flow.
class Sample {
public:
    explicit Sample(Profile profile)
        : schema_{Schema::all(profile)}, producer_{produce::Settings{.schema = schema_}} {
        constexpr Input input = Input::ipfix_ipv4;
        const perf::Traffic& traffic = perf::traffic_of(input);
        const Template layout{.version = 10,
                              .record_size = static_cast<std::uint16_t>(perf::record_size(input)),
                              .fields = perf::fields(input)};
        const auto steps = std::make_unique<std::array<Step, plan_steps_max>>();
        const Plan plan = producer_.compile(layout, *steps);
        origins_.reserve(traffic.datagrams.size());
        for (const Datagram& datagram : traffic.datagrams) {
            origins_.push_back({.type = FlowType::ipfix, .sampler = datagram.source});
            const Bytes record =
                datagram.payload.subspan(perf::records_offset(input), layout.record_size);
            producer_.fill(flows_.emplace_back(), plan, Record{.bytes = record, .extents = {}},
                           origins_.back());
        }
    }

    [[nodiscard]] const Schema& schema() const { return schema_; }
    [[nodiscard]] const std::vector<Flow>& flows() const { return flows_; }

private:
    Schema schema_;
    produce::Producer producer_;
    std::vector<Origin> origins_;
    std::vector<Flow> flows_;
};

/// The slow way, for columns that are numbers and bytes.
std::string text_of(const Flow& flow, const std::vector<Column>& columns, const char* separator) {
    std::string text;
    for (const Column column : columns) {
        if (info(column).kind == Kind::bytes) {
            std::string octets;
            for (const std::uint8_t octet : flow.bytes(column)) {
                octets += (octets.empty() ? "" : " ") + std::to_string(octet);
            }
            text += '[' + octets + ']';
        } else {
            text += std::to_string(flow.number(column));
        }
        text += separator;
    }
    return text;
}

std::string hash_of(const std::string& text) {
    std::uint32_t hash = 0x811c9dc5;
    for (const char letter : text) hash = hash * 0x01000193 ^ static_cast<std::uint8_t>(letter);
    std::string key;
    for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(hash >> shift);
    return key;
}

void key(benchmark::State& state, Profile profile, const std::vector<Column>& columns) {
    const Sample sample{profile};
    const key::Encoder encoder{sample.schema(), columns};
    std::array<std::uint8_t, 1024> room;
    for (const Flow& flow : sample.flows()) {
        const bool v1 = profile == Profile::goflow2_v1;
        const std::string right =
            v1 ? text_of(flow, columns, "-") : hash_of(text_of(flow, columns, ""));
        perf::require(encoder.size_max(flow) <= room.size(), "a key needs more room");
        perf::require(std::string(room.data(), encoder.write(flow, room.data())) == right, "key");
    }
    for (auto _ : state) {
        for (const Flow& flow : sample.flows()) {
            std::size_t size = encoder.size_max(flow);
            benchmark::DoNotOptimize(size);
            std::uint8_t* end = encoder.write(flow, room.data());
            benchmark::DoNotOptimize(end);
            benchmark::ClobberMemory();
        }
    }
    perf::count_flows(state, sample.flows().size());
}

void add(const char* name, Profile profile, const std::vector<Column>& columns) {
    benchmark::RegisterBenchmark(
        name, [profile, &columns](benchmark::State& state) { key(state, profile, columns); });
}

const bool registered = [] {
    add("key/v1/exporter", Profile::goflow2_v1, exporter);
    add("key/v1/five", Profile::goflow2_v1, five);
    add("key/v2/exporter", Profile::goflow2_v2, exporter);
    add("key/v2/five", Profile::goflow2_v2, five);
    return true;
}();

}  // namespace

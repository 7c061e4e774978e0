// SPDX-License-Identifier: BSD-3-Clause
// Produce: a template compiled to a plan (once per template), and the plain way from a record into
// a Flow (JSON, text, and what programs cannot do).
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "flow/produce/producer.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic.hpp"

namespace {

using namespace flow;
using perf::Input;

Template layout_of(Input input) {
    return {.version = static_cast<std::uint8_t>(input == Input::netflow5   ? 5
                                                 : input == Input::netflow9 ? 9
                                                                            : 10),
            .record_size = static_cast<std::uint16_t>(perf::record_size(input)),
            .fields = perf::fields(input)};
}

template <class Visit>
void for_each_record(const perf::Traffic& traffic, Visit visit) {
    const std::size_t size = perf::record_size(traffic.input);
    for (const Datagram& datagram : traffic.datagrams) {
        Bytes rest = datagram.payload.subspan(perf::records_offset(traffic.input));
        for (std::size_t i = 0; i < perf::records_per_datagram(traffic.input); ++i) {
            visit(Record{.bytes = rest.first(size), .extents = {}});
            rest = rest.subspan(size);
        }
    }
}

/// The record's field with this element, read without a plan.
std::uint64_t slow_number(const Record& record, Input input, std::uint16_t element) {
    std::size_t offset = 0;
    for (const TemplateField& field : perf::fields(input)) {
        if (field.id == element) return load_be(record.bytes.subspan(offset, field.length));
        offset += field.length;
    }
    return 0;
}

void verify(const perf::Traffic& traffic, const Plan& plan) {
    struct Pair {
        std::uint16_t element;
        Column column;
    };
    static constexpr std::array pairs{
        Pair{1, Column::bytes},     Pair{2, Column::packets},
        Pair{7, Column::src_port},  Pair{11, Column::dst_port},
        Pair{10, Column::in_if},    Pair{14, Column::out_if},
        Pair{17, Column::dst_as},   Pair{6, Column::tcp_flags},
        Pair{59, Column::dst_vlan}, Pair{153, Column::time_flow_end_ms}};
    produce::Producer producer{{}};
    for_each_record(traffic, [&](const Record& record) {
        Flow flow;
        producer.fill(flow, plan, record, Origin{});
        for (const Pair& pair : pairs) {
            const bool is_netflow_time = pair.element == 153 && traffic.input < Input::ipfix_ipv4;
            perf::require(is_netflow_time || flow.number(pair.column) ==
                                                 slow_number(record, traffic.input, pair.element),
                          "element " + std::to_string(pair.element));
        }
    });
}

void fill(benchmark::State& state, Input input) {
    const perf::Traffic& traffic = perf::traffic_of(input);
    std::array<Step, plan_steps_max> steps;
    const Plan plan = produce::compile(layout_of(input), steps);
    const Origin origin{.sampler = traffic.datagrams.front().source,
                        .received_ns = traffic.datagrams.front().received_ns};
    verify(traffic, plan);
    produce::Producer producer{{}};
    for (auto _ : state) {
        for_each_record(traffic, [&](const Record& record) {
            Flow flow;
            producer.fill(flow, plan, record, origin);
            benchmark::DoNotOptimize(flow);
        });
    }
    perf::count_flows(state, traffic.flow_count);
}

void compile(benchmark::State& state, Input input) {
    const Template layout = layout_of(input);
    std::array<Step, plan_steps_max> steps;
    perf::require(produce::compile(layout, steps).direct, "a plan of fixed fields is direct");
    for (auto _ : state) {
        const Plan plan = produce::compile(layout, steps);
        benchmark::DoNotOptimize(plan);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(fill, netflow5, Input::netflow5)->Name("produce/fill/netflow5");
BENCHMARK_CAPTURE(fill, netflow9, Input::netflow9)->Name("produce/fill/netflow9");
BENCHMARK_CAPTURE(fill, ipv4, Input::ipfix_ipv4)->Name("produce/fill/ipfix-ipv4");
BENCHMARK_CAPTURE(fill, ipv6, Input::ipfix_ipv6)->Name("produce/fill/ipfix-ipv6");
BENCHMARK_CAPTURE(compile, ipv4, Input::ipfix_ipv4)->Name("produce/compile/ipfix-ipv4");
BENCHMARK_CAPTURE(compile, ipv6, Input::ipfix_ipv6)->Name("produce/compile/ipfix-ipv6");

}  // namespace

// SPDX-License-Identifier: BSD-3-Clause
// Decode alone: headers, set walking and template look-up, with a sink that only counts. What is
// left of a pipeline's time is produce and format.
#include <benchmark/benchmark.h>

#include "flow/decode/exporters.hpp"
#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow5/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic.hpp"

namespace {

using namespace flow;
using perf::Input;

/// Takes everything and counts it.
struct CountingSink {
    std::uint64_t flows = 0;
    std::uint64_t bytes = 0;

    void begin(const Origin& origin) noexcept { benchmark::DoNotOptimize(&origin); }
    void learn(const Template&) noexcept {}
    void records(const Template&, const RecordRun& run) noexcept {
        flows += run.count;
        bytes += run.bytes.size();
    }
    void record(const Template&, const Record& record) noexcept {
        ++flows;
        bytes += record.bytes.size();
    }
    Error sample(const FlowSample& sample) noexcept {
        ++flows;
        bytes += sample.records.size();
        return Error::none;
    }
};

template <class Decoder>
void decode_all(std::span<const Datagram> datagrams, Exporters& exporters, Decoder& decoder,
                CountingSink& sink) {
    for (const Datagram& datagram : datagrams) {
        const auto exporter = exporters.enter(datagram.source, 0).index;
        const Error outcome = decoder.decode(datagram, exporter, sink);
        benchmark::DoNotOptimize(outcome);
    }
}

template <class Decoder>
void bench(benchmark::State& state, Input input, Decoder& decoder) {
    const perf::Traffic& traffic = perf::traffic_of(input);
    Exporters exporters{TemplateLimits{}.exporters_max, 1};
    CountingSink sink;
    decode_all(std::span{traffic.templates}, exporters, decoder, sink);
    decode_all(std::span{traffic.datagrams}, exporters, decoder, sink);
    perf::require(sink.flows == traffic.flow_count, "number of flows decoded");
    perf::require(
        input == Input::sflow || sink.bytes == traffic.flow_count * perf::record_size(input),
        "bytes of the flows decoded");
    for (auto _ : state) decode_all(std::span{traffic.datagrams}, exporters, decoder, sink);
    perf::count_flows(state, traffic.flow_count);
}

void netflow5_decode(benchmark::State& state) {
    netflow5::Decoder decoder{0};
    bench(state, Input::netflow5, decoder);
}
void netflow9_decode(benchmark::State& state) {
    DecodeStats stats;
    ShardState shard{ShardLimits{}, stats};
    netflow9::Decoder decoder{shard};
    bench(state, Input::netflow9, decoder);
}
void ipfix_decode(benchmark::State& state, Input input) {
    DecodeStats stats;
    ShardState shard{ShardLimits{}, stats};
    ipfix::Decoder decoder{shard};
    bench(state, input, decoder);
}
void sflow_decode(benchmark::State& state) {
    sflow::Decoder decoder;
    bench(state, Input::sflow, decoder);
}

BENCHMARK(netflow5_decode)->Name("decode/netflow5");
BENCHMARK(netflow9_decode)->Name("decode/netflow9");
BENCHMARK_CAPTURE(ipfix_decode, ipv4, Input::ipfix_ipv4)->Name("decode/ipfix-ipv4");
BENCHMARK_CAPTURE(ipfix_decode, ipv6, Input::ipfix_ipv6)->Name("decode/ipfix-ipv6");
BENCHMARK(sflow_decode)->Name("decode/sflow");

}  // namespace

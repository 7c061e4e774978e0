// SPDX-License-Identifier: BSD-3-Clause
// Headers: find_udp once per received frame, dissect once per sampled packet of sFlow. 10,000
// different ones of each.
#include <benchmark/benchmark.h>

#include <vector>

#include "flow/packet/dissect.hpp"
#include "flow/packet/frame.hpp"
#include "perf/support/frames.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic.hpp"

namespace {

using namespace flow;

void find_udp(benchmark::State& state) {
    const perf::Traffic traffic = perf::make_traffic(perf::Input::ipfix_ipv4);
    std::vector<test::ByteBuilder> frames;
    for (const Datagram& datagram : traffic.datagrams) {
        frames.push_back(perf::udp_frame(datagram));
        const auto found = packet::find_udp(frames.back().bytes(), packet::LinkType::ethernet);
        perf::require(found && found->source == datagram.source &&
                          found->source_port == datagram.source_port &&
                          found->payload.size() == datagram.payload.size() &&
                          found->payload.back() == datagram.payload.back(),
                      "datagram of a frame");
    }
    for (auto _ : state) {
        for (const test::ByteBuilder& frame : frames) {
            const auto found = packet::find_udp(frame.bytes(), packet::LinkType::ethernet);
            benchmark::DoNotOptimize(found);
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
}

/// Where the sampled packet of a sample starts, and its size: 28 bytes of datagram header, then
/// samples of 192 with 64 bytes before their packet (perf/support/traffic.cpp).
std::vector<Bytes> sampled_packets(const perf::Traffic& traffic) {
    constexpr std::size_t datagram_header = 28;
    constexpr std::size_t sample_size = 192;
    constexpr std::size_t packet_size = 128;
    std::vector<Bytes> packets;
    for (const Datagram& datagram : traffic.datagrams) {
        Bytes rest = datagram.payload.subspan(datagram_header);
        for (; rest.size() >= sample_size; rest = rest.subspan(sample_size)) {
            packets.push_back(rest.subspan(sample_size - packet_size, packet_size));
        }
    }
    perf::require(packets.size() == traffic.flow_count, "number of sampled packets");
    return packets;
}

void dissect(benchmark::State& state) {
    const perf::Traffic traffic =
        perf::make_traffic(perf::Input::sflow, {.datagram_count = 10'000 / 6});
    const std::vector<Bytes> packets = sampled_packets(traffic);
    for (const Bytes packet : packets) {
        const packet::Headers headers = packet::dissect(packet, packet::FirstLayer::ethernet);
        const std::size_t ip_offset = headers.has_vlan ? 18 : 14;
        perf::require(headers.has_ip && headers.has_ports && headers.ethertype == 0x0800 &&
                          headers.source.data() == packet.data() + ip_offset + 12 &&
                          headers.source_port == load_be16(packet.data() + ip_offset + 20),
                      "headers of a sampled packet");
    }
    for (auto _ : state) {
        for (const Bytes packet : packets) {
            const packet::Headers headers = packet::dissect(packet, packet::FirstLayer::ethernet);
            benchmark::DoNotOptimize(headers);
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()));
}

BENCHMARK(find_udp)->Name("packet/find_udp");
BENCHMARK(dissect)->Name("packet/dissect");

}  // namespace

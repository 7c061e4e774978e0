// SPDX-License-Identifier: BSD-3-Clause
// Headers: find_udp once per received frame, verify_udp where checksums are asked for, dissect once
// per sampled packet of sFlow. 10,000 different ones of each.
#include <benchmark/benchmark.h>

#include <vector>

#include "flow/packet/checksum.hpp"
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

/// Gives a frame of perf::udp_frame(), whose UDP header starts at 34, the checksum that it lacks.
void set_checksum(test::ByteBuilder& frame, std::size_t segment_size) {
    constexpr std::size_t addresses = 26;
    std::uint32_t sum = static_cast<std::uint32_t>(17 + segment_size);
    for (std::size_t at = addresses; at < frame.size(); ++at) {
        sum += at % 2 == 0 ? frame.bytes()[at] << 8 : frame.bytes()[at];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    const std::uint32_t checksum = ~sum & 0xffff;
    frame.put_u16(addresses + 8 + 6, checksum == 0 ? 0xffff : checksum);  // RFC 768
}

void verify_udp(benchmark::State& state) {
    const perf::Traffic traffic = perf::make_traffic(perf::Input::ipfix_ipv4);
    std::vector<test::ByteBuilder> frames;
    std::vector<packet::UdpFrame> found;
    std::size_t byte_count = 0;
    for (const Datagram& datagram : traffic.datagrams) {
        frames.push_back(perf::udp_frame(datagram));
        set_checksum(frames.back(), 8 + datagram.payload.size());
        byte_count += 8 + datagram.payload.size();
    }
    for (const test::ByteBuilder& frame : frames) {
        const auto each = packet::find_udp(frame.bytes(), packet::LinkType::ethernet);
        perf::require(each && packet::verify_udp(*each) == packet::Checksum::good, "checksum");
        packet::UdpFrame cut = *each;
        cut.payload = cut.payload.first(cut.payload.size() - 1);
        perf::require(packet::verify_udp(cut) == packet::Checksum::bad, "checksum of less");
        found.push_back(*each);
    }
    for (auto _ : state) {
        for (const packet::UdpFrame& each : found) {
            benchmark::DoNotOptimize(packet::verify_udp(each));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(found.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(byte_count));
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
BENCHMARK(verify_udp)->Name("packet/verify_udp");
BENCHMARK(dissect)->Name("packet/dissect");

}  // namespace

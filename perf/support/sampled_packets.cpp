// SPDX-License-Identifier: BSD-3-Clause
// Headers of TCP and UDP packets on IPv4 and IPv6, with and without a VLAN tag.
#include "perf/support/sampled_packets.hpp"

#include "flow/packet/numbers.hpp"
#include "perf/support/values.hpp"
#include "tests/support/sflow_builder.hpp"

namespace flow::perf {

namespace {

using test::ByteBuilder;

constexpr std::size_t header_size = 128;

struct Packet {
    bool tagged = false;
    bool ipv6 = false;
    bool tcp = false;
    std::uint64_t size = 0;  ///< of the IP packet
};

void add_ipv4(ByteBuilder& out, const Packet& packet, Random& random) {
    out.u8(0x45).u8(random.one_in(4) ? random.next() & 0xfc : 0);
    out.u16(packet.size).u16(random.next());
    out.u16(0x4000).u8(64 - random.below(30)).u8(packet.tcp ? 6 : 17).u16(random.next());
    add_random_bytes(out, 8, random);
}

void add_ipv6(ByteBuilder& out, const Packet& packet, Random& random) {
    const std::uint64_t label = random.one_in(2) ? random.below(1 << 20) : 0;
    out.u32(std::uint64_t{6} << 28 | label).u16(packet.size - 40).u8(packet.tcp ? 6 : 17);
    out.u8(64 - random.below(30));
    add_random_bytes(out, 32, random);
}

/// The first 128 bytes of a packet on Ethernet.
ByteBuilder packet_header(const Packet& packet, Random& random) {
    ByteBuilder out;
    add_random_bytes(out, 12, random);
    if (packet.tagged) out.u16(packet::ethertype::vlan).u16(random.between(1, 4094));
    out.u16(packet.ipv6 ? packet::ethertype::ipv6 : packet::ethertype::ipv4);
    if (packet.ipv6) {
        add_ipv6(out, packet, random);
    } else {
        add_ipv4(out, packet, random);
    }
    out.u16(field_value({7, 2}, random)).u16(field_value({11, 2}, random));
    if (packet.tcp) {
        out.u32(random.next()).u32(random.next()).u8(0x50).u8(random.next() & 0x1f);
        out.u16(random.next()).u16(random.next()).u16(0);
    } else {
        out.u16(packet.size - (packet.ipv6 ? 40 : 20)).u16(random.next());
    }
    return out.fill(header_size - out.size(), 0x2e);
}

Packet make_packet(Input input, Random& random) {
    Packet packet;
    packet.tagged = input == Input::sflow ? random.one_in(3) : input == Input::sflow_vlan;
    packet.ipv6 = input == Input::sflow_ipv6;
    packet.tcp = input == Input::sflow_tcp || (input != Input::sflow_udp && !random.one_in(3));
    packet.size = random.between(packet.ipv6 ? 60 : 40, 1500);
    return packet;
}

}  // namespace

void add_random_bytes(ByteBuilder& out, std::size_t size, Random& random) {
    for (std::size_t i = 0; i < size; ++i) out.u8(random.next());
}

ByteBuilder packet_sample(Input input, Random& random) {
    const ByteBuilder packet = packet_header(make_packet(input, random), random);
    const ByteBuilder record =
        test::raw_header(1, static_cast<std::uint32_t>(random.between(64, 1518)), packet.bytes());
    const ByteBuilder sample =
        test::flow_sample({.sampling_rate = 1000,
                           .input = static_cast<std::uint32_t>(random.between(1, 200)),
                           .output = static_cast<std::uint32_t>(random.between(1, 200)),
                           .record_count = 1},
                          record.bytes());
    return test::tagged(1, sample.bytes());
}

ByteBuilder counter_sample(Random& random) {
    constexpr std::size_t generic_counters_size = 88;  // sFlow v5 §5.3, format 1
    ByteBuilder counters;
    add_random_bytes(counters, generic_counters_size, random);
    ByteBuilder sample;
    sample.u32(random.next()).u32(random.between(1, 200)).u32(1);
    sample.bytes(test::tagged(1, counters.bytes()).bytes());
    return test::tagged(2, sample.bytes());
}

}  // namespace flow::perf

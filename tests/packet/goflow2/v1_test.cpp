// SPDX-License-Identifier: BSD-3-Clause
// read_v1(): what goflow2 1.3.7 makes of a frame, its faults by name.
#include "flow/packet/goflow2/v1.hpp"

#include <gtest/gtest.h>

#include "packet/packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

struct Result {
    Headers headers;
    Layers layers;
};

Result read(Bytes frame, FirstLayer first = FirstLayer::ethernet) {
    Result result;
    dissect(frame, first, {.dialect = Dialect::goflow2_v1}, result.headers, result.layers);
    return result;
}
Headers headers_of(const Packet& packet) { return read(packet.bytes()).headers; }

Packet in_ipv4(unsigned number, unsigned fragment = 0x4000, unsigned words = 5) {
    Packet packet;
    packet.ethernet(ethertype::ipv4);
    return packet.ipv4({.protocol = number, .fragment = fragment, .header_words = words});
}

TEST(Goflow2V1, TcpInIpv4) {
    const Packet packet = in_ipv4(protocol::tcp).tcp();
    const Headers headers = headers_of(packet);
    EXPECT_TRUE(headers.has_ethernet && headers.has_ip && headers.has_ports);
    EXPECT_EQ(headers.source_mac, 0x020000000002U);
    EXPECT_EQ(headers.destination_mac, 0x020000000001U);
    EXPECT_EQ(headers.ethertype, ethertype::ipv4);
    EXPECT_EQ(load_be(headers.source), 0xc0000201U);
    EXPECT_EQ(load_be(headers.destination), 0xc6336402U);
    EXPECT_EQ(headers.tos, 0xb8);
    EXPECT_EQ(headers.ttl, 63);
    EXPECT_EQ(headers.fragment_id, 0x1234U);
    EXPECT_EQ(headers.destination_port, 443);
    EXPECT_EQ(headers.tcp_flags, 0x42);
    EXPECT_EQ(headers.ip_flags, 0);  // it has no such column
}

TEST(Goflow2V1, ThereIsNoStack) {
    const Result result = read(in_ipv4(protocol::tcp).tcp().bytes());
    EXPECT_TRUE(result.layers.all().empty() && result.layers.stack().empty());
    EXPECT_TRUE(result.layers.places.used);
}

TEST(Goflow2V1, OnlyEthernetIsRead) {
    Packet packet;
    packet.ipv4({.protocol = protocol::tcp}).tcp();
    const Headers headers = read(packet.bytes(), FirstLayer::ipv4).headers;
    EXPECT_FALSE(headers.has_ip);
    EXPECT_EQ(headers.ethertype, 0);
}

TEST(Goflow2V1, TheVlanIdIsTheWholeTag) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(0xe064, ethertype::ipv4).ipv4({}).udp(8);
    const Headers headers = headers_of(packet);
    EXPECT_TRUE(headers.has_vlan);
    EXPECT_EQ(headers.vlan_id, 0xe064);
    EXPECT_TRUE(headers.has_ports);
}

TEST(Goflow2V1, ASecondTagOrAnotherKindOfTagEndsIt) {
    Packet two;
    two.ethernet(ethertype::vlan).tag(1, ethertype::vlan).tag(2, ethertype::ipv4).ipv4({}).udp(8);
    EXPECT_EQ(headers_of(two).vlan_id, 1);
    EXPECT_EQ(headers_of(two).ethertype, ethertype::vlan);
    EXPECT_FALSE(headers_of(two).has_ip);
    Packet service;
    service.ethernet(ethertype::vlan_service).tag(1, ethertype::ipv4).ipv4({}).udp(8);
    EXPECT_FALSE(headers_of(service).has_vlan);
    EXPECT_EQ(headers_of(service).ethertype, ethertype::vlan_service);
}

TEST(Goflow2V1, AReservedLabelEndsTheStack) {
    Packet packet;
    packet.ethernet(ethertype::mpls).label(100, false, 1).label(15, false, 2);
    packet.ipv4({.protocol = protocol::udp}).udp(8);
    const Headers headers = headers_of(packet);
    EXPECT_EQ(headers.mpls_count, 2);
    EXPECT_EQ(headers.ethertype, ethertype::ipv4);
    EXPECT_TRUE(headers.has_ports);
}

TEST(Goflow2V1, LabelsBehindTheThirdAreTheLast) {
    Packet packet;
    packet.ethernet(ethertype::mpls);
    for (unsigned i = 1; i <= 20; ++i) packet.label(100 + i, i == 20, i);
    const Headers headers = headers_of(packet.ipv6(0, protocol::udp).udp(8));
    EXPECT_EQ(headers.mpls_count, 20);
    EXPECT_EQ(headers.mpls[2].label, 103U);
    EXPECT_EQ(headers.mpls_last.label, 120U);
    EXPECT_EQ(headers.mpls_last.ttl, 20);
    EXPECT_EQ(headers.ethertype, ethertype::ipv6);
}

TEST(Goflow2V1, ALabelNeedsAByteBehindIt) {
    Packet packet;
    packet.ethernet(ethertype::mpls).label(100, true, 1);
    EXPECT_TRUE(headers_of(packet).has_mpls);
    EXPECT_EQ(headers_of(packet).mpls_count, 0);
    packet.u8(0);
    EXPECT_EQ(headers_of(packet).mpls_count, 1);
    EXPECT_EQ(headers_of(packet).ethertype, ethertype::mpls);
}

TEST(Goflow2V1, Ipv4OptionsAreTakenForPorts) {
    const Headers headers = headers_of(in_ipv4(protocol::udp, 0x4000, 6).udp(8));
    EXPECT_EQ(headers.source_port, 0x0101);
    EXPECT_EQ(headers.destination_port, 0x0101);
}

TEST(Goflow2V1, TheVersionOfIpIsNotAsked) {
    Packet packet;
    packet.ethernet(ethertype::ipv4).u32(0x91000000).fill(5, 0).u8(protocol::udp).fill(10, 7);
    EXPECT_TRUE(headers_of(packet).has_ip);
}

TEST(Goflow2V1, Ipv6ExtensionsAreNotWalked) {
    Packet packet;
    packet.ethernet(ethertype::ipv6).ipv6(0, protocol::hop_by_hop).extension(protocol::udp).udp(8);
    const Headers headers = headers_of(packet);
    EXPECT_EQ(headers.protocol, protocol::hop_by_hop);
    EXPECT_EQ(headers.flow_label, 0xabcdeU);
    EXPECT_EQ(headers.tos, 0xb8);
    EXPECT_EQ(headers.ttl, 62);
    EXPECT_FALSE(headers.has_ports);
}

TEST(Goflow2V1, ALaterFragmentHasFlagsAndIcmpButNoPorts) {
    const Headers tcp = headers_of(in_ipv4(protocol::tcp, 185).tcp());
    EXPECT_FALSE(tcp.has_ports);
    EXPECT_EQ(tcp.source_port, 0);
    EXPECT_EQ(tcp.tcp_flags, 0x42);
    EXPECT_EQ(tcp.fragment_offset, 185);
    EXPECT_TRUE(headers_of(in_ipv4(protocol::icmp, 185).raw({3, 4})).has_icmp);
}

TEST(Goflow2V1, EachFieldAppearsWithItsBytes) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(1, ethertype::ipv4).ipv4({.protocol = protocol::tcp});
    packet.tcp();
    for (std::size_t size = 0; size <= packet.size(); ++size) {
        SCOPED_TRACE(size);
        const Cut cut{packet.bytes(), size};
        const Headers headers = read(cut.bytes()).headers;
        EXPECT_EQ(headers.has_ethernet, size >= 14);
        EXPECT_EQ(headers.has_vlan, size >= 18);
        EXPECT_EQ(headers.has_ip, size >= 38);
        EXPECT_EQ(headers.has_ports, size >= 42);
        EXPECT_EQ(headers.tcp_flags, size >= 52 ? 0x42 : 0);
    }
}

TEST(Goflow2V1, ThePayloadOfTcpIsWhereTheEthertypeSays) {
    // 0x00: none; 0xdd, IPv6: 13 words; 0x47, MPLS: 4 words.
    EXPECT_EQ(read(in_ipv4(protocol::tcp).tcp().bytes()).layers.places.payload,
              FixedPlaces::absent);
    Packet six;
    six.ethernet(ethertype::ipv6).ipv6(0, protocol::tcp).tcp();
    EXPECT_EQ(read(six.bytes()).layers.places.payload, 14U + 40 + 52);
    Packet labels;
    labels.ethernet(ethertype::mpls).label(100, true, 1).ipv6(0, protocol::tcp).tcp();
    EXPECT_EQ(read(labels.bytes()).layers.places.payload, 14U + 4 + 40 + 16);
    Packet udp;
    udp.ethernet(ethertype::ipv6).ipv6(0, protocol::udp);
    EXPECT_EQ(read(udp.bytes()).layers.places.payload, 14U + 40 + 8);
}

}  // namespace
}  // namespace flow::packet

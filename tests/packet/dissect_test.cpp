// SPDX-License-Identifier: BSD-3-Clause
// dissect(): each layer's group, what ends a walk, and what is left of a sample that was cut.
#include "flow/packet/dissect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

/// What it returns borrows from `packet`.
Headers read(const Packet& packet, FirstLayer first = FirstLayer::ethernet) {
    return dissect(packet.bytes(), first);
}

/// TCP in IPv4, as the builder fills it; 40 bytes.
Packet& add_ipv4(Packet& packet, unsigned fragment = 0x4000, unsigned words = 5) {
    packet.ipv4({.total_size = 1500,
                 .protocol = protocol::tcp,
                 .fragment = fragment,
                 .header_words = words});
    return packet.tcp();
}

void expect_ipv4(const Headers& headers) {
    EXPECT_TRUE(headers.has_ip);
    EXPECT_EQ(headers.ethertype, ethertype::ipv4);
    ASSERT_EQ(headers.source.size(), 4U);
    ASSERT_EQ(headers.destination.size(), 4U);
    EXPECT_EQ(load_be32(headers.source.data()), 0xc0000201U);
    EXPECT_EQ(load_be32(headers.destination.data()), 0xc6336402U);
    EXPECT_EQ(headers.tos, 0xb8);
    EXPECT_EQ(headers.ttl, 63);
    EXPECT_EQ(headers.fragment_id, 0x1234U);
    EXPECT_EQ(headers.flow_label, 0U);
}

void expect_ipv6(const Headers& headers) {
    EXPECT_TRUE(headers.has_ip);
    EXPECT_EQ(headers.ethertype, ethertype::ipv6);
    ASSERT_EQ(headers.source.size(), 16U);
    ASSERT_EQ(headers.destination.size(), 16U);
    EXPECT_EQ(load_be32(headers.source.data()), 0x20010db8U);
    EXPECT_EQ(headers.source.back(), 1);
    EXPECT_EQ(headers.destination.back(), 2);
    EXPECT_EQ(headers.tos, 0xb8);
    EXPECT_EQ(headers.ttl, 62);
    EXPECT_EQ(headers.flow_label, 0xabcdeU);
}

void expect_tcp(const Headers& headers) {
    EXPECT_EQ(headers.protocol, protocol::tcp);
    EXPECT_TRUE(headers.has_ports);
    EXPECT_EQ(headers.source_port, 49152);
    EXPECT_EQ(headers.destination_port, 443);
    EXPECT_EQ(headers.tcp_flags, 0x42);
    EXPECT_FALSE(headers.has_icmp);
}

void expect_no_transport(const Headers& headers) {
    EXPECT_FALSE(headers.has_ports);
    EXPECT_EQ(headers.source_port, 0);
    EXPECT_EQ(headers.destination_port, 0);
    EXPECT_EQ(headers.tcp_flags, 0);
    EXPECT_FALSE(headers.has_icmp);
    EXPECT_EQ(headers.icmp_type, 0);
    EXPECT_EQ(headers.icmp_code, 0);
}

TEST(Dissect, NothingGivesNothing) {
    const Headers headers = dissect({}, FirstLayer::ethernet);
    EXPECT_FALSE(headers.has_ethernet || headers.has_vlan || headers.has_mpls || headers.has_ip);
    EXPECT_EQ(headers.ethertype, 0);
    EXPECT_TRUE(headers.source.empty());
    expect_no_transport(headers);
}

TEST(Dissect, TcpInIpv4InEthernetFillsEveryGroup) {
    Packet packet;
    add_ipv4(packet.ethernet(ethertype::ipv4));
    const Headers headers = read(packet);
    EXPECT_TRUE(headers.has_ethernet);
    EXPECT_EQ(headers.destination_mac, 0x020000000001U);
    EXPECT_EQ(headers.source_mac, 0x020000000002U);
    EXPECT_FALSE(headers.has_vlan);
    EXPECT_FALSE(headers.has_mpls);
    expect_ipv4(headers);
    EXPECT_EQ(headers.fragment_offset, 0);
    expect_tcp(headers);
    EXPECT_EQ(headers.source.data(), packet.bytes().data() + 26);
}

TEST(Dissect, EachGroupAppearsWhenItsOwnBytesAreThere) {
    Packet packet;
    add_ipv4(packet.ethernet(ethertype::vlan).tag(0x6064, ethertype::ipv4));
    for (std::size_t size = 0; size <= packet.size(); ++size) {
        SCOPED_TRACE(size);
        const Cut cut{packet.bytes(), size};
        const Headers headers = dissect(cut.bytes(), FirstLayer::ethernet);
        EXPECT_EQ(headers.has_ethernet, size >= 14);
        EXPECT_EQ(headers.source_mac != 0, size >= 14);
        EXPECT_EQ(headers.has_vlan, size >= 18);
        EXPECT_EQ(headers.ethertype, size < 14 ? 0 : size < 18 ? ethertype::vlan : ethertype::ipv4);
        EXPECT_EQ(headers.has_ip, size >= 38);
        EXPECT_EQ(headers.protocol, size >= 38 ? protocol::tcp : 0);
        EXPECT_EQ(headers.has_ports, size >= 42);
        EXPECT_EQ(headers.destination_port, size >= 42 ? 443 : 0);
        EXPECT_EQ(headers.tcp_flags, size >= 52 ? 0x42 : 0);
    }
}

TEST(Dissect, TheOutermostTagGivesTheTwelveBitId) {
    Packet packet;
    packet.ethernet(ethertype::vlan_service).tag(0xe064, ethertype::vlan);
    add_ipv4(packet.tag(0x00c8, ethertype::ipv4));
    const Headers headers = read(packet);
    EXPECT_TRUE(headers.has_vlan);
    EXPECT_EQ(headers.vlan_id, 0x064);
    expect_ipv4(headers);
    expect_tcp(headers);
}

TEST(Dissect, TheSecondTagIsTheCustomers) {
    Packet packet;
    packet.ethernet(ethertype::vlan_service).tag(0xe064, ethertype::vlan);
    add_ipv4(packet.tag(0x60c8, ethertype::vlan).tag(0x0001, ethertype::ipv4));
    const Headers headers = read(packet);
    EXPECT_EQ(headers.vlan_priority, 7);
    EXPECT_TRUE(headers.has_inner_vlan);
    EXPECT_EQ(headers.inner_vlan_id, 0x0c8);
    Packet one;
    add_ipv4(one.ethernet(ethertype::vlan).tag(0x2064, ethertype::ipv4));
    EXPECT_EQ(read(one).vlan_priority, 1);
    EXPECT_FALSE(read(one).has_inner_vlan);
    EXPECT_EQ(read(one).inner_vlan_id, 0);
}

TEST(Dissect, IpFlagsOfBothFamilies) {
    Packet packet;
    add_ipv4(packet, 0x6000 | 5);
    EXPECT_EQ(read(packet, FirstLayer::ipv4).ip_flags, 3);
    EXPECT_EQ(read(packet, FirstLayer::ipv4).fragment_offset, 5);
    Packet six;
    six.ipv6(28, protocol::fragment).fragment(protocol::tcp, 185 << 3 | 5).tcp();
    EXPECT_EQ(read(six, FirstLayer::ipv6).ip_flags, 5);
    EXPECT_EQ(read(Packet{}.ipv6(0, protocol::tcp).tcp(), FirstLayer::ipv6).ip_flags, 0);
}

TEST(Dissect, LayersComeBesideTheSameHeaders) {
    Packet packet;
    add_ipv4(packet.ethernet(ethertype::vlan).tag(5, ethertype::ipv4));
    Headers headers;
    Layers layers;
    layers.clear();
    layers.add_label(1, 2);  // what was there before is gone
    headers.has_icmp = true;
    dissect(packet.bytes(), FirstLayer::ethernet, {}, headers, layers);
    expect_ipv4(headers);
    expect_tcp(headers);
    EXPECT_EQ(headers.vlan_id, 5);
    EXPECT_EQ(layers.stack().size(), 4U);
    EXPECT_TRUE(layers.mpls_labels().empty());
    EXPECT_FALSE(layers.places.used);
}

TEST(Dissect, APriorityTagIsATagWithIdZero) {
    Packet packet;
    add_ipv4(packet.ethernet(ethertype::vlan_stacked).tag(0xa000, ethertype::ipv4));
    const Headers headers = read(packet);
    EXPECT_TRUE(headers.has_vlan);
    EXPECT_EQ(headers.vlan_id, 0);
    expect_ipv4(headers);
}

TEST(Dissect, AFifthTagStaysAsEthertype) {
    Packet packet;
    packet.ethernet(ethertype::vlan);
    for (unsigned id = 1; id <= 4; ++id) packet.tag(id, ethertype::vlan);
    add_ipv4(packet.tag(5, ethertype::ipv4));
    const Headers headers = read(packet);
    EXPECT_EQ(headers.vlan_id, 1);
    EXPECT_EQ(headers.ethertype, ethertype::vlan);
    EXPECT_FALSE(headers.has_ip);
}

TEST(Dissect, OtherEthertypesAreKept) {
    for (const unsigned type : {0x0806U, 0x88ccU, 0x0026U}) {
        const Headers headers = read(Packet{}.ethernet(type).fill(46, 0x45));
        EXPECT_EQ(headers.ethertype, type);
        EXPECT_FALSE(headers.has_ip);
        expect_no_transport(headers);
    }
}

TEST(Dissect, Ipv4OptionsAreSkippedAndMayBeCutOff) {
    Packet packet;
    add_ipv4(packet, 0x4000, 8);
    const Headers headers = read(packet, FirstLayer::ipv4);
    EXPECT_FALSE(headers.has_ethernet);
    expect_ipv4(headers);
    expect_tcp(headers);
    const Headers cut = dissect(packet.bytes().first(28), FirstLayer::ipv4);
    expect_ipv4(cut);
    expect_no_transport(cut);
}

TEST(Dissect, AnIpHeaderOfTheWrongVersionOrSizeIsNone) {
    Packet four;
    four.ipv4({.header_words = 4}).tcp();
    EXPECT_FALSE(read(four, FirstLayer::ipv4).has_ip);
    Packet six;
    six.ipv6(20, protocol::tcp).tcp();
    EXPECT_FALSE(read(six, FirstLayer::ipv4).has_ip);
    EXPECT_EQ(read(six, FirstLayer::ipv4).ethertype, ethertype::ipv4);
    Packet other;
    add_ipv4(other);
    EXPECT_FALSE(read(other, FirstLayer::ipv6).has_ip);
    expect_no_transport(read(other, FirstLayer::ipv6));
}

TEST(Dissect, ALaterIpv4FragmentHasNoPorts) {
    Packet packet;
    add_ipv4(packet, 0x2000 | 185);
    const Headers headers = read(packet, FirstLayer::ipv4);
    expect_ipv4(headers);
    EXPECT_EQ(headers.protocol, protocol::tcp);
    EXPECT_EQ(headers.fragment_offset, 185);
    expect_no_transport(headers);

    Packet icmp;
    icmp.ipv4({.protocol = protocol::icmp, .fragment = 1}).raw({8, 1});
    expect_no_transport(read(icmp, FirstLayer::ipv4));
}

TEST(Dissect, AFirstIpv4FragmentHasPorts) {
    Packet packet;
    add_ipv4(packet, 0x2000);
    const Headers headers = read(packet, FirstLayer::ipv4);
    EXPECT_EQ(headers.fragment_offset, 0);
    expect_tcp(headers);
}

TEST(Dissect, PortsOfEveryProtocolThatStartsWithThem) {
    for (const unsigned number : {6U, 17U, 33U, 132U, 136U}) {
        Packet packet;
        packet.ipv4({.protocol = number}).udp(8);
        const Headers headers = read(packet, FirstLayer::ipv4);
        EXPECT_TRUE(headers.has_ports) << number;
        EXPECT_EQ(headers.source_port, 49152) << number;
        EXPECT_EQ(headers.destination_port, 2055) << number;
        EXPECT_EQ(headers.tcp_flags, 0) << number;
    }
    for (const unsigned number : {2U, 4U, 41U, 47U, 50U, 51U, 89U, 115U}) {
        Packet packet;
        packet.ipv4({.protocol = number}).udp(8);
        const Headers headers = read(packet, FirstLayer::ipv4);
        EXPECT_EQ(headers.protocol, number);
        expect_no_transport(headers);
    }
}

TEST(Dissect, OnlyTcpHasTcpFlags) {
    Packet packet;
    packet.ipv4({.protocol = protocol::udp}).udp(8).fill(40, 0xff);
    EXPECT_EQ(read(packet, FirstLayer::ipv4).tcp_flags, 0);
}

TEST(Dissect, IcmpTypeAndCodeNeedTwoBytes) {
    for (const bool six : {false, true}) {
        Packet packet;
        if (six) {
            packet.ipv6(8, protocol::icmpv6);
        } else {
            packet.ipv4({.protocol = protocol::icmp});
        }
        packet.raw({3, 4, 0xff, 0xff});
        const FirstLayer first = six ? FirstLayer::ipv6 : FirstLayer::ipv4;
        const Headers headers = read(packet, first);
        EXPECT_TRUE(headers.has_icmp);
        EXPECT_EQ(headers.icmp_type, 3);
        EXPECT_EQ(headers.icmp_code, 4);
        EXPECT_FALSE(headers.has_ports);
        expect_no_transport(dissect(packet.bytes().first(packet.size() - 3), first));
    }
}

TEST(Dissect, TcpInIpv6InEthernet) {
    const Packet packet = Packet{}.ethernet(ethertype::ipv6).ipv6(20, protocol::tcp).tcp();
    const Headers headers = read(packet);
    EXPECT_TRUE(headers.has_ethernet);
    expect_ipv6(headers);
    expect_tcp(headers);
    EXPECT_EQ(headers.fragment_id, 0U);
}

TEST(Dissect, Ipv6ExtensionsAreWalkedToTheUpperLayer) {
    Packet packet;
    packet.ipv6(100, protocol::hop_by_hop).extension(protocol::destination_options);
    packet.extension(protocol::routing, 1).extension(protocol::fragment, 2);
    packet.fragment(protocol::authentication, 1).authentication(protocol::tcp).tcp();
    const Headers headers = read(packet, FirstLayer::ipv6);
    expect_ipv6(headers);
    expect_tcp(headers);
    EXPECT_EQ(headers.fragment_id, 0xdeadbeefU);
    EXPECT_EQ(headers.fragment_offset, 0);
}

TEST(Dissect, ALaterIpv6FragmentHasProtocolButNoPorts) {
    Packet packet;
    packet.ipv6(28, protocol::fragment).fragment(protocol::tcp, 185 << 3 | 1).tcp();
    const Headers headers = read(packet, FirstLayer::ipv6);
    expect_ipv6(headers);
    EXPECT_EQ(headers.protocol, protocol::tcp);
    EXPECT_EQ(headers.fragment_id, 0xdeadbeefU);
    EXPECT_EQ(headers.fragment_offset, 185);
    expect_no_transport(headers);
}

TEST(Dissect, ASegmentRoutingHeaderLongerThanTheSampleStillNamesTheProtocol) {
    const Packet packet = Packet{}.ipv6(400, protocol::routing).extension(protocol::tcp, 20);
    const Headers headers = dissect(packet.bytes().first(114), FirstLayer::ipv6);
    expect_ipv6(headers);
    EXPECT_EQ(headers.protocol, protocol::tcp);
    expect_no_transport(headers);
}

TEST(Dissect, MplsLabelsEndAtTheBottomBit) {
    for (std::uint32_t count = 1; count <= mpls_labels_max; ++count) {
        Packet packet;
        packet.ethernet(ethertype::mpls);
        for (std::uint32_t i = 1; i <= count; ++i) packet.label(1000 + i, i == count, 200 + i);
        add_ipv4(packet);
        const Headers headers = read(packet);
        EXPECT_TRUE(headers.has_mpls);
        EXPECT_EQ(headers.mpls_count, count);
        for (std::uint32_t i = 0; i < 3; ++i) {
            EXPECT_EQ(headers.mpls[i].label, i < count ? 1001 + i : 0);
            EXPECT_EQ(headers.mpls[i].ttl, i < count ? 201 + i : 0);
        }
        EXPECT_EQ(headers.mpls_last.label, count > 3 ? 1000 + count : 0);
        EXPECT_EQ(headers.mpls_last.ttl, count > 3 ? 200 + count : 0);
        expect_ipv4(headers);
        expect_tcp(headers);
    }
}

TEST(Dissect, AStackWithoutBottomIsGivenUp) {
    Packet packet;
    packet.ethernet(ethertype::mpls_upstream);
    for (std::uint32_t i = 0; i < mpls_labels_max; ++i) packet.label(i, false, 64);
    add_ipv4(packet.label(99, true, 64));
    const Headers headers = read(packet);
    EXPECT_EQ(headers.mpls_count, mpls_labels_max);
    EXPECT_EQ(headers.mpls_last.label, mpls_labels_max - 1);
    EXPECT_EQ(headers.ethertype, ethertype::mpls_upstream);
    EXPECT_FALSE(headers.has_ip);
}

TEST(Dissect, ACutStackKeepsTheLabelsThatAreThere) {
    Packet packet;
    packet.label(16, false, 1).label(0xfffff, false, 255).label(3, true, 9);
    add_ipv4(packet);
    for (std::size_t size = 0; size <= packet.size(); ++size) {
        SCOPED_TRACE(size);
        const Cut cut{packet.bytes(), size};
        const Headers headers = dissect(cut.bytes(), FirstLayer::mpls);
        EXPECT_EQ(headers.mpls_count, std::min<std::size_t>(size / 4, 3));
        EXPECT_EQ(headers.has_mpls, size >= 4);
        EXPECT_EQ(headers.mpls[1].label, size >= 8 ? 0xfffffU : 0U);
        EXPECT_EQ(headers.ethertype, size > 12 ? ethertype::ipv4 : ethertype::mpls);
        EXPECT_EQ(headers.has_ip, size >= 32);
    }
}

TEST(Dissect, TheNibbleBehindTheLabelsDecides) {
    const Packet packet = Packet{}.label(2, true, 64).ipv6(20, protocol::tcp).tcp();
    const Headers six = read(packet, FirstLayer::mpls);
    expect_ipv6(six);
    expect_tcp(six);
    const Headers pseudowire = read(Packet{}.label(2, true, 64).fill(60, 0), FirstLayer::mpls);
    EXPECT_TRUE(pseudowire.has_mpls);
    EXPECT_EQ(pseudowire.ethertype, ethertype::mpls);
    EXPECT_FALSE(pseudowire.has_ip);
}

TEST(Dissect, PppoeSessionsAreWalkedIntoIp) {
    Packet four;
    four.ethernet(ethertype::vlan).tag(7, ethertype::pppoe_session);
    add_ipv4(four.u16(0x1100).u16(0x55).u16(42).u16(ppp::ipv4));
    expect_ipv4(read(four));
    expect_tcp(read(four));
    Packet six;
    six.ethernet(ethertype::pppoe_session).u16(0x1100).u16(0x55).u16(62).u16(ppp::ipv6);
    six.ipv6(20, protocol::tcp).tcp();
    expect_ipv6(read(six));
    expect_tcp(read(six));
}

TEST(Dissect, OtherPppoeStaysPppoe) {
    const auto ethertype_of = [](unsigned version_and_code, unsigned ppp_protocol) {
        Packet packet;
        packet.ethernet(ethertype::pppoe_session).u16(version_and_code).u16(1).u16(42);
        const Headers headers = read(add_ipv4(packet.u16(ppp_protocol)));
        EXPECT_FALSE(headers.has_ip);
        return headers.ethertype;
    };
    EXPECT_EQ(ethertype_of(0x1100, 0xc021), ethertype::pppoe_session);  // LCP
    EXPECT_EQ(ethertype_of(0x2100, ppp::ipv4), ethertype::pppoe_session);
    EXPECT_EQ(ethertype_of(0x1109, ppp::ipv4), ethertype::pppoe_session);
}

TEST(Dissect, TunnelsAreNotEntered) {
    Packet packet;
    add_ipv4(packet.ipv6(40, 4));
    const Headers headers = read(packet, FirstLayer::ipv6);
    expect_ipv6(headers);
    EXPECT_EQ(headers.protocol, 4);
    expect_no_transport(headers);
}

TEST(Dissect, TheIpv4LengthDoesNotCut) {
    Packet packet;
    packet.ipv4({.total_size = 20, .protocol = protocol::tcp}).tcp();
    expect_tcp(read(packet, FirstLayer::ipv4));
}

}  // namespace
}  // namespace flow::packet

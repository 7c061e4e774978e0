// SPDX-License-Identifier: BSD-3-Clause
// find_udp(): every link type and header chain, whole and damaged. Valid frames are cut at every
// byte.
#include "flow/packet/frame.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

constexpr unsigned payload_size = 4;
constexpr unsigned udp_size = 8 + payload_size;
constexpr unsigned ipv4_size = 20 + udp_size;
constexpr std::array<std::uint8_t, 4> ipv4_source{192, 0, 2, 1};
constexpr std::array<std::uint8_t, 4> ipv4_destination{198, 51, 100, 2};

/// UDP with four bytes of payload.
Packet& add_udp(Packet& packet) { return packet.udp(udp_size).raw({0, 9, 0, 1}); }
Packet& add_ipv4(Packet& packet) { return add_udp(packet.ipv4({.total_size = ipv4_size})); }
Packet& add_ipv6(Packet& packet) { return add_udp(packet.ipv6(udp_size, protocol::udp)); }

void expect_datagram(const Packet& packet, LinkType link) {
    const Bytes frame = packet.bytes();
    const auto found = find_udp(frame, link);
    ASSERT_TRUE(found) << error_name(found.error());
    EXPECT_EQ(found->source_port, 49152);
    EXPECT_EQ(found->destination_port, 2055);
    ASSERT_EQ(found->payload.size(), payload_size);
    EXPECT_EQ(load_be32(found->payload.data()), 0x00090001U);
    EXPECT_EQ(found->source.size, found->destination.size);
    EXPECT_EQ(found->source.octets[found->source.size - 1], 1);
    EXPECT_EQ(found->destination.octets[found->destination.size - 1], 2);
}

/// What ends before its payload does is truncated, wherever it was cut.
void expect_truncated_when_cut(const Packet& packet, LinkType link) {
    for (std::size_t size = 0; size < packet.size(); ++size) {
        const Cut cut{packet.bytes(), size};
        EXPECT_EQ(find_udp(cut.bytes(), link).error(), Error::frame_truncated) << "at " << size;
    }
}

void expect_whole_or_truncated(const Packet& packet, LinkType link) {
    expect_datagram(packet, link);
    expect_truncated_when_cut(packet, link);
}

Error error_of(const Packet& packet, LinkType link = LinkType::ethernet) {
    return find_udp(packet.bytes(), link).error();
}

TEST(Frame, UdpInIpv4InEthernetIsFound) {
    Packet packet;
    add_ipv4(packet.ethernet(ethertype::ipv4));
    expect_whole_or_truncated(packet, LinkType::ethernet);

    const auto found = find_udp(packet.bytes(), LinkType::ethernet);
    EXPECT_EQ(found->source, Address::from(ipv4_source));
    EXPECT_EQ(found->destination, Address::from(ipv4_destination));
    EXPECT_EQ(found->payload.data(), packet.bytes().data() + 14 + 28);
}

TEST(Frame, UdpInIpv6InEthernetIsFound) {
    Packet packet;
    add_ipv6(packet.ethernet(ethertype::ipv6));
    expect_whole_or_truncated(packet, LinkType::ethernet);
    EXPECT_EQ(find_udp(packet.bytes(), LinkType::ethernet)->source.size, 16);
}

TEST(Frame, MappedIpv6SourceIsIpv4) {
    Packet packet;
    packet.u32(0x60000000).u16(udp_size).u8(protocol::udp).u8(64);
    for (const unsigned last : {1U, 2U}) {
        packet.fill(10, 0).u16(0xffff).raw({192, 0, 2, last});
    }
    add_udp(packet);
    expect_datagram(packet, LinkType::raw_ip);
    EXPECT_EQ(find_udp(packet.bytes(), LinkType::raw_ip)->source, Address::from(ipv4_source));
}

TEST(Frame, UpToFourTagsOfAnyKindAreWalked) {
    constexpr std::array types{ethertype::vlan_service, ethertype::vlan, ethertype::vlan_stacked,
                               ethertype::vlan};
    for (std::size_t count = 1; count <= types.size(); ++count) {
        Packet packet;
        packet.ethernet(types[0]);
        for (std::size_t i = 1; i < count; ++i) packet.tag(0xe000 | i, types[i]);
        add_ipv4(packet.tag(7, ethertype::ipv4));
        expect_whole_or_truncated(packet, LinkType::ethernet);
    }
}

TEST(Frame, AFifthTagIsNotIp) {
    Packet packet;
    packet.ethernet(ethertype::vlan);
    for (unsigned i = 0; i < 4; ++i) packet.tag(i, ethertype::vlan);
    add_ipv4(packet.tag(4, ethertype::ipv4));
    EXPECT_EQ(error_of(packet), Error::frame_not_ip);
}

TEST(Frame, EveryLinkTypeFindsBothFamilies) {
    for (const bool six : {false, true}) {
        const unsigned type = six ? ethertype::ipv6 : ethertype::ipv4;
        const auto add_ip = [six](Packet& packet) { six ? add_ipv6(packet) : add_ipv4(packet); };
        Packet raw;
        add_ip(raw);
        expect_whole_or_truncated(raw, LinkType::raw_ip);
        Packet sll;
        add_ip(sll.u16(0).u16(1).u16(6).fill(8, 2).u16(type));
        expect_whole_or_truncated(sll, LinkType::linux_sll);
        Packet sll2;
        add_ip(sll2.u16(type).u16(0).u32(3).u16(1).u8(0).u8(6).fill(8, 2));
        expect_whole_or_truncated(sll2, LinkType::linux_sll2);
    }
}

TEST(Frame, CookedHeadersMayCarryTags) {
    Packet sll;
    add_ipv4(sll.fill(14, 0).u16(ethertype::vlan).tag(5, ethertype::ipv4));
    expect_whole_or_truncated(sll, LinkType::linux_sll);
    Packet sll2;
    add_ipv6(sll2.u16(ethertype::vlan).fill(18, 0).tag(5, ethertype::ipv6));
    expect_whole_or_truncated(sll2, LinkType::linux_sll2);
}

TEST(Frame, LoopbackFamiliesCountInEitherByteOrder) {
    for (const std::uint32_t family : {2U, 0x02000000U}) {
        Packet packet;
        add_ipv4(packet.u32(family));
        expect_whole_or_truncated(packet, LinkType::null_loopback);
    }
    for (const std::uint32_t family : {10U, 24U, 28U, 30U}) {
        Packet big;
        add_ipv6(big.u32(family));
        expect_whole_or_truncated(big, LinkType::null_loopback);
        Packet little;
        add_ipv6(little.u32(family << 24));
        expect_datagram(little, LinkType::null_loopback);
    }
    Packet appletalk;
    add_ipv4(appletalk.u32(16));
    EXPECT_EQ(error_of(appletalk, LinkType::null_loopback), Error::frame_not_ip);
}

TEST(Frame, WhatIsNotIpIsSaidSo) {
    EXPECT_EQ(error_of(Packet{}.ethernet(0x0806).fill(46, 0)), Error::frame_not_ip);
    EXPECT_EQ(error_of(Packet{}.ethernet(0x0026).fill(46, 0)), Error::frame_not_ip);
    EXPECT_EQ(error_of(Packet{}.ethernet(0x0806)), Error::frame_not_ip);
    EXPECT_EQ(error_of(Packet{}.u8(0x50), LinkType::raw_ip), Error::frame_not_ip);
}

TEST(Frame, EthernetPaddingAndTrailersAreIgnored) {
    for (const unsigned padding : {1U, 18U, 400U}) {
        Packet four;
        add_ipv4(four.ethernet(ethertype::ipv4)).fill(padding, 0xee);
        expect_datagram(four, LinkType::ethernet);
        Packet six;
        add_ipv6(six.ethernet(ethertype::ipv6)).fill(padding, 0xee);
        expect_datagram(six, LinkType::ethernet);
    }
}

TEST(Frame, Ipv4OptionsAreSkipped) {
    for (unsigned words = 6; words <= 15; ++words) {
        Packet packet;
        packet.ethernet(ethertype::ipv4);
        packet.ipv4({.total_size = words * 4 + udp_size, .header_words = words});
        add_udp(packet);
        expect_whole_or_truncated(packet, LinkType::ethernet);
    }
}

TEST(Frame, Ipv4LengthsThatContradictAreBadIp) {
    for (const unsigned words : {0U, 4U}) {
        Packet packet;
        packet.ipv4({.total_size = ipv4_size, .header_words = words});
        EXPECT_EQ(error_of(add_udp(packet), LinkType::raw_ip), Error::frame_bad_ip) << words;
    }
    for (const unsigned total : {0U, 19U, 23U}) {
        Packet packet;
        packet.ipv4({.total_size = total, .header_words = 6});
        EXPECT_EQ(error_of(add_udp(packet), LinkType::raw_ip), Error::frame_bad_ip) << total;
    }
    Packet six_as_four;
    EXPECT_EQ(error_of(add_ipv6(six_as_four.ethernet(ethertype::ipv4))), Error::frame_bad_ip);
    Packet four_as_six;
    add_ipv4(four_as_six.ethernet(ethertype::ipv6)).fill(8, 0);
    EXPECT_EQ(error_of(four_as_six), Error::frame_bad_ip);
}

TEST(Frame, Ipv4FragmentsAreNamed) {
    for (const unsigned fragment : {0x2000U, 0x0001U, 0x1fffU, 0x3fffU}) {
        Packet packet;
        packet.ipv4({.total_size = ipv4_size, .fragment = fragment});
        EXPECT_EQ(error_of(add_udp(packet), LinkType::raw_ip), Error::frame_fragment) << fragment;
    }
    for (const unsigned whole : {0x0000U, 0x4000U, 0x8000U}) {
        Packet packet;
        packet.ipv4({.total_size = ipv4_size, .fragment = whole});
        expect_datagram(add_udp(packet), LinkType::raw_ip);
    }
}

TEST(Frame, OtherProtocolsAreNotUdpEvenWhenCut) {
    Packet four;
    four.ipv4({.total_size = 1500, .protocol = protocol::tcp});
    EXPECT_EQ(error_of(four, LinkType::raw_ip), Error::frame_not_udp);
    EXPECT_EQ(error_of(Packet{}.ipv6(1460, protocol::tcp), LinkType::raw_ip), Error::frame_not_udp);
    Packet behind_options;
    behind_options.ipv6(28, protocol::hop_by_hop).extension(protocol::tcp).tcp();
    EXPECT_EQ(error_of(behind_options, LinkType::raw_ip), Error::frame_not_udp);
    Packet fragment;
    fragment.ipv6(28, protocol::fragment).fragment(protocol::tcp, 1).tcp();
    EXPECT_EQ(error_of(fragment, LinkType::raw_ip), Error::frame_not_udp);
}

TEST(Frame, UdpLengthsThatContradictAreBadUdp) {
    for (const unsigned length : {0U, 7U, udp_size + 1, 0xffffU}) {
        Packet four;
        four.ipv4({.total_size = ipv4_size}).udp(length).fill(payload_size, 0);
        EXPECT_EQ(error_of(four, LinkType::raw_ip), Error::frame_bad_udp) << length;
        Packet six;
        six.ipv6(udp_size, protocol::udp).udp(length).fill(payload_size, 0);
        EXPECT_EQ(error_of(six, LinkType::raw_ip), Error::frame_bad_udp) << length;
    }
    for (unsigned room = 0; room < 8; ++room) {
        Packet packet;
        packet.ipv4({.total_size = 20 + room}).fill(room, 0).fill(8, 0);
        EXPECT_EQ(error_of(packet, LinkType::raw_ip), Error::frame_bad_udp) << room;
    }
}

TEST(Frame, AnEmptyPayloadIsADatagram) {
    Packet packet;
    packet.ipv4({.total_size = 28}).udp(8);
    const auto found = find_udp(packet.bytes(), LinkType::raw_ip);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->payload.empty());
}

TEST(Frame, BytesBetweenUdpLengthAndIpLengthAreIgnored) {
    Packet packet;
    add_udp(packet.ipv4({.total_size = ipv4_size + 3})).fill(3, 0xee);
    expect_whole_or_truncated(packet, LinkType::raw_ip);
}

TEST(Frame, Ipv6ExtensionHeadersAreWalked) {
    Packet packet;
    packet.ethernet(ethertype::ipv6).ipv6(8 + 24 + 16 + 8 + 24 + udp_size, protocol::hop_by_hop);
    packet.extension(protocol::routing).extension(protocol::destination_options, 2);
    packet.extension(protocol::fragment, 1).fragment(protocol::authentication, 0);
    add_udp(packet.authentication(protocol::udp));
    expect_whole_or_truncated(packet, LinkType::ethernet);
}

TEST(Frame, Ipv6ExtensionPastTheIpLengthIsBadIp) {
    Packet packet;
    packet.ipv6(8 + udp_size, protocol::destination_options).extension(protocol::udp, 2);
    EXPECT_EQ(error_of(add_udp(packet), LinkType::raw_ip), Error::frame_bad_ip);
    Packet empty;
    empty.ipv6(0, protocol::destination_options).extension(protocol::udp);
    EXPECT_EQ(error_of(add_udp(empty), LinkType::raw_ip), Error::frame_bad_ip);
}

TEST(Frame, EightExtensionsAreFineANinthIsBadIp) {
    for (const unsigned count : {8U, 9U}) {
        Packet packet;
        packet.ipv6(count * 8 + udp_size, protocol::destination_options);
        for (unsigned i = 1; i < count; ++i) packet.extension(protocol::destination_options);
        add_udp(packet.extension(protocol::udp));
        const Error error = error_of(packet, LinkType::raw_ip);
        EXPECT_EQ(error, count == 8 ? Error::none : Error::frame_bad_ip) << count;
    }
}

TEST(Frame, Ipv6FragmentsAreNamedUnlessAtomic) {
    for (const unsigned word : {0x0001U, 0x0008U, 0xfff8U, 0xfff9U}) {
        Packet packet;
        packet.ipv6(8 + udp_size, protocol::fragment).fragment(protocol::udp, word);
        EXPECT_EQ(error_of(add_udp(packet), LinkType::raw_ip), Error::frame_fragment) << word;
    }
    for (const unsigned atomic : {0x0000U, 0x0006U}) {
        Packet packet;
        packet.ipv6(8 + udp_size, protocol::fragment).fragment(protocol::udp, atomic);
        expect_whole_or_truncated(add_udp(packet), LinkType::raw_ip);
    }
}

TEST(Frame, AJumbogramIsBadUdp) {
    Packet packet;
    packet.ipv6(0, protocol::hop_by_hop);
    packet.u8(protocol::udp).u8(0).raw({0xc2, 4}).u32(70'000);  // RFC 2675 §2
    packet.udp(0).fill(300, 0);
    EXPECT_EQ(error_of(packet, LinkType::raw_ip), Error::frame_bad_udp);
}

}  // namespace
}  // namespace flow::packet

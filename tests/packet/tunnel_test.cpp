// SPDX-License-Identifier: BSD-3-Clause
// decapsulate(): every flag and payload of GRE and every type of ERSPAN, cut at every byte.
#include "flow/packet/tunnel.hpp"

#include <gtest/gtest.h>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

/// UDP with four bytes of payload in IPv4 in Ethernet, or without Ethernet.
Packet datagram(bool ethernet) {
    Packet packet;
    if (ethernet) packet.ethernet(ethertype::ipv4);
    return packet.ipv4({.total_size = 32}).udp(12).raw({0, 9, 0, 1});
}

/// `gre` in IPv4 in Ethernet, with padding behind.
Packet outer(const Packet& gre, bool six = false) {
    Packet packet;
    packet.ethernet(six ? ethertype::ipv6 : ethertype::ipv4);
    const auto size = static_cast<unsigned>(gre.size());
    if (six) {
        packet.ipv6(8 + size, protocol::destination_options).extension(protocol::gre);
    } else {
        packet.ipv4({.total_size = 20 + size, .protocol = protocol::gre});
    }
    for (const std::uint8_t byte : gre.bytes()) packet.u8(byte);
    return packet.fill(2, 0xee);
}

Packet& add(Packet& gre, const Packet& inner) {
    for (const std::uint8_t byte : inner.bytes()) gre.u8(byte);
    return gre;
}

/// The datagram inside is found in the whole frame, and nothing in one that is cut.
void expect_inner(const Packet& gre, LinkType link) {
    for (const bool six : {false, true}) {
        const Packet packet = outer(gre, six);
        const auto inner = decapsulate(packet.bytes(), LinkType::ethernet);
        ASSERT_TRUE(inner) << error_name(inner.error());
        EXPECT_EQ(inner->link, link);
        const auto found = find_udp(inner->frame, inner->link);
        ASSERT_TRUE(found) << error_name(found.error());
        EXPECT_EQ(found->destination_port, 2055);
        ASSERT_EQ(found->payload.size(), 4U);
        EXPECT_EQ(found->payload.data() + 4 + 2, packet.bytes().data() + packet.size());
        for (std::size_t size = 0; size < packet.size() - 2; ++size) {
            const Cut cut{packet.bytes(), size};
            EXPECT_EQ(decapsulate(cut.bytes(), LinkType::ethernet).error(), Error::frame_truncated)
                << size;
        }
    }
}

Error error_of(const Packet& gre) {
    return decapsulate(outer(gre).bytes(), LinkType::ethernet).error();
}

TEST(Tunnel, GreIsAsLongAsItsFlagsSay) {
    for (unsigned flags = 0; flags < 8; ++flags) {
        const unsigned bits =
            (flags & 1 ? 0x8000U : 0U) | (flags & 2 ? 0x2000U : 0U) | (flags & 4 ? 0x1000U : 0U);
        const unsigned words = (flags & 1) + (flags >> 1 & 1) + (flags >> 2 & 1);
        Packet gre;
        add(gre.u16(bits).u16(ethertype::ipv4).fill(words * 4, 0xaa), datagram(false));
        expect_inner(gre, LinkType::raw_ip);
    }
}

TEST(Tunnel, BitsToBeIgnoredAreIgnored) {
    Packet gre;
    add(gre.u16(0x03f8).u16(ethertype::ipv4), datagram(false));
    expect_inner(gre, LinkType::raw_ip);
}

TEST(Tunnel, EthernetAndIpv6AreInside) {
    Packet bridged;
    add(bridged.u16(0).u16(ethertype::bridged_ethernet), datagram(true));
    expect_inner(bridged, LinkType::ethernet);
    Packet six;
    six.u16(0).u16(ethertype::ipv6).ipv6(12, protocol::udp).udp(12).raw({0, 9, 0, 1});
    expect_inner(six, LinkType::raw_ip);
}

TEST(Tunnel, ErspanOfEachType) {
    Packet type_1;
    add(type_1.u16(0).u16(ethertype::erspan), datagram(true));
    expect_inner(type_1, LinkType::ethernet);
    Packet type_2;
    type_2.u16(0x1000).u16(ethertype::erspan).u32(17).u16(0x1007).u16(0x0005).u32(1);
    expect_inner(add(type_2, datagram(true)), LinkType::ethernet);
    for (const bool subheader : {false, true}) {
        Packet type_3;
        type_3.u16(0x1000).u16(ethertype::erspan_3).u32(17);
        type_3.u16(0x2007).u16(5).u32(123456).u16(0).u16(0x8000 | (subheader ? 1 : 0));
        expect_inner(add(type_3.fill(subheader ? 8 : 0, 0), datagram(true)), LinkType::ethernet);
    }
    Packet type_3_ip;
    type_3_ip.u16(0x1000).u16(ethertype::erspan_3).u32(17);
    type_3_ip.u16(0x2007).u16(5).u32(0).u16(0).u16(2 << 10);
    expect_inner(add(type_3_ip, datagram(false)), LinkType::raw_ip);
}

TEST(Tunnel, WhatIsNoneOfTheseIsNotUdp) {
    EXPECT_EQ(error_of(Packet{}.u16(0).u16(0x0806).fill(28, 0)), Error::frame_not_udp);
    for (const unsigned flags : {0x4000U, 0x0800U, 0x0400U, 0x0001U, 0x2001U, 0x0004U}) {
        Packet gre;
        add(gre.u16(flags).u16(ethertype::ipv4).fill(4, 0), datagram(false));
        EXPECT_EQ(error_of(gre), Error::frame_not_udp) << flags;
    }
    Packet wrong_2;
    wrong_2.u16(0x1000).u16(ethertype::erspan).u32(17).u16(0x2007).u16(5).u32(1).fill(60, 0);
    EXPECT_EQ(error_of(wrong_2), Error::frame_not_udp);
    Packet wrong_3;
    wrong_3.u16(0x1000).u16(ethertype::erspan_3).u32(17).u16(0x1007).u16(5).fill(60, 0);
    EXPECT_EQ(error_of(wrong_3), Error::frame_not_udp);
    Packet wrong_frame;
    wrong_frame.u16(0x1000).u16(ethertype::erspan_3).u32(17);
    wrong_frame.u16(0x2007).u16(5).u32(0).u16(0).u16(3 << 10).fill(60, 0);
    EXPECT_EQ(error_of(wrong_frame), Error::frame_not_udp);
}

TEST(Tunnel, HeadersPastTheIpLengthAreBadIp) {
    EXPECT_EQ(error_of(Packet{}.u16(0)), Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.u16(0).u16(ethertype::ipv4)), Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.u16(0xb000).u16(ethertype::ipv4).fill(12, 0)), Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.u16(0x1000).u16(ethertype::erspan).u32(1).u16(0x1000).u32(0)),
              Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.u16(0x1000).u16(ethertype::erspan_3).u32(1).u16(0x2000)),
              Error::frame_bad_ip);
    Packet jumbogram;
    jumbogram.ipv6(0, protocol::hop_by_hop).extension(protocol::gre).u16(0).u16(ethertype::ipv4);
    EXPECT_EQ(decapsulate(add(jumbogram, datagram(false)).bytes(), LinkType::raw_ip).error(),
              Error::frame_bad_ip);
    Packet no_subheader;
    no_subheader.u16(0).u16(ethertype::erspan_3).u16(0x2000).u16(0).u32(0).u16(0).u16(1).u32(0);
    EXPECT_EQ(error_of(no_subheader), Error::frame_bad_ip);
}

TEST(Tunnel, FragmentsAndOtherProtocolsAreNotUdp) {
    Packet fragment;
    fragment.ipv4({.total_size = 28, .protocol = protocol::gre, .fragment = 0x2000}).fill(8, 0);
    EXPECT_EQ(decapsulate(fragment.bytes(), LinkType::raw_ip).error(), Error::frame_not_udp);
    Packet fragment6;
    fragment6.ipv6(16, protocol::fragment).fragment(protocol::gre, 1).fill(8, 0);
    EXPECT_EQ(decapsulate(fragment6.bytes(), LinkType::raw_ip).error(), Error::frame_not_udp);
    EXPECT_EQ(decapsulate(datagram(true).bytes(), LinkType::ethernet).error(),
              Error::frame_not_udp);
    const Packet arp = Packet{}.ethernet(0x0806).fill(28, 0);
    EXPECT_EQ(decapsulate(arp.bytes(), LinkType::ethernet).error(), Error::frame_not_ip);
}

TEST(Tunnel, ATunnelInATunnelStaysOne) {
    Packet inside;
    add(inside.u16(0).u16(ethertype::ipv4), datagram(false));
    Packet gre;
    add(gre.u16(0).u16(ethertype::bridged_ethernet), outer(inside));
    const Packet packet = outer(gre);
    const auto inner = decapsulate(packet.bytes(), LinkType::ethernet);
    ASSERT_TRUE(inner);
    EXPECT_EQ(find_udp(inner->frame, inner->link).error(), Error::frame_not_udp);
}

}  // namespace
}  // namespace flow::packet

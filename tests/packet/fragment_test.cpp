// SPDX-License-Identifier: BSD-3-Clause
// find_fragment(): what a part says of itself, what no packet can have, and that it agrees with
// find_udp() on which frames are parts.
#include "flow/packet/fragment.hpp"

#include <gtest/gtest.h>

#include <array>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

constexpr std::array<std::uint8_t, 4> ipv4_source{192, 0, 2, 1};
constexpr std::array<std::uint8_t, 4> ipv4_destination{198, 51, 100, 2};

Error error_of(const Packet& packet, LinkType link = LinkType::raw_ip) {
    return find_fragment(packet.bytes(), link).error();
}

/// The part is found in the whole frame and in none that is shorter.
Fragment whole_or_truncated(const Packet& packet, std::size_t padding = 0,
                            LinkType link = LinkType::ethernet) {
    EXPECT_EQ(find_udp(packet.bytes(), link).error(), Error::frame_fragment);
    for (std::size_t size = 0; size < packet.size() - padding; ++size) {
        const Cut cut{packet.bytes(), size};
        EXPECT_EQ(find_fragment(cut.bytes(), link).error(), Error::frame_truncated) << size;
    }
    const auto part = find_fragment(packet.bytes(), link);
    EXPECT_TRUE(part) << error_name(part.error());
    EXPECT_EQ(part->frame_size(), packet.size() - padding);
    return *part;
}

TEST(Fragment, OfIpv4BehindTagsWithOptionsAndPadding) {
    Packet packet;
    packet.ethernet(ethertype::vlan_service).tag(7, ethertype::vlan).tag(8, ethertype::ipv4);
    packet.ipv4({.total_size = 28 + 16, .fragment = 0x2000 | 185, .header_words = 7});
    packet.fill(16, 0xab).fill(5, 0xee);
    const Fragment part = whole_or_truncated(packet, 5);
    EXPECT_EQ(part.source, Address::from(ipv4_source));
    EXPECT_EQ(part.destination, Address::from(ipv4_destination));
    EXPECT_EQ(part.id, 0x1234U);
    EXPECT_EQ(part.link_size, 22);
    EXPECT_EQ(part.header_size, 28);
    EXPECT_EQ(part.offset, 185 * 8);
    EXPECT_EQ(part.size, 16);
    EXPECT_EQ(part.version, 4);
    EXPECT_EQ(part.protocol, protocol::udp);
    EXPECT_TRUE(part.more);
}

TEST(Fragment, OfIpv6BehindHeadersThatEachPartRepeats) {
    Packet packet;
    packet.ethernet(ethertype::ipv6).ipv6(8 + 24 + 8 + 24, protocol::hop_by_hop);
    packet.extension(protocol::routing).extension(protocol::fragment, 2);
    packet.fragment(protocol::udp, 0).udp(1000).fill(16, 1);
    // An atomic header (RFC 6946) is none of a part; this makes it that of the first part.
    const std::size_t flags = 14 + 40 + 8 + 24 + 3;
    Packet first;
    for (std::size_t i = 0; i < packet.size(); ++i) {
        first.u8(i == flags ? 1 : packet.bytes()[i]);
    }
    EXPECT_EQ(error_of(packet, LinkType::ethernet), Error::frame_bad_ip);
    const Fragment part = whole_or_truncated(first);
    EXPECT_EQ(part.source.size, 16);
    EXPECT_EQ(part.source.octets[15], 1);
    EXPECT_EQ(part.destination.octets[15], 2);
    EXPECT_EQ(part.id, 0xdeadbeefU);
    EXPECT_EQ(part.link_size, 14);
    EXPECT_EQ(part.header_size, 40 + 8 + 24 + 8);
    EXPECT_EQ(part.offset, 0);
    EXPECT_EQ(part.size, 24);
    EXPECT_EQ(part.version, 6);
    EXPECT_TRUE(part.more);
}

TEST(Fragment, AFirstPartEndsAtItsOwnHeader) {
    Packet packet;
    packet.ipv6(8 + 8 + 8, protocol::fragment).fragment(protocol::destination_options, 1);
    packet.extension(protocol::udp).udp(8);
    const auto part = find_fragment(packet.bytes(), LinkType::raw_ip);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->header_size, 48);
    EXPECT_EQ(part->size, 16);
    EXPECT_EQ(part->protocol, protocol::destination_options);
}

TEST(Fragment, AnAtomicHeaderBeforeTheRealOneIsRepeatedToo) {
    Packet packet;
    packet.ipv6(8 + 8 + 8, protocol::fragment).fragment(protocol::fragment, 0);
    packet.fragment(protocol::udp, 3 << 3).fill(8, 0);
    const auto part = find_fragment(packet.bytes(), LinkType::raw_ip);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->header_size, 56);
    EXPECT_EQ(part->offset, 24);
    EXPECT_FALSE(part->more);
}

TEST(Fragment, MappedAddressesAreIpv4AndTheVersionSaysSix) {
    Packet packet;
    packet.u32(0x60000000).u16(16).u8(protocol::fragment).u8(64);
    for (const unsigned last : {1U, 2U}) packet.fill(10, 0).u16(0xffff).raw({192, 0, 2, last});
    packet.fragment(protocol::udp, 1).udp(100);
    const auto part = find_fragment(packet.bytes(), LinkType::raw_ip);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->source, Address::from(ipv4_source));
    EXPECT_EQ(part->version, 6);
}

TEST(Fragment, SizesThatNoPacketHasAreBadIp) {
    struct Case {
        unsigned size;
        unsigned fragment;
        Error error;
    };
    constexpr unsigned more = 0x2000;
    for (const auto [size, fragment, error] : {Case{8, more, Error::none},
                                               {7, more, Error::frame_bad_ip},
                                               {9, more | 4, Error::frame_bad_ip},
                                               {9, 4, Error::none},
                                               {0, more, Error::frame_bad_ip},
                                               {0, 4, Error::frame_bad_ip},
                                               {7, 8191, Error::none},
                                               {8, 8191, Error::frame_bad_ip},
                                               {8, more | 8191, Error::frame_bad_ip}}) {
        Packet four;
        four.ipv4({.total_size = 20 + size, .fragment = fragment}).fill(size, 0);
        EXPECT_EQ(error_of(four), error) << size << " at " << fragment;
        Packet six;
        const unsigned word = (fragment & 0x1fff) << 3 | (fragment & more ? 1 : 0);
        six.ipv6(8 + size, protocol::fragment).fragment(protocol::udp, word).fill(size, 0);
        EXPECT_EQ(error_of(six), error) << size << " at " << fragment;
    }
}

TEST(Fragment, OfAnotherProtocolIsNotUdp) {
    Packet four;
    four.ipv4({.total_size = 28, .protocol = protocol::tcp, .fragment = 0x2000}).fill(8, 0);
    EXPECT_EQ(error_of(four), Error::frame_not_udp);
    Packet six;
    six.ipv6(16, protocol::fragment).fragment(protocol::gre, 8).fill(8, 0);
    EXPECT_EQ(error_of(six), Error::frame_not_udp);
}

TEST(Fragment, OfAJumbogramIsBadIp) {
    Packet packet;
    packet.ipv6(0, protocol::hop_by_hop).extension(protocol::fragment);
    packet.fragment(protocol::udp, 1).fill(16, 0);
    EXPECT_EQ(error_of(packet), Error::frame_bad_ip);  // RFC 2675 §3
}

TEST(Fragment, AWholeDatagramHasNone) {
    Packet four;
    four.ipv4({.total_size = 28}).udp(8);
    EXPECT_EQ(error_of(four), Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.ipv6(8, protocol::udp).udp(8)), Error::frame_bad_ip);
    EXPECT_EQ(error_of(Packet{}.ethernet(0x0806).fill(46, 0), LinkType::ethernet),
              Error::frame_not_ip);
}

TEST(Fragment, EveryLinkTypeSaysWhereTheIpHeaderStarts) {
    const auto add_part = [](Packet& packet) {
        packet.ipv4({.total_size = 28, .fragment = 5}).fill(8, 7);
    };
    Packet raw;
    add_part(raw);
    EXPECT_EQ(whole_or_truncated(raw, 0, LinkType::raw_ip).link_size, 0);
    Packet cooked;
    add_part(cooked.fill(14, 0).u16(ethertype::ipv4));
    EXPECT_EQ(whole_or_truncated(cooked, 0, LinkType::linux_sll).link_size, 16);
    Packet cooked2;
    add_part(cooked2.u16(ethertype::ipv4).fill(18, 0));
    EXPECT_EQ(whole_or_truncated(cooked2, 0, LinkType::linux_sll2).link_size, 20);
    Packet loopback;
    add_part(loopback.u32(2));
    EXPECT_EQ(whole_or_truncated(loopback, 0, LinkType::null_loopback).link_size, 4);
}

}  // namespace
}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// walk_extensions(): sizes of each kind, where the walk stops, and cuts at every byte.
#include "flow/packet/extensions.hpp"

#include <gtest/gtest.h>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

TEST(Extensions, NoneLeavesEverything) {
    const Packet packet = Packet{}.fill(5, 7);
    const UpperLayer upper = walk_extensions(protocol::udp, packet.bytes());
    EXPECT_TRUE(upper.reached);
    EXPECT_EQ(upper.protocol, protocol::udp);
    EXPECT_EQ(upper.payload.data(), packet.bytes().data());
    EXPECT_EQ(upper.payload.size(), 5U);
}

TEST(Extensions, EachKindHasItsOwnSize) {
    struct Case {
        std::uint8_t number;
        std::uint8_t length;
        std::size_t size;
    };
    for (const Case each :
         {Case{protocol::hop_by_hop, 0, 8}, Case{protocol::routing, 3, 32},
          Case{protocol::destination_options, 255, 2048}, Case{protocol::fragment, 255, 8},
          Case{protocol::authentication, 0, 8}, Case{protocol::authentication, 4, 24}}) {
        const Packet packet = Packet{}.u8(protocol::icmpv6).u8(each.length).fill(2046, 0);
        const UpperLayer upper = walk_extensions(each.number, packet.bytes());
        EXPECT_TRUE(upper.reached);
        EXPECT_EQ(upper.protocol, protocol::icmpv6);
        EXPECT_EQ(upper.payload.size(), packet.size() - each.size) << int{each.number};
    }
}

TEST(Extensions, EncryptionAndNoNextHeaderEndTheChain) {
    for (const std::uint8_t number : {50, 59, 135}) {
        const Packet packet = Packet{}.extension(number).fill(8, 0);
        const UpperLayer upper = walk_extensions(protocol::hop_by_hop, packet.bytes());
        EXPECT_TRUE(upper.reached);
        EXPECT_EQ(upper.protocol, number);
        EXPECT_EQ(upper.payload.size(), 8U);
    }
}

TEST(Extensions, ALaterFragmentStopsTheWalk) {
    const Packet packet =
        Packet{}.fragment(protocol::destination_options, 185 << 3).extension(protocol::udp);
    const UpperLayer upper = walk_extensions(protocol::fragment, packet.bytes());
    EXPECT_TRUE(upper.reached);
    EXPECT_TRUE(upper.fragment);
    EXPECT_EQ(upper.fragment_offset, 185);
    EXPECT_EQ(upper.fragment_id, 0xdeadbeefU);
    EXPECT_EQ(upper.protocol, protocol::destination_options);
    EXPECT_EQ(upper.payload.size(), 8U);
}

TEST(Extensions, AFirstFragmentIsWalkedOn) {
    const Packet packet =
        Packet{}.fragment(protocol::destination_options, 1).extension(protocol::udp).udp(8);
    const UpperLayer upper = walk_extensions(protocol::fragment, packet.bytes());
    EXPECT_TRUE(upper.reached);
    EXPECT_TRUE(upper.fragment);
    EXPECT_EQ(upper.fragment_offset, 0);
    EXPECT_EQ(upper.protocol, protocol::udp);
    EXPECT_EQ(upper.payload.size(), 8U);
}

TEST(Extensions, AnAtomicFragmentIsNoFragment) {
    const Packet packet = Packet{}.fragment(protocol::udp, 0).udp(8);
    const UpperLayer upper = walk_extensions(protocol::fragment, packet.bytes());
    EXPECT_TRUE(upper.reached);
    EXPECT_FALSE(upper.fragment);
    EXPECT_EQ(upper.fragment_id, 0xdeadbeefU);
}

TEST(Extensions, AWalkToTheFragmentStopsBehindTheFirstRealOne) {
    const Packet packet = Packet{}
                              .fragment(protocol::fragment, 0)
                              .fragment(protocol::destination_options, 1)
                              .extension(protocol::udp)
                              .udp(8);
    const UpperLayer upper = walk_extensions(protocol::fragment, packet.bytes(), StopAt::fragment);
    EXPECT_TRUE(upper.reached && upper.fragment);
    EXPECT_EQ(upper.protocol, protocol::destination_options);
    EXPECT_EQ(upper.payload.size(), 16U);
}

TEST(Extensions, AtomicAfterARealFragmentDoesNotHideIt) {
    const Packet packet =
        Packet{}.fragment(protocol::fragment, 1).fragment(protocol::udp, 0).udp(8);
    EXPECT_TRUE(walk_extensions(protocol::fragment, packet.bytes()).fragment);
}

TEST(Extensions, ACutChainKeepsTheLastNumberRead) {
    const Packet packet = Packet{}.extension(protocol::routing).extension(protocol::tcp, 2);
    for (std::size_t size = 0; size < packet.size(); ++size) {
        const Cut cut{packet.bytes(), size};
        const UpperLayer upper = walk_extensions(protocol::hop_by_hop, cut.bytes());
        EXPECT_FALSE(upper.reached) << size;
        EXPECT_TRUE(upper.payload.empty()) << size;
        EXPECT_EQ(upper.protocol, size < 8    ? protocol::hop_by_hop
                                  : size < 16 ? protocol::routing
                                              : protocol::tcp)
            << size;
    }
    EXPECT_TRUE(walk_extensions(protocol::hop_by_hop, packet.bytes()).reached);
}

TEST(Extensions, AChainWithoutEndIsGivenUp) {
    Packet packet;
    for (int i = 0; i < 100; ++i) packet.extension(protocol::hop_by_hop);
    const UpperLayer upper = walk_extensions(protocol::hop_by_hop, packet.bytes());
    EXPECT_FALSE(upper.reached);
    EXPECT_TRUE(upper.payload.empty());
}

}  // namespace
}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/neighbour.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

/// Traffic class 0, unlike what icmpv6_packet() writes.
Frame plain(Frame packet) {
    packet[1] = 0;
    return packet;
}

Frame expected_answer(const Frame& to_mac, const Frame& to, const char* flags) {
    return ethernet(to_mac, our_mac, "86dd",
                    plain(icmpv6_packet({.source = our_ipv6, .destination = to, .hops = 255},
                                        advertisement(our_ipv6, flags, hex("0201") + our_mac))));
}

Frame question(const Ipv6Parts& parts, const Frame& target, const Frame& options) {
    return ethernet(our_solicited_node_mac, peer_mac, "86dd",
                    icmpv6_packet(parts, solicitation(target, options)));
}

const Ipv6Parts usual{.destination = our_solicited_node, .hops = 255};

TEST(HostNeighbour, ASolicitationIsAnsweredSolicitedAndOverriding) {
    ReadyHost us;
    EXPECT_EQ(us.answer(neighbour_request()), expected_answer(peer_mac, peer_ipv6, "60"));
    EXPECT_EQ(us.host.stats().neighbour_solicitations.get(), 1);
}

TEST(HostNeighbour, AUnicastSolicitationWithoutALinkAddressGoesBackToTheFramesSource) {
    ReadyHost us;
    EXPECT_EQ(us.answer(ethernet(our_mac, peer_mac, "86dd",
                                 icmpv6_packet({.hops = 255}, solicitation(our_ipv6, {})))),
              expected_answer(peer_mac, peer_ipv6, "60"));
}

TEST(HostNeighbour, TheLinkAddressOfTheOptionCounts) {
    ReadyHost us;
    const Frame other = hex("02 00 00 00 00 0c");
    EXPECT_EQ(us.answer(question(usual, our_ipv6, hex("0101") + other)),
              expected_answer(other, peer_ipv6, "60"));
}

TEST(HostNeighbour, ALinkAddressThatIsNoStationDoesNotCount) {
    for (const char* const mac : {"ffffffffffff", "333300000001", "000000000000", "02000000000a"}) {
        ReadyHost us;
        EXPECT_EQ(us.answer(question(usual, our_ipv6, hex("0101") + hex(mac))),
                  expected_answer(peer_mac, peer_ipv6, "60"));
    }
}

TEST(HostNeighbour, DuplicateDetectionOfAnotherHearsItFromAllNodes) {
    ReadyHost us;
    EXPECT_EQ(us.answer(duplicate_question()), expected_answer(all_nodes_mac, all_nodes, "20"));
    EXPECT_EQ(us.host.stats().conflicts.get(), 0);
}

TEST(HostNeighbour, AHopLimitBelow255IsMalformed) {
    ReadyHost us;
    Ipv6Parts far = usual;
    far.hops = 254;
    EXPECT_TRUE(us.answer(question(far, our_ipv6, {})).empty());
    EXPECT_EQ(us.host.stats().malformed.get(), 1);
}

TEST(HostNeighbour, BadOptionsAreMalformed) {
    const Frame option = hex("0101") + peer_mac;
    for (const Frame& options : {hex("0100") + peer_mac, hex("0102") + peer_mac, option + Frame{1},
                                 option + hex("0101"), hex("0e00 000000000000")}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(question(usual, our_ipv6, options)).empty());
        EXPECT_EQ(us.host.stats().malformed.get(), 1);
    }
}

TEST(HostNeighbour, UnknownOptionsAreSkipped) {
    ReadyHost us;
    const Frame nonce = hex("0e01 010203040506");
    EXPECT_FALSE(us.answer(question(usual, our_ipv6, nonce + hex("0101") + peer_mac)).empty());
}

TEST(HostNeighbour, ACodeOrAGroupAsTargetIsMalformed) {
    ReadyHost us;
    Frame coded = solicitation(our_ipv6, {});
    coded[1] = 1;
    EXPECT_TRUE(us.answer(ethernet(our_mac, peer_mac, "86dd", icmpv6_packet({.hops = 255}, coded)))
                    .empty());
    EXPECT_TRUE(us.answer(question(usual, all_nodes, {})).empty());
    EXPECT_EQ(us.host.stats().malformed.get(), 2);
}

TEST(HostNeighbour, DuplicateDetectionWithALinkAddressOrToOneHostIsMalformed) {
    ReadyHost us;
    Ipv6Parts nobody = usual;
    nobody.source = unspecified;
    EXPECT_TRUE(us.answer(question(nobody, our_ipv6, hex("0101") + peer_mac)).empty());
    EXPECT_TRUE(us.answer(ethernet(our_mac, peer_mac, "86dd",
                                   icmpv6_packet({.source = unspecified, .hops = 255},
                                                 solicitation(our_ipv6, {}))))
                    .empty());
    EXPECT_EQ(us.host.stats().malformed.get(), 2);
}

TEST(HostNeighbour, AnotherTargetIsNotAnswered) {
    ReadyHost us;
    EXPECT_TRUE(us.answer(question(usual, hex("20010db8 00000000 00000000 01aa000a"), {})).empty());
}

TEST(HostNeighbour, AnAdvertisementForAnAddressInUseIsAConflictOnly) {
    ReadyHost us;
    EXPECT_TRUE(
        us.answer(ethernet(all_nodes_mac, peer_mac, "86dd",
                           icmpv6_packet({.destination = all_nodes, .hops = 255},
                                         advertisement(our_ipv6, "20", hex("0201") + peer_mac))))
            .empty());
    EXPECT_EQ(us.host.stats().conflicts.get(), 1);
    EXPECT_FALSE(us.answer(neighbour_request()).empty());
}

TEST(HostNeighbour, ASolicitedAdvertisementToAllIsMalformed) {
    ReadyHost us;
    us.answer(ethernet(all_nodes_mac, peer_mac, "86dd",
                       icmpv6_packet({.destination = all_nodes, .hops = 255},
                                     advertisement(our_ipv6, "60", hex("0201") + peer_mac))));
    EXPECT_EQ(us.host.stats().malformed.get(), 1);
    EXPECT_EQ(us.host.stats().conflicts.get(), 0);
}

}  // namespace
}  // namespace flowd::dpdk::host

// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/icmpv6.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

Frame framed(const Ipv6Parts& parts, const char* type = "80") {
    return ethernet(our_mac, peer_mac, "86dd", icmpv6_packet(parts, echo(type, hex("0102"))));
}

TEST(HostIcmpv6, APingComesBackWithItsData) {
    ReadyHost us;
    const Frame reply = us.answer(ping6());
    EXPECT_EQ(reply, ethernet(peer_mac, our_mac, "86dd",
                              hex("60000000 000d 3a 40") +
                                  part(icmpv6_packet({.source = our_ipv6, .destination = peer_ipv6},
                                                     echo("81", hex("666c6f7764"))),
                                       8, 45)));
}

TEST(HostIcmpv6, TheLinkLocalAddressAnswers) {
    ReadyHost us;
    const Frame reply =
        us.answer(framed({.source = peer_link_local, .destination = our_link_local}));
    ASSERT_FALSE(reply.empty());
    EXPECT_EQ(part(reply, 22, 32), our_link_local + peer_link_local);
}

TEST(HostIcmpv6, AWrongChecksumIsMalformed) {
    ReadyHost us;
    Frame bad = ping6();
    bad.back() ^= 1;
    EXPECT_TRUE(us.answer(bad).empty());
    EXPECT_EQ(us.host.stats().malformed.get(), 1);
}

TEST(HostIcmpv6, SourcesThatAreNoHostsGetNothing) {
    for (const Frame& source : {unspecified, all_nodes, our_ipv6, Frame(15, 0) + Frame{1},
                                hex("00000000 00000000 0000ffff c000020b")}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(framed({.source = source})).empty());
    }
}

TEST(HostIcmpv6, OtherDestinationsGetNothing) {
    for (const Frame& to : {peer_ipv6, all_nodes, our_solicited_node}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(framed({.destination = to})).empty());
    }
}

TEST(HostIcmpv6, AnIpv4MappedDestinationGetsNothing) {
    ReadyHost us;
    EXPECT_TRUE(
        us.answer(framed({.destination = hex("00000000 00000000 0000ffff") + our_ipv4})).empty());
}

TEST(HostIcmpv6, APingToAGroupGetsNothing) {
    ReadyHost us;
    EXPECT_TRUE(
        us.answer(ethernet(all_nodes_mac, peer_mac, "86dd",
                           icmpv6_packet({.destination = all_nodes}, echo("80", hex("01")))))
            .empty());
}

TEST(HostIcmpv6, ExtensionHeadersGetNothing) {
    ReadyHost us;
    EXPECT_TRUE(us.answer(framed({.hop_by_hop = hex("3a 00 0104 00000000")})).empty());
    Frame fragment = ping6();
    fragment[20] = 44;
    EXPECT_TRUE(us.answer(fragment).empty());
}

TEST(HostIcmpv6, RepliesAreNotAnswered) {
    ReadyHost us;
    EXPECT_TRUE(us.answer(framed({}, "81")).empty());
}

}  // namespace
}  // namespace flowd::dpdk::host

// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/gateways.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

Identity with_gateways() {
    Identity who = identity();
    who.gateways = {address(peer_ipv4), address(peer_ipv6)};
    return who;
}

const Frame arp_question =
    ethernet(all_macs, our_mac, "0806", arp("0001", our_mac, our_ipv4, Frame(6, 0), peer_ipv4));
const Frame arp_answer =
    ethernet(our_mac, peer_mac, "0806", arp("0002", peer_mac, peer_ipv4, our_mac, our_ipv4));
const Frame neighbour_answer =
    ethernet(our_mac, peer_mac, "86dd",
             icmpv6_packet({.hops = 255}, advertisement(peer_ipv6, "60", hex("0201") + peer_mac)));

std::size_t count(const std::vector<Frame>& frames, const Frame& wanted) {
    return static_cast<std::size_t>(std::count(frames.begin(), frames.end(), wanted));
}

TEST(HostGateways, AreAskedAsSoonAsAnAddressIsReady) {
    TestHost us{with_gateways()};
    EXPECT_EQ(count(us.pass(second - second / 10), arp_question), 0);
    EXPECT_EQ(count(us.pass(second / 2), arp_question), 1);
}

TEST(HostGateways, AreAskedThriceThenEveryMinute) {
    TestHost us{with_gateways()};
    EXPECT_EQ(count(us.pass(30 * second), arp_question), 3);
    EXPECT_FALSE(us.host.gateways()[0].answers);
    EXPECT_EQ(count(us.pass(60 * second), arp_question), 3);
}

TEST(HostGateways, AnAnswerIsKept) {
    TestHost us{with_gateways()};
    us.pass(2 * second);
    EXPECT_TRUE(us.answer(arp_answer).empty());
    EXPECT_TRUE(us.answer(neighbour_answer).empty());
    for (const Gateway& each : us.host.gateways()) {
        EXPECT_TRUE(each.answers);
        EXPECT_EQ(Frame(each.mac.begin(), each.mac.end()), peer_mac);
    }
    EXPECT_EQ(count(us.pass(50 * second), arp_question), 0);
    EXPECT_EQ(count(us.pass(20 * second), arp_question), 3);
    EXPECT_FALSE(us.host.gateways()[0].answers);
}

TEST(HostGateways, OtherThreadsSeeWhatIsKept) {
    TestHost us{with_gateways()};
    us.pass(2 * second);
    EXPECT_FALSE(us.host.gateways_seen()[0].answers);
    us.answer(arp_answer);
    us.announce();
    const auto seen = us.host.gateways_seen();
    ASSERT_EQ(seen.size(), 2);
    EXPECT_EQ(seen[0].address, address(peer_ipv4));
    EXPECT_TRUE(seen[0].answers);
    EXPECT_EQ(Frame(seen[0].mac.begin(), seen[0].mac.end()), peer_mac);
    EXPECT_FALSE(seen[1].answers);
    us.pass(70 * second);
    EXPECT_FALSE(us.host.gateways_seen()[0].answers);
    EXPECT_EQ(Frame(seen[0].mac.begin(), seen[0].mac.end()), peer_mac);
}

TEST(HostGateways, UnaskedAnswersDoNotCount) {
    ReadyHost us{with_gateways()};
    us.pass(10 * second);
    us.answer(arp_answer);
    us.answer(neighbour_answer);
    for (const Gateway& each : us.host.gateways()) EXPECT_FALSE(each.answers);
}

TEST(HostGateways, TheNeighbourQuestionIsTheOneOfRfc4861) {
    TestHost us{with_gateways()};
    Frame packet = icmpv6_packet({.source = our_ipv6,
                                  .destination = hex("ff020000 00000000 00000001 ffbb000b"),
                                  .hops = 255},
                                 solicitation(peer_ipv6, hex("0101") + our_mac));
    packet[1] = 0;
    const Frame wanted = ethernet(hex("3333 ffbb000b"), our_mac, "86dd", packet);
    EXPECT_EQ(count(us.pass(30 * second), wanted), 3);
}

TEST(HostGateways, OutsideOfEverySubnetAreNotAsked) {
    Identity who = identity();
    who.gateways = {address(hex("c6336401"))};
    TestHost us{who};
    const auto before = us.pass(20 * second).size();
    EXPECT_EQ(before, TestHost{identity()}.pass(20 * second).size());
}

TEST(HostGateways, EveryVlanIsAsked) {
    Identity who = with_gateways();
    who.vlans = {7, 8};
    TestHost us{who};
    const std::vector<Frame> frames = us.pass(30 * second);
    for (const char* const type : {"8100 0007 0806", "8100 0008 0806"}) {
        EXPECT_EQ(count(frames, ethernet(all_macs, our_mac, type,
                                         arp("0001", our_mac, our_ipv4, Frame(6, 0), peer_ipv4))),
                  3);
    }
}

}  // namespace
}  // namespace flowd::dpdk::host

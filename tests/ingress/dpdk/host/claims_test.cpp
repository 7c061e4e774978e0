// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/claims.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

Identity only(const Frame& bytes, std::uint8_t bits) {
    Identity who = identity();
    who.addresses = {{address(bytes), bits}};
    return who;
}

Frame claim(const Frame& sender, const char* type = "0806") {
    return ethernet(all_macs, our_mac, type, arp("0001", our_mac, sender, Frame(6, 0), our_ipv4));
}

const Frame probe = claim(Frame(4, 0));
const Frame announcement = claim(our_ipv4);

TEST(HostClaims, Ipv4ProbesThriceThenAnnouncesTwice) {
    TestHost us{only(our_ipv4, 24)};
    EXPECT_EQ(us.pass(10 * second),
              (std::vector<Frame>{probe, probe, probe, announcement, announcement}));
}

TEST(HostClaims, NothingIsAnsweredForWhileItIsProbed) {
    TestHost us{only(our_ipv4, 24)};
    us.pass(second - second / 10);
    EXPECT_TRUE(us.answer(arp_request(our_ipv4)).empty());
    EXPECT_TRUE(us.answer(ping()).empty());
    us.pass(second / 5);
    EXPECT_FALSE(us.answer(arp_request(our_ipv4)).empty());
    EXPECT_FALSE(us.answer(ping()).empty());
}

TEST(HostClaims, AnAnswerToAProbeRefusesTheAddress) {
    for (const std::uint64_t when : {second / 10, second * 9 / 10}) {
        TestHost us{only(our_ipv4, 24)};
        us.pass(when);
        EXPECT_TRUE(us.answer(ethernet(our_mac, peer_mac, "0806",
                                       arp("0002", peer_mac, our_ipv4, our_mac, Frame(4, 0))))
                        .empty());
        EXPECT_EQ(us.host.stats().conflicts.get(), 1);
        EXPECT_EQ(us.host.addresses()[0].claim, Claim::refused);
        EXPECT_TRUE(us.pass(50 * second).empty());
        EXPECT_TRUE(us.answer(arp_request(our_ipv4)).empty());
        EXPECT_TRUE(us.answer(ping()).empty());
    }
}

TEST(HostClaims, ARefusedAddressIsTriedAgainAfterAMinute) {
    TestHost us{only(our_ipv4, 24)};
    us.announce();
    us.answer(
        ethernet(our_mac, peer_mac, "0806", arp("0002", peer_mac, our_ipv4, our_mac, Frame(4, 0))));
    EXPECT_EQ(us.pass(70 * second),
              (std::vector<Frame>{probe, probe, probe, announcement, announcement}));
    EXPECT_FALSE(us.answer(arp_request(our_ipv4)).empty());
}

TEST(HostClaims, OtherThreadsSeeTheClaim) {
    TestHost us{only(our_ipv4, 24)};
    us.announce();
    EXPECT_EQ(us.host.addresses_seen()[0].claim, Claim::probing);
    us.answer(
        ethernet(our_mac, peer_mac, "0806", arp("0002", peer_mac, our_ipv4, our_mac, Frame(4, 0))));
    us.announce();
    EXPECT_EQ(us.host.addresses_seen()[0].claim, Claim::refused);
    us.pass(70 * second);
    EXPECT_EQ(us.host.addresses_seen()[0].claim, Claim::ready);
    EXPECT_EQ(us.host.addresses_seen()[0].address, address(our_ipv4));
}

TEST(HostClaims, TwoThatProbeAtOnceRefuse) {
    TestHost us{only(our_ipv4, 24)};
    us.announce();
    us.answer(ethernet(all_macs, peer_mac, "0806",
                       arp("0001", peer_mac, Frame(4, 0), Frame(6, 0), our_ipv4)));
    EXPECT_EQ(us.host.addresses()[0].claim, Claim::refused);
}

TEST(HostClaims, EveryVlanGetsEveryFrame) {
    Identity who = only(our_ipv4, 24);
    who.vlans = {0, 5};
    TestHost us{who};
    const std::vector<Frame> frames = us.pass(10 * second);
    ASSERT_EQ(frames.size(), 10);
    EXPECT_EQ(frames[0], probe);
    EXPECT_EQ(frames[1], claim(Frame(4, 0), "8100 0005 0806"));
    EXPECT_EQ(frames[8], announcement);
    EXPECT_EQ(frames[9], claim(our_ipv4, "8100 0005 0806"));
}

TEST(HostClaims, LinkUpProbesAgainWhileTheAddressIsInUse) {
    ReadyHost us{only(our_ipv4, 24)};
    us.host.link_came_up(us.now_ns);
    EXPECT_EQ(us.announce(), std::vector<Frame>{probe});
    EXPECT_FALSE(us.answer(arp_request(our_ipv4)).empty());
    EXPECT_EQ(us.pass(10 * second).size(), 4);
}

TEST(HostClaims, Ipv6AsksOnceThenAdvertisesTwice) {
    TestHost us{only(our_link_local, 64)};
    const std::vector<Frame> first = us.announce();
    ASSERT_EQ(first.size(), 2);  // a report of the group, then the question
    const Frame group = hex("ff020000 00000000 00000001 ff00000a");
    EXPECT_EQ(first[1],
              ethernet(hex("3333 ff00000a"), our_mac, "86dd",
                       hex("60000000 0018 3a ff") + unspecified + group + part(first[1], 54, 24)));
    EXPECT_EQ(part(first[1], 54, 2), hex("8700"));
    EXPECT_EQ(part(first[1], 62, 16), our_link_local);
    std::size_t advertisements = 0;
    for (const Frame& each : us.pass(10 * second)) {
        if (each[14 + 6] != 58) continue;
        ++advertisements;
        EXPECT_EQ(part(each, 0, 6), all_nodes_mac);
        EXPECT_EQ(part(each, 22, 32), our_link_local + all_nodes);
        EXPECT_EQ(part(each, 54, 2), hex("8800"));
        EXPECT_EQ(part(each, 58, 28), hex("20000000") + our_link_local + hex("0201") + our_mac);
    }
    EXPECT_EQ(advertisements, 2);
}

TEST(HostClaims, AnAdvertisementOfAnotherRefusesAnIpv6Address) {
    TestHost us;
    us.announce();
    us.answer(ethernet(all_nodes_mac, peer_mac, "86dd",
                       icmpv6_packet({.source = our_ipv6, .destination = all_nodes, .hops = 255},
                                     advertisement(our_ipv6, "20", hex("0201") + peer_mac))));
    EXPECT_EQ(us.host.stats().conflicts.get(), 1);
    us.pass(20 * second);
    EXPECT_TRUE(us.answer(neighbour_request()).empty());
    EXPECT_TRUE(us.answer(ping6()).empty());
    EXPECT_FALSE(us.answer(ping()).empty());  // the other addresses are fine
}

TEST(HostClaims, AQuestionOfAnotherForTheSameIpv6AddressRefusesIt) {
    TestHost us;
    us.announce();
    EXPECT_TRUE(us.answer(duplicate_question()).empty());
    EXPECT_EQ(us.host.stats().conflicts.get(), 1);
    us.pass(20 * second);
    EXPECT_TRUE(us.answer(neighbour_request()).empty());
}

}  // namespace
}  // namespace flowd::dpdk::host

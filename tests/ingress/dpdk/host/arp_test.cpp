// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/arp.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

Frame expected_reply(std::string_view tags_and_type = "0806") {
    return ethernet(peer_mac, our_mac, tags_and_type,
                    arp("0002", our_mac, our_ipv4, peer_mac, peer_ipv4));
}

TEST(HostArp, ARequestForUsIsAnswered) {
    ReadyHost us;
    EXPECT_EQ(us.answer(arp_request(our_ipv4)), expected_reply());
    EXPECT_EQ(us.host.stats().arp_requests.get(), 1);
    EXPECT_EQ(us.host.stats().replies.get(), 1);
}

TEST(HostArp, PaddingIsNotAnswered) {
    ReadyHost us;
    EXPECT_EQ(us.answer(arp_request(our_ipv4) + Frame(18, 0xee)), expected_reply());
}

TEST(HostArp, ARequestForOthersIsNotAnswered) {
    ReadyHost us;
    EXPECT_TRUE(us.answer(arp_request(hex("c000020c"))).empty());
    EXPECT_EQ(us.host.stats().arp_requests.get(), 0);
}

TEST(HostArp, TagsComeBackAsTheyWere) {
    for (const char* const tags : {"8100 6005 0806", "88a8 0064 8100 a00a 0806",
                                   "9100 0001 8100 0002 0806", "8100 0000 0806"}) {
        ReadyHost us;
        EXPECT_EQ(us.answer(arp_request(our_ipv4, tags)), expected_reply(tags)) << tags;
    }
}

TEST(HostArp, AProbeOfAnotherHearsThatTheAddressIsTaken) {
    ReadyHost us;
    const Frame nobody(4, 0);
    const Frame reply = us.answer(
        ethernet(all_macs, peer_mac, "0806", arp("0001", peer_mac, nobody, Frame(6, 0), our_ipv4)));
    EXPECT_EQ(reply, ethernet(peer_mac, our_mac, "0806",
                              arp("0002", our_mac, our_ipv4, peer_mac, nobody)));
    EXPECT_EQ(us.host.stats().conflicts.get(), 0);
}

TEST(HostArp, SendersThatAreNoHostsGetNothing) {
    for (const char* const sender : {"e0000001", "ffffffff", "7f000001", "c00002ff", "c0000200"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(ethernet(all_macs, peer_mac, "0806",
                                       arp("0001", peer_mac, hex(sender), Frame(6, 0), our_ipv4)))
                        .empty())
            << sender;
    }
}

TEST(HostArp, LinkAddressesThatAreNoStationsGetNothing) {
    for (const char* const mac : {"ffffffffffff", "01005e000001", "000000000000", "02000000000a"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(ethernet(all_macs, peer_mac, "0806",
                                       arp("0001", hex(mac), peer_ipv4, Frame(6, 0), our_ipv4)))
                        .empty())
            << mac;
        EXPECT_TRUE(us.answer(ethernet(all_macs, hex(mac), "0806",
                                       arp("0001", peer_mac, peer_ipv4, Frame(6, 0), our_ipv4)))
                        .empty())
            << mac;
    }
}

TEST(HostArp, OtherHardwareAndProtocolsAreMalformed) {
    const Frame good = arp_request(our_ipv4);
    for (std::size_t at = 14; at < 20; ++at) {
        ReadyHost us;
        Frame bad = good;
        bad[at] ^= 0x40;
        EXPECT_TRUE(us.answer(bad).empty()) << at;
        EXPECT_EQ(us.host.stats().malformed.get(), 1) << at;
    }
}

TEST(HostArp, AClaimOfOurAddressIsAConflictAndDefendedOnceInTenSeconds) {
    ReadyHost us;
    const Frame claim = ethernet(all_macs, peer_mac, "0806",
                                 arp("0001", peer_mac, our_ipv4, Frame(6, 0), our_ipv4));
    const Frame defence =
        ethernet(all_macs, our_mac, "0806", arp("0001", our_mac, our_ipv4, Frame(6, 0), our_ipv4));
    EXPECT_TRUE(us.answer(claim).empty());
    EXPECT_EQ(us.announce(), std::vector<Frame>{defence});
    EXPECT_TRUE(us.answer(claim).empty());
    EXPECT_TRUE(us.announce().empty());
    us.pass(10 * second);
    EXPECT_TRUE(us.answer(claim).empty());
    EXPECT_EQ(us.announce(), std::vector<Frame>{defence});
    EXPECT_EQ(us.host.stats().conflicts.get(), 3);
    EXPECT_FALSE(us.answer(arp_request(our_ipv4)).empty());
}

TEST(HostArp, OurOwnFramesThatComeBackAreNoConflict) {
    ReadyHost us;
    EXPECT_TRUE(us.answer(ethernet(all_macs, our_mac, "0806",
                                   arp("0001", our_mac, our_ipv4, Frame(6, 0), our_ipv4)))
                    .empty());
    EXPECT_EQ(us.host.stats().conflicts.get(), 0);
}

}  // namespace
}  // namespace flowd::dpdk::host

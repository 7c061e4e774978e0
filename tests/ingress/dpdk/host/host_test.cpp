// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/host.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

std::vector<Frame> all_requests() {
    return {arp_request(our_ipv4),
            arp_request(our_ipv4, "88a8 0064 8100 000a 0806"),
            ping(),
            ping6(),
            neighbour_request(),
            duplicate_question()};
}

TEST(Host, EveryCutIsHarmless) {
    for (const Frame& request : all_requests()) {
        ReadyHost us;
        ASSERT_FALSE(us.answer(request).empty());
        for (std::size_t size = 0; size < request.size(); ++size) {
            // Exactly as much memory as there are bytes, so that a sanitizer sees a read behind.
            const std::unique_ptr<std::uint8_t[]> exact{new std::uint8_t[size]};
            std::copy_n(request.begin(), size, exact.get());
            std::array<std::uint8_t, 128> reply{};
            us.now_ns += second;
            EXPECT_EQ(us.host.answer({exact.get(), size}, reply, us.now_ns), 0) << size;
        }
    }
}

TEST(Host, AReplyThatDoesNotFitIsNotSent) {
    for (const Frame& request : all_requests()) {
        ReadyHost us;
        const std::size_t needed = us.answer(request).size();
        for (std::size_t size = 0; size < needed; ++size) {
            Frame reply(size);
            us.now_ns += second;
            EXPECT_EQ(us.host.answer(request, reply, us.now_ns), 0) << size;
        }
        Frame reply(needed);
        EXPECT_EQ(us.host.answer(request, reply, us.now_ns + second), needed);
    }
}

TEST(Host, RepliesAreHardlyLongerThanRequests) {
    for (const Frame& request : all_requests()) {
        ReadyHost us;
        EXPECT_LE(us.answer(request).size(), request.size() + 8);
    }
}

TEST(Host, OtherVlansAreNotAnswered) {
    Identity who = identity();
    who.vlans = {5};
    ReadyHost us{who};
    EXPECT_TRUE(us.answer(arp_request(our_ipv4)).empty());
    EXPECT_TRUE(us.answer(arp_request(our_ipv4, "8100 0006 0806")).empty());
    EXPECT_FALSE(us.answer(arp_request(our_ipv4, "8100 0005 0806")).empty());
}

TEST(Host, VlanZeroIsUntagged) {
    Identity who = identity();
    who.vlans = {0};
    ReadyHost us{who};
    EXPECT_FALSE(us.answer(arp_request(our_ipv4)).empty());
    EXPECT_TRUE(us.answer(arp_request(our_ipv4, "8100 0005 0806")).empty());
}

TEST(Host, MoreTagsThanAreWalkedGetNothing) {
    ReadyHost us;
    const char* const five = "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0806";
    EXPECT_TRUE(us.answer(arp_request(our_ipv4, five)).empty());
}

TEST(Host, FramesForOtherStationsGetNothing) {
    for (Frame request : all_requests()) {
        request[5] ^= 0x40;
        request[0] &= 0xfe;
        request[0] |= 0x04;
        ReadyHost us;
        EXPECT_TRUE(us.answer(request).empty());
        EXPECT_EQ(us.host.stats().malformed.get(), 0);
    }
}

TEST(Host, AboveTheRateRequestsAreCountedOnly) {
    Identity who = identity();
    who.replies_per_second = 50;
    ReadyHost us{who};
    std::size_t replies = 0;
    for (int i = 0; i < 1000; ++i) {
        us.now_ns += second / 1000;
        replies += us.answer(ping()).empty() ? 0 : 1;
    }
    EXPECT_NEAR(static_cast<double>(replies), 55, 1);
    EXPECT_EQ(us.host.stats().echo_requests.get(), 1000);
    EXPECT_EQ(us.host.stats().replies.get(), replies);
    EXPECT_EQ(us.host.stats().rate_limited.get(), 1000 - replies);
}

TEST(Host, ARateOfZeroNeverAnswers) {
    Identity who = identity();
    who.replies_per_second = 0;
    ReadyHost us{who};
    EXPECT_TRUE(us.answer(ping()).empty());
    EXPECT_EQ(us.host.stats().rate_limited.get(), 1);
}

TEST(Host, WithoutAddressesItIsSilent) {
    Identity who = identity();
    who.addresses.clear();
    TestHost us{who};
    EXPECT_TRUE(us.pass(100 * second).empty());
    for (const Frame& request : all_requests()) EXPECT_TRUE(us.answer(request).empty());
}

TEST(Host, LinkUpSaysEverythingAgain) {
    TestHost us;
    const std::size_t first = us.pass(20 * second).size();
    EXPECT_GT(first, 0);
    EXPECT_TRUE(us.pass(20 * second).empty());
    us.host.link_came_up(us.now_ns);
    EXPECT_EQ(us.pass(20 * second).size(), first);
    EXPECT_EQ(us.host.stats().announcements.get(), 2 * first);
}

TEST(Host, ATooSmallAnnouncementIsNoEndlessLoop) {
    TestHost us;
    Frame out(10);
    for (int i = 0; i < 1000; ++i) {
        us.now_ns += second / 100;
        EXPECT_EQ(us.host.announce(out, us.now_ns), 0);
    }
}

}  // namespace
}  // namespace flowd::dpdk::host

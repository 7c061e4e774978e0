// SPDX-License-Identifier: BSD-3-Clause
// A port that is reset while its worker polls goes on, and a link that goes down and comes up is
// said once. On net_ring, which gives back what is sent on it.
#include "ingress/dpdk/port_watch.hpp"

#include <gtest/gtest.h>
#include <rte_ethdev.h>

#include "child.hpp"
#include "ingress/clock.hpp"
#include "wire.hpp"

namespace flowd::dpdk {
namespace {

using test::in_a_child;
using test_port::Wire;

/// Patient: the daemon gives them a second.
bool workers_pass(const Wire& wire) {
    for (int i = 0; i < 60; ++i) {
        if (wire.opened().let_workers_pass()) return true;
    }
    return false;
}

TEST(PortWatch, APortThatIsResetGoesOn) {
    in_a_child([] {
        Wire wire;
        ASSERT_TRUE(wire.send());
        for (int i = 0; i < 3; ++i) {
            wire.port().shut();
            EXPECT_TRUE(workers_pass(wire));
            const Failure failure = wire.port().reset();
            EXPECT_FALSE(failed(failure)) << failure.sentence;
            wire.port().reopen();
            EXPECT_TRUE(wire.send()) << "after reset " << i;
        }
    });
}

TEST(PortWatch, AShutPortIsLeftAlone) {
    in_a_child([] {
        Wire wire;
        wire.port().shut();
        EXPECT_TRUE(workers_pass(wire));
        EXPECT_FALSE(wire.send(std::chrono::seconds{2}));
        wire.port().reopen();
    });
}

TEST(PortWatch, ALinkThatGoesDownAndUpIsSaidOnce) {
    in_a_child([] {
        Wire wire;
        PortWatch watch{wire.opened()};
        std::uint64_t now = second_ns;
        const auto said = [&] {
            testing::internal::CaptureStderr();
            for (int i = 0; i < 3; ++i) watch.tick(now += second_ns);
            return testing::internal::GetCapturedStderr();
        };
        EXPECT_EQ(said(), "");
        ASSERT_EQ(rte_eth_dev_set_link_down(wire.port().id()), 0);
        const std::string down = said();
        EXPECT_NE(down.find("net_ring0 (net_ring): link down"), std::string::npos) << down;
        EXPECT_EQ(down.find("link down"), down.rfind("link down"));
        ASSERT_EQ(rte_eth_dev_set_link_up(wire.port().id()), 0);
        const std::string up = said();
        EXPECT_NE(up.find("link up"), std::string::npos) << up;
        EXPECT_EQ(said(), "");
    });
}

}  // namespace
}  // namespace flowd::dpdk

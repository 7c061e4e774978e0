// SPDX-License-Identifier: BSD-3-Clause
// A port that is reset while its worker polls goes on, and a link that goes down and comes up is
// said once. On net_ring, which gives back what is sent on it.
#include "ingress/dpdk/port_watch.hpp"

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "child.hpp"
#include "frames.hpp"
#include "ingress/clock.hpp"
#include "ingress/dpdk/live.hpp"

namespace flowd::dpdk {
namespace {

using test::in_a_child;
using Clock = std::chrono::steady_clock;

/// One port, one worker that counts what comes.
class Wire {
public:
    Wire() {
        options_.hugepages = "off";
        options_.memory_mb = 128;
        options_.fragments_bytes = 0;
        options_.ports.single.device = "net_ring0";
        auto opened =
            open({.dpdk = options_, .listeners = everything_, .worker = {.shares_cpu = true}});
        if (!opened) {
            ADD_FAILURE() << opened.error().sentence;
            return;
        }
        opened_ = std::move(*opened);
        pool_ = rte_pktmbuf_pool_create("sender", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
        thread_ = std::thread{[this] { work(); }};
    }
    ~Wire() {
        stop_ = true;
        thread_.join();
        opened_.queues.clear();
    }

    [[nodiscard]] const Opened& opened() const { return opened_; }
    [[nodiscard]] Port& port() { return *opened_.ports.front(); }
    /// True when it has come.
    [[nodiscard]] bool send() {
        const std::uint64_t before = received_;
        const std::string frame = test::udp_frame(1, 2055, "x");
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
        std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                    frame.data(), frame.size());
        mbuf->port = port().id();
        if (rte_eth_tx_burst(port().id(), 0, &mbuf, 1) != 1) return false;
        const auto end = Clock::now() + std::chrono::seconds{2};
        while (received_ == before && Clock::now() < end) std::this_thread::yield();
        return received_ == before + 1;
    }

private:
    void work() {
        flowd::Ingress& ingress = *opened_.queues.front();
        ingress.attach();
        while (!stop_) {
            received_ += ingress.receive().size();
            ingress.release();
            ingress.wait(1'000'000);
        }
        ingress.detach();
    }

    Options options_;
    std::vector<config::Listener> everything_;
    Opened opened_;
    rte_mempool* pool_ = nullptr;
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> received_{0};
    std::thread thread_;
};

TEST(PortWatch, APortThatIsResetGoesOn) {
    in_a_child([] {
        Wire wire;
        ASSERT_TRUE(wire.send());
        for (int i = 0; i < 3; ++i) {
            wire.port().shut();
            EXPECT_TRUE(wire.opened().let_workers_pass());
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
        EXPECT_TRUE(wire.opened().let_workers_pass());
        EXPECT_FALSE(wire.send());
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

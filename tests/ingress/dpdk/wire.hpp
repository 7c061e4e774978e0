// SPDX-License-Identifier: BSD-3-Clause
// A port on net_ring, which gives back what is sent on it, and a worker that polls it. In a child
// process (child.hpp).
#pragma once

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "frames.hpp"
#include "ingress/dpdk/live.hpp"

namespace flowd::dpdk::test_port {

using Clock = std::chrono::steady_clock;

/// One port, one worker that counts what comes.
class Wire {
public:
    explicit Wire(std::vector<std::string> eal = {}) {
        options_.eal = std::move(eal);
        options_.telemetry = !options_.eal.empty();
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
    [[nodiscard]] bool send(std::chrono::seconds patience = std::chrono::seconds{60}) {
        const std::uint64_t before = received_;
        const std::string frame = flowd::test::udp_frame(1, 2055, "x");
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
        std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                    frame.data(), frame.size());
        mbuf->port = port().id();
        if (rte_eth_tx_burst(port().id(), 0, &mbuf, 1) != 1) return false;
        const auto end = Clock::now() + patience;
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

}  // namespace flowd::dpdk::test_port

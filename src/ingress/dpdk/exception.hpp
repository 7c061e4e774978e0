// SPDX-License-Identifier: BSD-3-Clause
// ExceptionTap: what is no flow traffic goes to the kernel by a TAP device with the port's MAC
// address, and what the kernel sends there leaves by the port. So ARP, ping, ssh or BGP work on a
// port that DPDK owns. The port's answering worker moves the frames; its counters may be read by
// others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "ingress/dpdk/host/token_bucket.hpp"
#include "log/failure.hpp"
#include "metrics/counter.hpp"

struct rte_mempool;
struct rte_mbuf;

namespace flowd::dpdk {

struct ExceptionPlan {
    std::string label{};       ///< of the port, for messages
    std::string interface {};  ///< of the kernel, 15 characters at most: "flowd0"
    std::array<std::uint8_t, 6> mac{};
    std::uint16_t port = 0;   ///< where the kernel's frames leave
    std::uint16_t queue = 0;  ///< of that port, for sending; the same thread uses it for replies
    std::uint32_t to_kernel_per_second = 10'000;
    rte_mempool* pool = nullptr;  ///< for frames from the kernel; a frame of the MTU fits
};

class ExceptionTap {
public:
    static constexpr std::uint16_t burst_max = 32;

    /// Main thread; the EAL runs, the port is started. Needs CAP_NET_ADMIN and /dev/net/tun.
    [[nodiscard]] static Outcome<std::unique_ptr<ExceptionTap>> open(const ExceptionPlan& plan);
    ExceptionTap(const ExceptionTap&) = delete;
    ExceptionTap& operator=(const ExceptionTap&) = delete;
    /// The interface goes away. Before the pool does.
    ~ExceptionTap();

    /// Takes the frame over. Above the rate it is dropped and counted, so that junk cannot keep the
    /// worker in system calls.
    void to_kernel(rte_mbuf* frame, std::uint64_t now_ns) noexcept;
    /// Sends what the kernel has to send, a burst at most. How many frames there were: a full burst
    /// means that there may be more.
    std::size_t from_kernel() noexcept;

    struct Stats {
        Counter to_kernel;
        Counter from_kernel;
        Counter rate_limited;       ///< frames that the rate kept from the kernel
        Counter refused_by_kernel;  ///< the interface is down, or its queue is full
        Counter refused_by_port;    ///< its TX queue was full
    };
    [[nodiscard]] const Stats& stats() const noexcept { return stats_; }
    /// The TAP's port in DPDK: not one to receive flow traffic from.
    [[nodiscard]] std::uint16_t port_id() const noexcept { return tap_; }

private:
    ExceptionTap(const ExceptionPlan& plan, std::string device)
        : plan_{plan}, device_{std::move(device)}, bucket_{plan.to_kernel_per_second} {}

    [[nodiscard]] Failure probe();
    [[nodiscard]] Failure set_up();

    ExceptionPlan plan_;
    std::string device_;  ///< DPDK's name of it
    host::TokenBucket bucket_;
    std::uint16_t tap_ = 0;
    bool probed_ = false;
    bool configured_ = false;
    Stats stats_{};
};

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Reads a port's loss counters.
#include "ingress/dpdk/missed.hpp"

#include "ingress/clock.hpp"

namespace flowd::dpdk {

void Missed::refresh_if_old(const Queue& queue, IngressStats& stats) noexcept {
    constexpr std::uint64_t age_max_ns = second_ns / 5;
    const std::uint64_t now_ns = clock_ns(CLOCK_MONOTONIC_COARSE);
    if (refreshed_ns_ != 0 && now_ns - refreshed_ns_ < age_max_ns) return;
    refreshed_ns_ = now_ns;
    refresh(queue, stats);
}

void Missed::refresh(const Queue& queue, IngressStats& stats) noexcept {
    if (queue.queue_id() != 0) return;
    rte_eth_stats port{};
    if (rte_eth_stats_get(queue.port_id(), &port) != 0) return;
    const std::uint64_t reported = port.imissed + port.rx_nombuf;
    // net_memif starts again at zero when its peer goes away.
    stats.missed += reported >= reported_ ? reported - reported_ : reported;
    reported_ = reported;
}

}  // namespace flowd::dpdk

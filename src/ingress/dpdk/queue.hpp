// SPDX-License-Identifier: BSD-3-Clause
// Queue: one RX queue of a port. Hot; one worker's.
#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include <cstdint>
#include <span>

namespace flowd::dpdk {

class Queue {
public:
    static constexpr std::uint16_t burst_max = 32;
    static constexpr std::uint16_t prefetch_distance = 4;

    Queue(std::uint16_t port_id, std::uint16_t queue_id) noexcept
        : port_id_{port_id}, queue_id_{queue_id} {}

    /// Takes as many frames as there is room for, the caller's from then on.
    [[nodiscard]] std::uint16_t poll(std::span<rte_mbuf*> room) noexcept {
        const std::uint16_t count = rte_eth_rx_burst(port_id_, queue_id_, room.data(),
                                                     static_cast<std::uint16_t>(room.size()));
        for (std::uint16_t i = 0; i < count && i < prefetch_distance; ++i) prefetch(room[i]);
        return count;
    }

    /// Its headers into the cache.
    static void prefetch(const rte_mbuf* frame) noexcept {
        const auto* data = rte_pktmbuf_mtod(frame, const std::uint8_t*);
        rte_prefetch0(data);
        rte_prefetch0(data + RTE_CACHE_LINE_SIZE);
    }
    /// In a walk over a burst: the headers of the frame that comes some steps behind.
    static void prefetch_ahead(std::span<rte_mbuf* const> frames, std::size_t index) noexcept {
        if (index + prefetch_distance < frames.size()) prefetch(frames[index + prefetch_distance]);
    }

    /// Of the port; negative: it has none.
    [[nodiscard]] int numa_node() const noexcept { return rte_eth_dev_socket_id(port_id_); }
    [[nodiscard]] std::uint16_t port_id() const noexcept { return port_id_; }
    [[nodiscard]] std::uint16_t queue_id() const noexcept { return queue_id_; }

private:
    std::uint16_t port_id_;
    std::uint16_t queue_id_;
};

}  // namespace flowd::dpdk

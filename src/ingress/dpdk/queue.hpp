// SPDX-License-Identifier: BSD-3-Clause
// Queue: one RX queue of a port and the burst that was taken from it. Hot; one worker's.
#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include <array>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/slots.hpp"

namespace flowd::dpdk {

class Queue {
public:
    static constexpr std::uint16_t burst_max = 32;

    Queue(std::uint16_t port_id, std::uint16_t queue_id)
        : scratch_{burst_max * frame_max}, port_id_{port_id}, queue_id_{queue_id} {}
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    /// Takes up to `wanted` frames; the burst before it has been released.
    [[nodiscard]] std::uint16_t poll(std::uint16_t wanted) noexcept {
        count_ = rte_eth_rx_burst(port_id_, queue_id_, frames_.data(), wanted);
        for (std::uint16_t i = 0; i < count_ && i < prefetch_distance; ++i) prefetch(i);
        return count_;
    }

    /// Frame `index` of the burst in one piece, valid until release(). Call in order: each call
    /// fetches the headers of a later frame into the cache.
    [[nodiscard]] flow::Bytes frame(std::uint16_t index) noexcept {
        if (index + prefetch_distance < count_) {
            prefetch(static_cast<std::uint16_t>(index + prefetch_distance));
        }
        const rte_mbuf* mbuf = frames_[index];
        if (mbuf->nb_segs != 1) [[unlikely]]
            return linearise(index);
        return {rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len};
    }

    /// Of the port; negative: it has none.
    [[nodiscard]] int numa_node() const noexcept { return rte_eth_dev_socket_id(port_id_); }

    /// Bytes behind frame `index` that belong to its memory.
    [[nodiscard]] std::uint32_t readable_behind(std::uint16_t index) const noexcept {
        const rte_mbuf* mbuf = frames_[index];
        return mbuf->nb_segs == 1 ? rte_pktmbuf_tailroom(mbuf) : 0;
    }

    [[nodiscard]] const rte_mbuf* mbuf(std::uint16_t index) const noexcept {
        return frames_[index];
    }

    void release() noexcept {
        if (count_ != 0) rte_pktmbuf_free_bulk(frames_.data(), count_);
        count_ = 0;
    }

    [[nodiscard]] std::uint16_t port_id() const noexcept { return port_id_; }
    [[nodiscard]] std::uint16_t queue_id() const noexcept { return queue_id_; }

private:
    static constexpr std::uint16_t prefetch_distance = 4;
    /// 65,535 bytes of IP and room for link headers; what is longer is cut, which the parser sees.
    static constexpr std::size_t frame_max = 65'535 + 257;

    void prefetch(std::uint16_t index) const noexcept {
        const auto* data = rte_pktmbuf_mtod(frames_[index], const std::uint8_t*);
        rte_prefetch0(data);
        rte_prefetch0(data + RTE_CACHE_LINE_SIZE);
    }

    [[nodiscard, gnu::noinline]] flow::Bytes linearise(std::uint16_t index) noexcept;

    // Written by the RX worker only.
    std::array<rte_mbuf*, burst_max> frames_{};
    std::uint16_t count_ = 0;
    /// One room per frame of a burst. Untouched pages cost nothing: frames in several pieces are
    /// rare.
    flow::Slots<std::uint8_t> scratch_;
    std::uint16_t port_id_;
    std::uint16_t queue_id_;
};

}  // namespace flowd::dpdk

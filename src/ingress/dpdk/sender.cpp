// SPDX-License-Identifier: BSD-3-Clause
// One buffer is always at hand, so that a reply is written where it is sent from.
#include "ingress/dpdk/sender.hpp"

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "ingress/dpdk/eal.hpp"

namespace flowd::dpdk {

Outcome<std::unique_ptr<Sender>> Sender::open(std::uint16_t port, std::uint16_t queue,
                                              std::uint16_t frame_size_max,
                                              const std::string& label) {
    constexpr std::uint16_t page = 64;  // a multiple of the cache line
    constexpr std::uint32_t spare = 255;
    rte_eth_txq_info info{};
    // A driver keeps buffers until their descriptors come round again. Not every driver tells.
    const bool told = rte_eth_tx_queue_info_get(port, queue, &info) == 0;
    const std::uint32_t count = (told ? info.nb_desc : 1024U) + spare;
    const auto room = static_cast<std::uint16_t>(
        (std::max<std::size_t>(frame_size_max, 1522) + RTE_PKTMBUF_HEADROOM + page - 1) / page *
        page);
    std::array<char, RTE_MEMPOOL_NAMESIZE> name{};
    std::snprintf(name.data(), name.size(), "tx_%u_%u", port, queue);
    rte_mempool* pool =
        rte_pktmbuf_pool_create(name.data(), count, 0, 0, room, rte_eth_dev_socket_id(port));
    if (pool == nullptr) {
        return Eal::failure("dpdk: port " + label + ": no memory for the " + std::to_string(count) +
                                " buffers of what it sends",
                            rte_errno);
    }
    return std::unique_ptr<Sender>{new Sender{port, queue, pool}};
}

Sender::~Sender() {
    rte_pktmbuf_free(next_);
    rte_mempool_free(pool_);
}

std::span<std::uint8_t> Sender::prepare() noexcept {
    if (next_ == nullptr) next_ = rte_pktmbuf_alloc(pool_);
    if (next_ == nullptr) {
        stats_.no_memory.add(1);
        return {};
    }
    return {rte_pktmbuf_mtod(next_, std::uint8_t*), rte_pktmbuf_tailroom(next_)};
}

bool Sender::commit(std::size_t size) noexcept {
    if (size == 0 || next_ == nullptr) return false;
    const std::size_t padded = std::max(size, frame_size_min);
    if (padded > rte_pktmbuf_tailroom(next_)) {
        stats_.refused.add(1);
        return false;
    }
    auto* const data = rte_pktmbuf_mtod(next_, std::uint8_t*);
    std::fill(data + size, data + padded, std::uint8_t{0});  // nothing of older frames
    next_->data_len = static_cast<std::uint16_t>(padded);
    next_->pkt_len = static_cast<std::uint32_t>(padded);
    if (rte_eth_tx_burst(port_, queue_, &next_, 1) == 0) {
        rte_pktmbuf_reset(next_);  // kept for the next frame
        stats_.refused.add(1);
        return false;
    }
    next_ = nullptr;
    stats_.sent.add(1);
    return true;
}

bool Sender::send(flow::Bytes frame) noexcept {
    const std::span<std::uint8_t> to = prepare();
    if (to.empty()) return false;
    if (frame.size() > to.size()) {
        stats_.refused.add(1);
        return false;
    }
    std::copy(frame.begin(), frame.end(), to.begin());
    return commit(frame.size());
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The rare frame that the driver delivered in several pieces.
#include "ingress/dpdk/queue.hpp"

#include <algorithm>
#include <cstring>

namespace flowd::dpdk {

flow::Bytes Queue::linearise(std::uint16_t index) noexcept {
    if (scratch_.size() == 0) return {};
    std::uint8_t* const room = &scratch_[index * frame_max];
    std::size_t size = 0;
    for (const rte_mbuf* piece = frames_[index]; piece != nullptr; piece = piece->next) {
        const std::size_t part = std::min<std::size_t>(piece->data_len, frame_max - size);
        std::memcpy(room + size, rte_pktmbuf_mtod(piece, const std::uint8_t*), part);
        size += part;
    }
    return {room, size};
}

}  // namespace flowd::dpdk

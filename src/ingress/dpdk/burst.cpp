// SPDX-License-Identifier: BSD-3-Clause
// The rare frame that the driver delivered in several pieces, or that fragments were joined to.
#include "ingress/dpdk/burst.hpp"

#include <algorithm>
#include <cstring>

namespace flowd::dpdk {

flow::Bytes Burst::linearise(const rte_mbuf* frame) noexcept {
    if (scratch_.size() == 0 || rooms_used_ == rooms_max) return {};
    std::uint8_t* const room = &scratch_[rooms_used_++ * frame_max];
    std::size_t size = 0;
    for (const rte_mbuf* piece = frame; piece != nullptr; piece = piece->next) {
        const std::size_t part = std::min<std::size_t>(piece->data_len, frame_max - size);
        std::memcpy(room + size, rte_pktmbuf_mtod(piece, const std::uint8_t*), part);
        size += part;
    }
    return {room, size};
}

}  // namespace flowd::dpdk

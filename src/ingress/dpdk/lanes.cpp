// SPDX-License-Identifier: BSD-3-Clause
// Making the rings, and emptying them at the end.
#include "ingress/dpdk/lanes.hpp"

#include <rte_mbuf.h>

#include <bit>
#include <new>

namespace flowd::dpdk {

Outcome<std::unique_ptr<Lanes>> Lanes::create(std::uint32_t worker_count, std::uint32_t frames) {
    std::unique_ptr<Lanes> lanes{new Lanes{worker_count}};
    // rte_ring keeps one entry of its power of two empty.
    const unsigned size = std::bit_ceil(frames + 1);
    const auto bytes = static_cast<std::size_t>(rte_ring_get_memsize(size));
    for (std::uint32_t i = 0; i < worker_count * worker_count; ++i) {
        if (i / worker_count == i % worker_count) {
            lanes->rings_.emplace_back(nullptr);
            continue;
        }
        auto* const ring = static_cast<rte_ring*>(std::aligned_alloc(alignof(rte_ring), bytes));
        lanes->rings_.emplace_back(ring);
        const unsigned flags = RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ;
        if (ring == nullptr || rte_ring_init(ring, "flowd_lane", frames, flags) != 0) {
            return Failure{"dpdk: no memory for rings of " + std::to_string(frames) +
                           " frames between " + std::to_string(worker_count) + " RX workers"};
        }
    }
    return lanes;
}

Lanes::~Lanes() {
    for (const auto& ring : rings_) {
        void* frame = nullptr;
        while (ring && rte_ring_sc_dequeue(ring.get(), &frame) == 0) {
            rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
        }
    }
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Making a BatchRing: all its memory, at start, on the main thread. The rings live in memory of our
// own (rte_ring_init), not in EAL's memzones, so that a flowd that receives from sockets needs
// neither EAL nor hugepages.
#include <rte_ring.h>

#include <bit>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "ring/batch_ring.hpp"

namespace flowd {

namespace {

constexpr std::size_t memory_page_size = 4096;
static_assert(memory_page_size % alignof(flow::Batch) == 0);
static_assert(std::is_trivially_destructible_v<flow::Batch>, "freed as raw memory");

/// rte_ring keeps one entry of its power of two empty, so n batches need a table above n.
[[nodiscard]] unsigned table_size(std::size_t batch_count) noexcept {
    return static_cast<unsigned>(std::bit_ceil(batch_count + 1));
}

}  // namespace

BatchRing::Ring BatchRing::make_ring(std::size_t batch_count) noexcept {
    const unsigned size = table_size(batch_count);
    const ssize_t bytes = rte_ring_get_memsize(size);
    if (bytes < 0) return nullptr;
    void* memory = std::aligned_alloc(alignof(rte_ring), static_cast<std::size_t>(bytes));
    Ring ring{static_cast<rte_ring*>(memory)};
    if (!ring) return nullptr;
    const unsigned flags = RING_F_SP_ENQ | RING_F_SC_DEQ;
    if (rte_ring_init(ring.get(), "flowd_batches", size, flags) != 0) return nullptr;
    return ring;
}

Outcome<std::unique_ptr<BatchRing>> BatchRing::create(std::size_t batch_count) {
    if (batch_count < 1 || batch_count > batch_count_max) {
        return Failure{"a batch ring of " + std::to_string(batch_count) +
                       " batches is outside 1 to " + std::to_string(batch_count_max)};
    }
    const std::size_t bytes = (batch_count * sizeof(flow::Batch) + memory_page_size - 1) /
                              memory_page_size * memory_page_size;
    Batches batches{static_cast<flow::Batch*>(std::aligned_alloc(memory_page_size, bytes))};
    Ring full = make_ring(batch_count);
    Ring free = make_ring(batch_count);
    Stack stack{new (std::nothrow) flow::Batch* [batch_count] {}};
    std::unique_ptr<BatchRing> ring;
    if (batches && full && free && stack) {
        // Value-initialised, which writes every byte: that is what backs the pages with memory.
        std::uninitialized_value_construct_n(batches.get(), batch_count);
        ring.reset(new (std::nothrow) BatchRing{batch_count, std::move(batches), std::move(full),
                                                std::move(free), std::move(stack)});
    }
    if (!ring) {
        return Failure{"a batch ring of " + std::to_string(batch_count) + " batches needs " +
                       std::to_string(bytes) + " bytes, which the system does not give"};
    }
    return ring;
}

}  // namespace flowd

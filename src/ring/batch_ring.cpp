// SPDX-License-Identifier: BSD-3-Clause
// BatchRing over rte_ring: what the workers call. One enqueue or dequeue each.
#include "ring/batch_ring.hpp"

#include <rte_ring.h>

#include <cassert>
#include <utility>

namespace flowd {

namespace {

void put(rte_ring* ring, flow::Batch* batch) noexcept {
    assert(batch != nullptr);
    [[maybe_unused]] const int result = rte_ring_sp_enqueue(ring, batch);
    assert(result == 0);  // else a batch was given twice
}

[[nodiscard]] flow::Batch* get(rte_ring* ring) noexcept {
    void* batch = nullptr;
    if (rte_ring_sc_dequeue(ring, &batch) != 0) return nullptr;
    return static_cast<flow::Batch*>(batch);
}

}  // namespace

BatchRing::BatchRing(std::size_t batch_count, Batches batches, Ring full, Ring free) noexcept
    : batch_count_{batch_count},
      batches_{std::move(batches)},
      full_{std::move(full)},
      free_{std::move(free)} {
    // TX's side of the free ring is used here, before any worker runs.
    for (std::size_t index = 0; index < batch_count; ++index) {
        put(free_.get(), batches_.get() + index);
    }
}

flow::Batch* BatchRing::acquire() noexcept {
    flow::Batch* batch = get(free_.get());
    if (batch != nullptr) batch->clear();
    return batch;
}

void BatchRing::publish(flow::Batch* batch) noexcept { put(full_.get(), batch); }

flow::Batch* BatchRing::take() noexcept { return get(full_.get()); }

void BatchRing::give_back(flow::Batch* batch) noexcept { put(free_.get(), batch); }

std::size_t BatchRing::waiting() const noexcept { return rte_ring_count(full_.get()); }

}  // namespace flowd

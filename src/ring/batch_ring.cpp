// SPDX-License-Identifier: BSD-3-Clause
// BatchRing over rte_ring: what the workers call. One enqueue or dequeue each; a bell is rung only
// for somebody who may sleep.
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

BatchRing::BatchRing(std::size_t batch_count, Batches batches, Ring full, Ring free,
                     Stack stack) noexcept
    : batch_count_{batch_count},
      batches_{std::move(batches)},
      full_{std::move(full)},
      free_{std::move(free)},
      stack_{std::move(stack)} {
    // TX's side of the free ring is used here, before any worker runs.
    // The last one in is the first one out.
    for (std::size_t index = batch_count; index > 0; --index) {
        put(free_.get(), batches_.get() + index - 1);
    }
}

flow::Batch* BatchRing::acquire() noexcept {
    stacked_ +=
        rte_ring_sc_dequeue_burst(free_.get(), reinterpret_cast<void**>(stack_.get() + stacked_),
                                  static_cast<unsigned>(batch_count_ - stacked_), nullptr);
    if (stacked_ == 0) return nullptr;
    flow::Batch* const batch = stack_[--stacked_];
    batch->clear();
    return batch;
}

void BatchRing::await_free(std::uint64_t most_ns) noexcept {
    writer_bell_.sleep(most_ns, [this] { return half_is_free(); });
}

bool BatchRing::half_is_free() const noexcept {
    return rte_ring_count(free_.get()) >= (batch_count_ + 1) / 2;
}

void BatchRing::publish(flow::Batch* batch) noexcept {
    published_.store(published() + 1, std::memory_order_relaxed);
    put(full_.get(), batch);
}

flow::Batch* BatchRing::take() noexcept { return get(full_.get()); }

void BatchRing::give_back(flow::Batch* batch) noexcept {
    put(free_.get(), batch);
    returned_.store(returned() + 1, std::memory_order_relaxed);
    if (half_is_free()) writer_bell_.ring();
}

std::size_t BatchRing::waiting() const noexcept { return rte_ring_count(full_.get()); }

}  // namespace flowd

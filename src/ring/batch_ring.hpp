// SPDX-License-Identifier: BSD-3-Clause
// BatchRing: the way of batches from one RX worker to one TX worker and back. Two SPSC rte_rings
// of pointers: full batches RX to TX, free ones TX to RX. It owns the batches; all memory is taken
// when it is made. RX calls acquire and publish, TX calls take and give_back; nobody waits, locks
// or allocates. A side that wants to wait sleeps by its bell, which the other side rings. Works
// without rte_eal_init.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "flow/model/batch.hpp"
#include "log/failure.hpp"
#include "ring/bell.hpp"

struct rte_ring;

namespace flowd {

class BatchRing {
public:
    static constexpr std::size_t batch_count_max = 65'536;  // 4 GiB of pages

    /// Makes a ring with `batch_count` batches, 1 to `batch_count_max`. Touches all their pages,
    /// so that no worker meets a page fault later. Fails on a bad count and when memory is short.
    [[nodiscard]] static Outcome<std::unique_ptr<BatchRing>> create(std::size_t batch_count);

    BatchRing(const BatchRing&) = delete;
    BatchRing& operator=(const BatchRing&) = delete;
    ~BatchRing() = default;

    /// RX: a cleared batch to write into, the caller's until published; nullptr: none is free, so
    /// what would have gone into it is dropped and counted by the caller.
    [[nodiscard]] flow::Batch* acquire() noexcept;
    /// RX: passes an acquired batch on. Never fails: the ring has room for every batch there is.
    /// Wakes nobody.
    void publish(flow::Batch* batch) noexcept;
    /// RX: ends the sleep of TX, when it sleeps.
    void wake_reader() noexcept { reader_bell_->ring(); }
    /// RX: sleeps until TX has given back half of the batches, `most_ns` at most.
    void await_free(std::uint64_t most_ns) noexcept;

    /// TX: the oldest published batch, the caller's until given back; nullptr: nothing is waiting.
    [[nodiscard]] flow::Batch* take() noexcept;
    /// TX: returns a taken batch. Never fails. Wakes an RX that waits for it.
    void give_back(flow::Batch* batch) noexcept;
    /// Before the workers run: what wake_reader() rings, as one TX worker may read several rings.
    void ring_at(Bell& bell) noexcept { reader_bell_ = &bell; }

    /// Any thread: batches published since the start, and those of them that have been given back.
    [[nodiscard]] std::uint64_t published() const noexcept {
        return published_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t returned() const noexcept {
        return returned_.load(std::memory_order_relaxed);
    }
    /// Either side: batches published and not yet taken. Already old when it returns.
    [[nodiscard]] std::size_t waiting() const noexcept;
    [[nodiscard]] std::size_t batch_count() const noexcept { return batch_count_; }

private:
    struct Free {
        void operator()(void* memory) const noexcept { std::free(memory); }
    };
    using Ring = std::unique_ptr<rte_ring, Free>;
    using Batches = std::unique_ptr<flow::Batch, Free>;  // an array; batches need no destructor
    using Stack = std::unique_ptr<flow::Batch*[]>;

    BatchRing(std::size_t batch_count, Batches batches, Ring full, Ring free, Stack stack) noexcept;
    [[nodiscard]] bool half_is_free() const noexcept;
    [[nodiscard]] static Ring make_ring(std::size_t batch_count) noexcept;

    // Read-only after the constructor; what the workers write is inside the rings, where rte_ring
    // keeps the two sides on cache lines of their own.
    std::size_t batch_count_;
    Batches batches_;
    Ring full_;
    Ring free_;
    Bell* reader_bell_ = &own_reader_bell_;

    // RX's: what it has fetched from the free ring. The batch that came back last is used first,
    // as most of it is still in a cache.
    Stack stack_;
    std::size_t stacked_ = 0;
    std::atomic<std::uint64_t> published_{0};  // one writer each
    alignas(64) std::atomic<std::uint64_t> returned_{0};

    Bell writer_bell_;
    Bell own_reader_bell_;
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// The loop over the rings, and what a stop means to it.
#include "worker/tx_worker.hpp"

#include <algorithm>

namespace flowd {

TxWorker::TxWorker(std::vector<BatchRing*> rings, std::vector<const RxWorker*> sources,
                   std::unique_ptr<Transport> transport, const StopFlags& flags)
    : rings_{std::move(rings)},
      sources_{std::move(sources)},
      transport_{std::move(transport)},
      flags_{flags} {
    for (BatchRing* const ring : rings_) ring->ring_at(bell_);
}

void TxWorker::run() noexcept {
    for (;;) {
        // In this order: a batch that was published before `done` is seen by the turn that follows.
        const bool last_turn = sources_done();
        if (reopen_.exchange(false, std::memory_order_relaxed)) transport_->reopen();
        if (turn()) continue;
        if (last_turn) break;
        rest();
    }
    failure_ = transport_->close();
    if (span_.used()) span_.end();
    done_.store(true, std::memory_order_release);  // pairs with the acquire load in done()
}

/// All rings are empty. The RX workers ring when there is enough to do, or when it is old.
void TxWorker::rest() noexcept {
    constexpr std::uint64_t idle_interval_ns = 50'000'000;
    if (working_) span_.end();
    working_ = false;
    transport_->idle();
    bell_.sleep(idle_interval_ns, [this] { return has_work(); });
}

bool TxWorker::has_work() const noexcept {
    return reopen_.load(std::memory_order_relaxed) || sources_done() ||
           std::any_of(rings_.begin(), rings_.end(),
                       [](const BatchRing* ring) { return ring->waiting() > 0; });
}

bool TxWorker::turn() noexcept {
    bool any = false;
    for (BatchRing* const ring : rings_) {
        flow::Batch* const batch = ring->take();
        if (batch == nullptr) continue;
        any = true;
        span_.begin();
        working_ = true;
        deliver(*batch);
        ring->give_back(batch);
    }
    return any;
}

void TxWorker::deliver(const flow::Batch& batch) noexcept {
    Delivery delivery;
    // A hurried stop after the destination has failed: counted as lost instead of tried once more.
    const bool skip = closed() || (flags_.hurry.load(std::memory_order_relaxed) &&
                                   transport_->state() != TransportState::up);
    if (!skip) delivery = transport_->deliver(batch);
    delivered_ += delivery.messages;
    failed_ += batch.message_count() - delivery.messages;
    bytes_ += delivery.bytes;
    progress_.delivered.set(delivered_);
    progress_.failed.set(failed_);
    progress_.bytes.set(bytes_);
    if (transport_->state() == TransportState::closed) {
        closed_.store(true, std::memory_order_relaxed);
    }
}

bool TxWorker::sources_done() const noexcept {
    return std::all_of(sources_.begin(), sources_.end(),
                       [](const RxWorker* source) { return source->done(); });
}

}  // namespace flowd

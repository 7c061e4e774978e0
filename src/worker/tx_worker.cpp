// SPDX-License-Identifier: BSD-3-Clause
// The loop over the rings, and what a stop means to it.
#include "worker/tx_worker.hpp"

#include <algorithm>
#include <ctime>

namespace flowd {

namespace {

/// Sleeps longer the longer nothing comes: a busy ring is polled every 20 µs, an idle one every
/// millisecond.
class Patience {
public:
    void reset() noexcept { nap_ns_ = nap_min_ns; }
    void nap() noexcept {
        const timespec duration{0, nap_ns_};
        nanosleep(&duration, nullptr);
        nap_ns_ = std::min(nap_ns_ * 2, nap_max_ns);
    }

private:
    static constexpr long nap_min_ns = 20'000;
    static constexpr long nap_max_ns = 1'000'000;
    long nap_ns_ = nap_min_ns;
};

}  // namespace

void TxWorker::run() noexcept {
    Patience patience;
    for (;;) {
        // In this order: a batch that was published before `done` is seen by the turn that follows.
        const bool last_turn = sources_done();
        if (reopen_.exchange(false, std::memory_order_relaxed)) transport_->reopen();
        if (turn()) {
            patience.reset();
            continue;
        }
        if (last_turn) break;
        transport_->idle();
        patience.nap();
    }
    failure_ = transport_->close();
    if (span_.used()) span_.end();
    done_.store(true, std::memory_order_release);  // pairs with the acquire load in done()
}

bool TxWorker::turn() noexcept {
    bool any = false;
    for (BatchRing* const ring : rings_) {
        flow::Batch* const batch = ring->take();
        if (batch == nullptr) continue;
        any = true;
        span_.begin();
        deliver(*batch);
        ring->give_back(batch);
        span_.end();
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

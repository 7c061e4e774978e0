// SPDX-License-Identifier: BSD-3-Clause
// The loop over the rings, and what a stop means to it.
#include "worker/tx_worker.hpp"

#include <algorithm>
#include <numeric>

namespace flowd {

namespace {

constexpr std::chrono::milliseconds wait_step{20};

}  // namespace

TxWorker::TxWorker(std::vector<BatchRing*> rings, std::vector<const RxWorker*> sources,
                   std::unique_ptr<Transport> transport, const StopFlags& flags,
                   std::chrono::milliseconds stop_patience, std::size_t output,
                   AccountPlan accounts)
    : rings_{std::move(rings)},
      sources_{std::move(sources)},
      transport_{std::move(transport)},
      counts_{transport_->counts()},
      ledger_{transport_->ledger()},
      flags_{flags},
      stop_patience_{stop_patience},
      output_{output} {
    for (BatchRing* const ring : rings_) ring->ring_at(bell_);
    std::vector<std::uint32_t>& rx_workers = accounts.rx_workers;
    if (rx_workers.empty()) {
        rx_workers.resize(rings_.size());
        std::iota(rx_workers.begin(), rx_workers.end(), 0u);
    }
    ledger_.reserve(rx_workers, accounts.row_count);
    publish();  // what a spool has found
}

void TxWorker::run() noexcept {
    for (;;) {
        // In this order: a batch that was published before `done` is seen by the turn that follows.
        const bool last_turn = sources_done();
        reopen_if_asked();
        if (turn()) continue;
        if (!last_turn) {
            rest();
        } else if (transport_->has_backlog() && !flags_.stop.load(std::memory_order_relaxed)) {
            transport_->wait(wait_step);
            publish();
        } else {
            break;
        }
    }
    failure_ = transport_->close({.patience = stop_patience_, .hurry = flags_.hurry});
    publish_cut();
    if (span_.used()) span_.end();
    done_.store(true, std::memory_order_release);  // pairs with the acquire load in done()
}

void TxWorker::reopen_if_asked() noexcept {
    if (reopen_.exchange(false, std::memory_order_relaxed)) transport_->reopen();
}

/// All rings are empty. The RX workers ring when there is enough to do, or when it is old.
void TxWorker::rest() noexcept {
    constexpr std::chrono::nanoseconds idle_interval{50'000'000};
    if (working_) span_.end();
    working_ = false;
    const std::chrono::nanoseconds most =
        std::min<std::chrono::nanoseconds>(transport_->idle(), idle_interval);
    publish();
    bell_.sleep(static_cast<std::uint64_t>(most.count()), [this] { return has_work(); });
}

bool TxWorker::has_work() const noexcept {
    return reopen_.load(std::memory_order_relaxed) || sources_done() ||
           std::any_of(rings_.begin(), rings_.end(),
                       [](const BatchRing* ring) { return ring->waiting() > 0; });
}

bool TxWorker::turn() noexcept {
    bool any = false;
    for (std::size_t source = 0; source < rings_.size(); ++source) {
        BatchRing* const ring = rings_[source];
        flow::Batch* const batch = ring->take();
        if (batch == nullptr) continue;
        any = true;
        span_.begin();
        working_ = true;
        deliver(*batch, static_cast<std::uint32_t>(source));
        ring->give_back(batch);
    }
    return any;
}

void TxWorker::deliver(const flow::Batch& batch, std::uint32_t source) noexcept {
    const std::size_t count = batch.message_count();
    std::size_t first = 0;
    // A hurried stop after the destination has failed: counted as lost instead of tried once more.
    // A spool takes what comes without a wait.
    const TransportState state = transport_->state();
    const bool takes = state == TransportState::up || state == TransportState::spooling;
    const bool skip = closed() || (flags_.hurry.load(std::memory_order_relaxed) && !takes);
    while (!skip && first < count) {
        first += transport_->deliver(batch, first, {.source = source});
        if (first < count && !wait_for_room()) break;
    }
    if (first < count) lose_rest(batch, first, source);
    publish();
}

void TxWorker::lose_rest(const flow::Batch& batch, std::size_t first,
                         std::uint32_t source) noexcept {
    const std::size_t rest = batch.message_count() - first;
    const Loss loss = closed() ? Loss::transport_failed : Loss::given_up;
    counts_.taken.add(rest);
    counts_.lose(loss, rest);
    ledger_.move(batch, first, rest, source, Place::taken, place_of(loss));
    if (!closed()) gave_up_ += rest;
}

void TxWorker::publish() noexcept {
    const TransportState state = transport_->state();
    counts_.state.set(static_cast<std::uint64_t>(state));
    if (state == TransportState::closed) closed_.store(true, std::memory_order_relaxed);
    publish_cut();
}

void TxWorker::publish_cut() noexcept {
    TxCut cut{.taken = counts_.taken.get(),
              .delivered = counts_.delivered.get(),
              .bytes = counts_.bytes.get(),
              .in_flight = counts_.in_flight.get(),
              .spooled = counts_.spooled.get(),
              .spool_restored = counts_.spool_restored.get(),
              .spool_damaged = counts_.spool_damaged.get(),
              .state = static_cast<TransportState>(counts_.state.get())};
    for (std::size_t i = 0; i < loss_count; ++i) cut.lost[i] = counts_.lost[i].get();
    cut_.publish(cut);
}

bool TxWorker::wait_for_room() noexcept {
    if (transport_->state() == TransportState::closed || out_of_patience()) return false;
    publish();
    transport_->wait(wait_step);
    publish();
    reopen_if_asked();
    return true;
}

bool TxWorker::out_of_patience() noexcept {
    if (flags_.hurry.load(std::memory_order_relaxed)) return true;
    if (!flags_.stop.load(std::memory_order_relaxed)) return false;
    const std::uint64_t now = monotonic_ns();
    if (stopped_at_ns_ == 0) stopped_at_ns_ = now;
    return std::chrono::nanoseconds{now - stopped_at_ns_} > stop_patience_;
}

bool TxWorker::sources_done() const noexcept {
    return std::all_of(sources_.begin(), sources_.end(),
                       [](const RxWorker* source) { return source->done(); });
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// TxWorker: one thread that takes batches off its rings and delivers them through its own
// transport. It may block; the RX workers notice only that no batch is free. It sleeps until they
// wake it: for several batches at once, or when a batch is old or nothing more comes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "metrics/published.hpp"
#include "ring/batch_ring.hpp"
#include "ring/bell.hpp"
#include "transport/transport.hpp"
#include "worker/rx_worker.hpp"
#include "worker/span.hpp"
#include "worker/tx_cut.hpp"

namespace flowd {

/// How long a TX worker goes on after a stop while its destination takes nothing.
inline constexpr std::chrono::milliseconds stop_patience_default{10'000};

/// Which accounts a TX worker keeps: so many rows for each of its rings, of which `rx_workers`
/// names the RX workers. Empty: they are the first ones.
struct AccountPlan {
    std::vector<std::uint32_t> rx_workers{};
    std::size_t row_count = 1;
};

class TxWorker {
public:
    /// `sources` are the RX workers whose rings these are: the thread ends when they have and the
    /// rings are empty. `output` is the index of its transport among several.
    TxWorker(std::vector<BatchRing*> rings, std::vector<const RxWorker*> sources,
             std::unique_ptr<Transport> transport, const StopFlags& flags,
             std::chrono::milliseconds stop_patience = stop_patience_default,
             std::size_t output = 0, AccountPlan accounts = {});

    /// The thread's body.
    void run() noexcept;

    // Any thread.
    [[nodiscard]] std::size_t output() const noexcept { return output_; }
    [[nodiscard]] const TransportCounts& counts() const noexcept { return counts_; }
    /// The counts after the last call into the transport that has returned: they add up, whatever
    /// the thread does now.
    [[nodiscard]] TxCut cut() const noexcept { return cut_.read(); }
    /// Where the messages of each account are.
    [[nodiscard]] const TxLedger& ledger() const noexcept { return ledger_; }
    /// What the transport's library says of itself, librdkafka's say.
    [[nodiscard]] NamedNumbers statistics() const { return transport_->statistics(); }
    [[nodiscard]] bool closed() const noexcept {
        return closed_.load(std::memory_order_relaxed);  // nothing is ordered by it
    }
    /// run() has returned: everything is delivered or counted as lost.
    [[nodiscard]] bool done() const noexcept {
        return done_.load(std::memory_order_acquire);  // pairs with the release store in run()
    }
    /// SIGHUP: the transport opens its destination anew before its next batch.
    void request_reopen() noexcept {
        reopen_.store(true, std::memory_order_relaxed);
        bell_.ring();
    }

    // After run() has returned.
    [[nodiscard]] const WorkSpan& span() const noexcept { return span_; }
    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    /// Messages that waited for a destination until the stop had lasted too long.
    [[nodiscard]] std::uint64_t gave_up() const noexcept { return gave_up_; }

private:
    /// One batch of each ring. False when all were empty.
    bool turn() noexcept;
    void deliver(const flow::Batch& batch, std::uint32_t source) noexcept;
    /// Of a batch, what nobody takes any more.
    void lose_rest(const flow::Batch& batch, std::size_t first, std::uint32_t source) noexcept;
    /// The transport has no room: waits for some, or until the rest must be given up.
    [[nodiscard]] bool wait_for_room() noexcept;
    void reopen_if_asked() noexcept;
    [[nodiscard]] bool out_of_patience() noexcept;
    void rest() noexcept;
    void publish() noexcept;
    void publish_cut() noexcept;
    [[nodiscard]] bool has_work() const noexcept;
    [[nodiscard]] bool sources_done() const noexcept;

    std::vector<BatchRing*> rings_;
    std::vector<const RxWorker*> sources_;
    std::unique_ptr<Transport> transport_;
    TransportCounts& counts_;
    TxLedger& ledger_;
    Published<TxCut> cut_;
    const StopFlags& flags_;
    std::chrono::milliseconds stop_patience_;
    std::size_t output_;
    std::uint64_t stopped_at_ns_ = 0;  ///< when this thread saw the stop; 0: not yet
    Bell bell_;
    std::atomic<bool> closed_{false};
    std::atomic<bool> reopen_{false};
    std::atomic<bool> done_{false};
    WorkSpan span_;
    bool working_ = false;  ///< since the last rest
    Failure failure_;
    std::uint64_t gave_up_ = 0;
};

}  // namespace flowd

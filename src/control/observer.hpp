// SPDX-License-Identifier: BSD-3-Clause
// Observer: once a second, on a thread of its own, asks all workers what they have counted and
// makes an Observation of it, which any thread may have. RX and TX workers never wait for it: TX
// workers leave their counts where they can be read, RX workers answer between two bursts, and
// ledgers are copied while they are written.
//
// The order of asking makes every observation add up: TX cuts and TX ledgers first, then RX cuts
// and RX ledgers. What a TX worker had taken by then was published before, so what is in rings is
// the difference of the two. Each cut and each copied row adds up in itself, see box.hpp and
// directory.hpp. Cuts and rows are of different moments, some milliseconds apart: the exporters'
// numbers and the box's are equal once nothing comes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "control/box.hpp"
#include "control/directory.hpp"
#include "control/examinations.hpp"
#include "control/ledger_copies.hpp"
#include "control/observation_pool.hpp"
#include "control/problems.hpp"
#include "control/template_book.hpp"
#include "control/template_walk.hpp"
#include "metrics/observation.hpp"
#include "ring/batch_ring.hpp"
#include "worker/rx_worker.hpp"
#include "worker/tx_worker.hpp"

namespace flowd {

struct ObserverSettings {
    std::string version{};
    std::string ingress{};  ///< as Observation has it
    std::vector<ObservedOutput> outputs{};
    std::vector<int> cpus{};  ///< that RX workers are pinned to, -1 or none: any
    ExporterTableLimits limits{};
    bool keeps_templates = false;  ///< they survive a restart
    std::chrono::milliseconds interval{1000};
    /// What ports and buffer pools count; called by the observer's thread. None: there are none.
    std::function<void(std::vector<PortView>&, std::vector<MempoolView>&)> ports{};
};

class Observer {
public:
    using RxWorkers = std::vector<std::unique_ptr<RxWorker>>;
    using TxWorkers = std::vector<std::unique_ptr<TxWorker>>;
    /// rings[rx * outputs + output]
    using Rings = std::vector<std::unique_ptr<BatchRing>>;

    /// All outlive it. There is a first observation, of nothing, from here on.
    Observer(ObserverSettings settings, const RxWorkers& rx, const TxWorkers& tx,
             const Rings& rings);
    ~Observer() { stop(); }
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    /// May throw std::system_error, as threads do.
    void start();
    /// A last observation, which has everything if all workers have ended, and no more.
    void stop();

    // Any thread.

    /// Never null.
    [[nodiscard]] std::shared_ptr<const Observation> latest() const {
        const std::lock_guard lock{mutex_};
        return latest_;
    }
    /// What was set last, at once; whether collecting fails is the last observation's word.
    [[nodiscard]] std::pair<Health, std::string> health() const;
    /// `reason` of failing; a sentence.
    void set_health(Health health, std::string reason = {});
    void set_shard_counts(std::uint64_t moves, std::uint64_t splits) noexcept {
        shard_moves_.store(moves, std::memory_order_relaxed);
        shard_splits_.store(splits, std::memory_order_relaxed);
    }

private:
    /// What an RX worker has answered.
    struct Answer {
        bool open = false;  ///< has been asked in this observation, and not answered yet
        std::uint64_t answered_ns = 0;
    };

    void run();
    [[nodiscard]] bool wait_until(std::uint64_t when_ns);
    void observe();
    void collect(std::uint64_t now_ns);
    void ask();
    void await_answers();
    [[nodiscard]] bool take_answer(std::size_t worker);
    void publish(const std::shared_ptr<ObservationPool::Page>& page);
    void write_facts(Observation& observation) const;
    void write_rings(Observation& observation) const;
    void write_statistics(Observation& observation) const;
    void write_exporters(Observation& observation);
    void write_templates(ObservationPool::Page& page);
    void write_history(Observation& observation);
    void write_health(Observation& observation);
    [[nodiscard]] std::string failure(const Observation& observation) const;

    const ObserverSettings settings_;
    const RxWorkers& rx_;
    const TxWorkers& tx_;
    const Rings& rings_;
    const std::uint64_t started_at_ns_;

    // The observer's thread only.
    LedgerCopies copies_;
    Directory directory_;
    Box box_;
    Problems problems_;
    TemplateBook book_;
    TemplateWalk walk_;
    Examinations examinations_;
    std::uint64_t walked_ns_ = 0;
    std::vector<Answer> answers_;
    std::vector<double> unanswered_seconds_;
    std::vector<History::Point> history_;
    TotalsPace pace_{directory_.clock()};
    std::uint64_t serial_ = 0;
    ObservationPool pool_;

    std::atomic<std::uint64_t> shard_moves_{0};
    std::atomic<std::uint64_t> shard_splits_{0};

    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable wake_;
    bool stop_ = false;
    Health health_ = Health::starting;
    std::string health_reason_;
    std::shared_ptr<const Observation> latest_;

    std::thread thread_;
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// From counters to loads, from loads to moves.
#include "control/rebalancer.hpp"

#include <string>

#include "log/log.hpp"
#include "worker/clock.hpp"

namespace flowd {

namespace {

static_assert(Balancer::bucket_count == ShardTable::bucket_count &&
              Balancer::nobody == ShardTable::nobody);

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100)) + " %"; }

}  // namespace

Rebalancer::Rebalancer(ShardTable& table, const Mover::Workers& workers, const Mover::Rings& rings,
                       const BalanceSettings& settings, std::uint64_t interval_ns)
    : table_{table},
      workers_{workers},
      interval_ns_{interval_ns},
      looked_ns_{monotonic_ns()},
      mover_{table, workers, rings},
      balancer_{workers.size(), settings},
      busy_(workers.size()),
      bytes_(workers.size() * Balancer::bucket_count),
      owners_(Balancer::bucket_count),
      flags_(Balancer::bucket_count),
      loads_(workers.size() * Balancer::bucket_count),
      cycles_(workers.size()),
      busy_cycles_(workers.size()) {}

bool Rebalancer::tick() {
    mover_.tick();
    if (mover_.busy()) return true;
    if (winding_up_) return false;
    if (!plan_.empty()) {
        start_next();
        return true;
    }
    if (moves_ && interval_ns_ != 0 && monotonic_ns() - looked_ns_ >= interval_ns_) look();
    return false;
}

void Rebalancer::look() {
    looked_ns_ = monotonic_ns();
    measure();
    plan_ = balancer_.plan({.interval = interval_++,
                            .busy = busy_,
                            .bytes = bytes_,
                            .owners = owners_,
                            .flags = flags_});
}

void Rebalancer::measure() {
    for (std::uint32_t worker = 0; worker < workers_.size(); ++worker) {
        const RxProgress& progress = workers_[worker]->progress();
        const std::uint64_t cycles = progress.cycles.get();
        const std::uint64_t busy = progress.busy_cycles.get();
        const auto passed = static_cast<double>(cycles - cycles_[worker]);
        busy_[worker] =
            passed > 0 ? static_cast<double>(busy - busy_cycles_[worker]) / passed : 0.0;
        cycles_[worker] = cycles;
        busy_cycles_[worker] = busy;
        for (std::uint32_t bucket = 0; bucket < Balancer::bucket_count; ++bucket) {
            const std::size_t at = worker * Balancer::bucket_count + bucket;
            const std::uint32_t load = table_.load(worker, static_cast<std::uint16_t>(bucket));
            bytes_[at] = load - loads_[at];  // right when it wraps, too
            loads_[at] = load;
        }
    }
    for (std::uint32_t bucket = 0; bucket < Balancer::bucket_count; ++bucket) {
        owners_[bucket] = table_.owner(static_cast<std::uint16_t>(bucket));
    }
}

/// Splits first: they take the most off a worker.
void Rebalancer::start_next() {
    if (!plan_.splits.empty()) {
        const std::uint16_t bucket = plan_.splits.back();
        plan_.splits.pop_back();
        const std::uint8_t from = table_.owner(bucket);
        if (!splits_ || table_.is_split(bucket) || from == ShardTable::nobody) return;
        log::info("rx: exporters of bucket " + std::to_string(bucket) +
                  " are too much for worker " + std::to_string(from) + ", which is busy for " +
                  percent(balancer_.busy(from)) + " of its time: split by domain");
        return mover_.split(bucket, from);
    }
    const BucketMove move = plan_.moves.front();
    plan_.moves.erase(plan_.moves.begin());
    if (table_.owner(move.bucket) != move.from) return;
    log::debug("rx: bucket " + std::to_string(move.bucket) + " moves from worker " +
               std::to_string(move.from) + " (" + percent(balancer_.busy(move.from)) + ") to " +
               std::to_string(move.to) + " (" + percent(balancer_.busy(move.to)) + ")");
    mover_.move(move.bucket, move.from, move.to);
}

}  // namespace flowd

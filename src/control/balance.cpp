// SPDX-License-Identifier: BSD-3-Clause
// The share of a worker's time that a bucket takes is that of its bytes. A bucket is thought to
// cost the same elsewhere.
#include "control/balance.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace flowd {

namespace {

constexpr std::size_t buckets = Balancer::bucket_count;

bool is_any_moving(const WorkerLoads& loads) {
    return std::any_of(loads.flags.begin(), loads.flags.end(),
                       [](const BucketFlags& each) { return each.moving; });
}

}  // namespace

Balancer::Balancer(std::size_t worker_count, const BalanceSettings& settings)
    : settings_{settings},
      busy_(worker_count),
      bytes_(buckets),
      split_(worker_count),
      total_(worker_count),
      owners_(buckets, nobody),
      moved_at_(buckets),
      reported_(buckets) {
    assert(worker_count < nobody);
}

BalancePlan Balancer::plan(const WorkerLoads& loads) {
    assert(loads.busy.size() == busy_.size() && loads.bytes.size() == busy_.size() * buckets);
    assert(loads.owners.size() == buckets && loads.flags.size() == buckets);
    const bool in_a_row = started_ && loads.interval == interval_ + 1;
    learn(loads);
    interval_ = loads.interval;
    started_ = true;

    reasons_in_a_row_ = !has_reason() ? 0 : in_a_row ? reasons_in_a_row_ + 1 : 1;
    if (rest_ > 0) --rest_;
    if (reasons_in_a_row_ >= settings_.patience) active_ = true;
    if (!active_ || rest_ > 0 || is_any_moving(loads)) return {};

    BalancePlan plan;
    add_splits(loads, plan);
    const std::vector<double> busy = busy_;
    const std::vector<double> total = total_;
    while (plan.moves.size() < settings_.moves_max && add_move(loads, plan)) {
    }
    // What was foreseen is true when the owners have changed.
    busy_ = busy;
    total_ = total;
    active_ = !plan.moves.empty();
    reasons_in_a_row_ = 0;
    if (!plan.empty()) rest_ = settings_.rest;
    return plan;
}

void Balancer::learn(const WorkerLoads& loads) {
    // A bucket that has moved takes its share of what is known along.
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const std::uint8_t from = owners_[bucket];
        const std::uint8_t to = loads.owners[bucket];
        if (from == to) continue;
        const double share = share_of(bucket);
        if (from != nobody) {
            busy_[from] = std::max(busy_[from] - share, 0.0);
            total_[from] = std::max(total_[from] - bytes_[bucket], 0.0);
        }
        if (to != nobody) {
            busy_[to] = std::min(busy_[to] + share, 1.0);
            total_[to] += bytes_[bucket];
        }
        if (started_) moved_at_[bucket] = loads.interval + 1;
        owners_[bucket] = to;
    }
    const double weight = started_ ? settings_.weight : 1;
    for (std::size_t worker = 0; worker < busy_.size(); ++worker) {
        const double now = std::clamp(loads.busy[worker], 0.0, 1.0);
        busy_[worker] += weight * (now - busy_[worker]);
    }
    learn_buckets(loads);
}

void Balancer::learn_buckets(const WorkerLoads& loads) {
    const double weight = started_ ? settings_.weight : 1;
    std::vector<double> split_now(busy_.size());
    std::fill(total_.begin(), total_.end(), 0.0);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        double now = 0;
        for (std::size_t worker = 0; worker < busy_.size(); ++worker) {
            const auto bytes = static_cast<double>(loads.bytes[worker * buckets + bucket]);
            now += bytes;
            if (loads.flags[bucket].split) split_now[worker] += bytes;
        }
        bytes_[bucket] += weight * (now - bytes_[bucket]);
        const bool whole = owners_[bucket] != nobody && !loads.flags[bucket].split;
        if (whole) total_[owners_[bucket]] += bytes_[bucket];
    }
    for (std::size_t worker = 0; worker < busy_.size(); ++worker) {
        split_[worker] += weight * (split_now[worker] - split_[worker]);
        total_[worker] += split_[worker];
    }
}

/// Of its owner's time.
double Balancer::share_of(std::size_t bucket) const {
    const std::uint8_t owner = owners_[bucket];
    if (owner == nobody || total_[owner] <= 0) return 0;
    return busy_[owner] * std::min(bytes_[bucket] / total_[owner], 1.0);
}

std::size_t Balancer::least_busy() const {
    return static_cast<std::size_t>(std::min_element(busy_.begin(), busy_.end()) - busy_.begin());
}

bool Balancer::has_reason() const {
    if (busy_.size() < 2) return false;
    const double most = *std::max_element(busy_.begin(), busy_.end());
    const double spread = most - busy_[least_busy()];
    if (most > settings_.overloaded && spread > settings_.overloaded_spread_max) return true;
    return most > settings_.busy_enough && spread > settings_.spread_max;
}

/// While a rebalancing goes on.
bool Balancer::may_give(std::size_t worker) const {
    return busy_[worker] > settings_.busy_enough &&
           busy_[worker] - busy_[least_busy()] > settings_.spread_settled;
}

bool Balancer::is_useful(double share, std::size_t from, std::size_t to) const {
    const double after = std::max(busy_[from] - share, busy_[to] + share);
    return after <= busy_[from] - settings_.gain_min;
}

std::vector<std::size_t> Balancer::busiest_first() const {
    std::vector<std::size_t> order(busy_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return busy_[a] > busy_[b]; });
    return order;
}

bool Balancer::is_movable(const WorkerLoads& loads, std::size_t bucket) const {
    const BucketFlags& flags = loads.flags[bucket];
    if (flags.split || flags.pinned || flags.moving) return false;
    const std::uint64_t moved_at = moved_at_[bucket];
    const std::uint64_t rest = std::max(settings_.bucket_rest, 1U);  // not twice in a plan
    return moved_at == 0 || interval_ >= moved_at - 1 + rest;
}

/// Whose share comes closest to half of what lies between the two workers.
Balancer::Candidate Balancer::best_for(const WorkerLoads& loads, std::size_t from,
                                       std::size_t to) const {
    const double wanted = (busy_[from] - busy_[to]) / 2;
    Candidate best;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        if (owners_[bucket] != from || !is_movable(loads, bucket)) continue;
        const double share = share_of(bucket);
        if (!is_useful(share, from, to)) continue;
        const bool better =
            best.bucket == buckets || std::abs(share - wanted) < std::abs(best.share - wanted);
        if (better) best = {bucket, share};
    }
    return best;
}

/// As if the moves before it had been made.
bool Balancer::add_move(const WorkerLoads& loads, BalancePlan& plan) {
    const std::size_t to = least_busy();
    for (const std::size_t from : busiest_first()) {
        if (!may_give(from)) return false;
        const Candidate best = best_for(loads, from, to);
        if (best.bucket == buckets) continue;
        plan.moves.push_back({static_cast<std::uint16_t>(best.bucket),
                              static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(to)});
        total_[from] -= bytes_[best.bucket];
        total_[to] += bytes_[best.bucket];
        busy_[from] -= best.share;
        busy_[to] += best.share;
        moved_at_[best.bucket] = interval_ + 1;
        return true;
    }
    return false;
}

void Balancer::add_splits(const WorkerLoads& loads, BalancePlan& plan) {
    const std::size_t to = least_busy();
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const std::uint8_t owner = owners_[bucket];
        if (owner == nobody || loads.flags[bucket].split || loads.flags[bucket].pinned) continue;
        if (reported_[bucket] || busy_[owner] <= settings_.overloaded) continue;
        const double share = share_of(bucket);
        if (share <= settings_.elephant * busy_[owner] || is_useful(share, owner, to)) continue;
        plan.splits.push_back(static_cast<std::uint16_t>(bucket));
        reported_[bucket] = true;
    }
}

}  // namespace flowd

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

bool is_in(const BalancePlan& plan, std::size_t bucket) {
    return std::any_of(plan.moves.begin(), plan.moves.end(),
                       [&](const BucketMove& each) { return each.bucket == bucket; });
}

}  // namespace

Balancer::Balancer(std::size_t worker_count, const BalanceSettings& settings)
    : settings_{settings},
      busy_(worker_count),
      rates_(worker_count * buckets),
      bytes_(buckets),
      total_(worker_count),
      owners_(buckets, nobody),
      givers_(worker_count),
      rests_(buckets),
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

    for (std::size_t worker = 0; worker < busy_.size(); ++worker) {
        Giver& giver = givers_[worker];
        if (!in_a_row || !has_reason(worker)) giver.reasons_in_a_row = 0;
        if (has_reason(worker)) ++giver.reasons_in_a_row;
        if (giver.reasons_in_a_row >= settings_.patience) giver.active = true;
    }
    if (rest_ > 0) --rest_;
    if (rest_ > 0 || is_any_moving(loads)) return {};

    BalancePlan plan;
    add_splits(loads, plan);
    add_moves(loads, plan);
    if (!plan.empty()) rest_ = settings_.rest;
    return plan;
}

void Balancer::add_moves(const WorkerLoads& loads, BalancePlan& plan) {
    const std::vector<double> busy = busy_;
    const std::vector<double> total = total_;
    double gain = 0;
    while (plan.moves.size() < settings_.moves_max) {
        const double gained = add_move(loads, plan);
        if (gained <= 0) break;
        gain += gained;
    }
    // What was foreseen is true when the owners have changed.
    busy_ = busy;
    total_ = total;
    if (gain < settings_.gain_min && !plan.moves.empty()) {
        plan.moves.clear();
        std::fill(givers_.begin(), givers_.end(), Giver{});
    }
    for (const BucketMove& move : plan.moves) let_rest(move.bucket);
}

/// A bucket that is moved again and again rests longer each time.
void Balancer::let_rest(std::size_t bucket) {
    Rest& rest = rests_[bucket];
    const bool again = rest.length > 0 && interval_ < rest.until + std::uint64_t{8} * rest.length;
    rest.length = again ? std::min(rest.length * 2, 1U << 20) : settings_.bucket_rest;
    rest.until = interval_ + rest.length;
}

void Balancer::learn(const WorkerLoads& loads) {
    // A bucket that has moved takes its share of what is known along.
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const std::uint8_t from = owners_[bucket];
        const std::uint8_t to = loads.owners[bucket];
        if (from == to) continue;
        owners_[bucket] = to;
        if (loads.flags[bucket].split) continue;  // who has which part is measured
        const double share = share_of(bucket, from);
        if (from != nobody) {
            busy_[from] = std::max(busy_[from] - share, 0.0);
            total_[from] = std::max(total_[from] - bytes_[bucket], 0.0);
        }
        if (to != nobody) {
            busy_[to] = std::min(busy_[to] + share, 1.0);
            total_[to] += bytes_[bucket];
        }
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
    std::fill(bytes_.begin(), bytes_.end(), 0.0);
    std::fill(total_.begin(), total_.end(), 0.0);
    for (std::size_t worker = 0; worker < busy_.size(); ++worker) {
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            const std::size_t at = worker * buckets + bucket;
            rates_[at] += weight * (static_cast<double>(loads.bytes[at]) - rates_[at]);
            bytes_[bucket] += rates_[at];
            if (loads.flags[bucket].split) total_[worker] += rates_[at];
        }
    }
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const bool whole = owners_[bucket] != nobody && !loads.flags[bucket].split;
        if (whole) total_[owners_[bucket]] += bytes_[bucket];
    }
}

/// Of its owner's time.
double Balancer::share_of(std::size_t bucket, std::uint8_t owner) const {
    if (owner == nobody || total_[owner] <= 0) return 0;
    return busy_[owner] * std::min(bytes_[bucket] / total_[owner], 1.0);
}

std::size_t Balancer::least_busy() const {
    return static_cast<std::size_t>(std::min_element(busy_.begin(), busy_.end()) - busy_.begin());
}

bool Balancer::has_reason(std::size_t worker) const {
    const double spread = busy_[worker] - busy_[least_busy()];
    if (busy_[worker] > settings_.overloaded && spread > settings_.overloaded_spread_max) {
        return true;
    }
    return busy_[worker] > settings_.busy_enough && spread > settings_.spread_max;
}

/// What has begun goes on until all are settled.
bool Balancer::may_give(std::size_t worker) const {
    return busy_[worker] > settings_.busy_enough &&
           busy_[worker] - busy_[least_busy()] > settings_.spread_settled;
}

/// By how much the busier one of both is less busy behind a move.
double Balancer::gain_of(double share, std::size_t from, std::size_t to) const {
    return busy_[from] - std::max(busy_[from] - share, busy_[to] + share);
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
    return rests_[bucket].length == 0 || interval_ > rests_[bucket].until;
}

/// Whose share comes closest to half of what lies between the two workers.
Balancer::Candidate Balancer::best_for(const WorkerLoads& loads, std::size_t from, std::size_t to,
                                       const BalancePlan& plan) const {
    const double wanted = (busy_[from] - busy_[to]) / 2;
    Candidate best;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        if (owners_[bucket] != from || !is_movable(loads, bucket)) continue;
        const double share = share_of(bucket, owners_[bucket]);
        const bool useful = gain_of(share, from, to) >= settings_.gain_min / 8;
        if (!useful || is_in(plan, bucket)) continue;
        const bool better =
            best.bucket == buckets || std::abs(share - wanted) < std::abs(best.share - wanted);
        if (better) best = {bucket, share};
    }
    return best;
}

/// As if the moves before it had been made. Returns what is gained by it; 0: there is none.
double Balancer::add_move(const WorkerLoads& loads, BalancePlan& plan) {
    const std::size_t to = least_busy();
    for (const std::size_t from : busiest_first()) {
        if (!givers_[from].active) continue;
        const Candidate best = may_give(from) ? best_for(loads, from, to, plan) : Candidate{};
        if (best.bucket == buckets) {
            givers_[from] = {};
            continue;
        }
        const double gain = gain_of(best.share, from, to);
        plan.moves.push_back({static_cast<std::uint16_t>(best.bucket),
                              static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(to)});
        total_[from] -= bytes_[best.bucket];
        total_[to] += bytes_[best.bucket];
        busy_[from] -= best.share;
        busy_[to] += best.share;
        return gain;
    }
    return 0;
}

void Balancer::add_splits(const WorkerLoads& loads, BalancePlan& plan) {
    const std::size_t to = least_busy();
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const std::uint8_t owner = owners_[bucket];
        if (owner == nobody || loads.flags[bucket].split || loads.flags[bucket].pinned) continue;
        if (reported_[bucket] || busy_[owner] <= settings_.overloaded) continue;
        if (!givers_[owner].active) continue;
        const double share = share_of(bucket, owner);
        if (share <= settings_.elephant * busy_[owner]) continue;
        if (gain_of(share, owner, to) >= settings_.gain_min) continue;
        plan.splits.push_back(static_cast<std::uint16_t>(bucket));
        reported_[bucket] = true;
    }
}

}  // namespace flowd

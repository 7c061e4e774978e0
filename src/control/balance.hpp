// SPDX-License-Identifier: BSD-3-Clause
// Balancer: which buckets of exporters should be another RX worker's, and which are too large for
// any. Looks at what the workers measured in an interval and answers with a few moves, or, mostly,
// with none. No clock and no chance: the same intervals give the same plans. Main thread. README.md
// has the policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace flowd {

struct BalanceSettings {
    /// A worker that is busy for more of its time than this is overloaded.
    double overloaded = 0.8;
    /// More than this between the busiest and the least busy worker starts a rebalancing, when the
    /// busiest is busier than `busy_enough`; an overloaded worker starts one with less.
    double spread_max = 0.25;
    double busy_enough = 0.5;
    double overloaded_spread_max = 0.2;
    /// And this ends it.
    double spread_settled = 0.1;
    /// Intervals in a row in which there must be a reason.
    std::uint32_t patience = 2;
    /// Intervals after a plan without another one: its effect must show.
    std::uint32_t rest = 3;
    /// Intervals for which a bucket stays where it was moved to; more, when it comes soon again.
    std::uint32_t bucket_rest = 20;
    std::size_t moves_max = 8;  ///< in a plan
    /// By which the moves of a plan, taken together, must make the busier ones less busy; a single
    /// one by an eighth of that.
    double gain_min = 0.03;
    /// A bucket with more of an overloaded worker's load is split, where moving it is of no use.
    double elephant = 0.7;
    /// How much an interval counts against all before it.
    double weight = 0.2;
};

/// What is the case with a bucket, as a set.
struct BucketFlags {
    bool split = false;   ///< its domains are several workers' already
    bool pinned = false;  ///< stays where it is
    bool moving = false;  ///< a move has not ended
};

/// One interval. Borrowed for the call.
struct WorkerLoads {
    std::uint64_t interval = 0;      ///< its number: one more than that before
    std::span<const double> busy{};  ///< by worker: 0 to 1
    /// By worker and bucket, `worker * Balancer::bucket_count + bucket`. Of a bucket that is not
    /// split, only the sum counts; of one that is, what each worker decodes of it.
    std::span<const std::uint64_t> bytes{};
    std::span<const std::uint8_t> owners{};  ///< by bucket
    std::span<const BucketFlags> flags{};    ///< by bucket
};

struct BucketMove {
    std::uint16_t bucket = 0;
    std::uint8_t from = 0;
    std::uint8_t to = 0;

    [[nodiscard]] bool operator==(const BucketMove&) const noexcept = default;
};

struct BalancePlan {
    std::vector<BucketMove> moves{};
    std::vector<std::uint16_t> splits{};

    [[nodiscard]] bool empty() const noexcept { return moves.empty() && splits.empty(); }
};

class Balancer {
public:
    static constexpr std::size_t bucket_count = 4096;
    static constexpr std::uint8_t nobody = 0xff;

    explicit Balancer(std::size_t worker_count, const BalanceSettings& settings = {});

    /// Once per interval. All spans have the sizes that they say; owners are workers or nobody.
    [[nodiscard]] BalancePlan plan(const WorkerLoads& loads);

    /// Other thresholds from now on.
    void configure(const BalanceSettings& settings) noexcept { settings_ = settings; }

    /// What is thought to be a worker's, without the noise of single intervals.
    [[nodiscard]] double busy(std::size_t worker) const { return busy_[worker]; }

private:
    struct Candidate {
        std::size_t bucket = bucket_count;  ///< none
        double share = 0;                   ///< of a worker's time
    };

    struct Giver {
        std::uint32_t reasons_in_a_row = 0;
        bool active = false;  ///< gives until it is settled, or until nothing is of use
    };
    /// Of a bucket that was moved. No length: it never was.
    struct Rest {
        std::uint64_t until = 0;  ///< the last interval
        std::uint32_t length = 0;
    };

    void learn(const WorkerLoads& loads);
    void learn_buckets(const WorkerLoads& loads);
    [[nodiscard]] double share_of(std::size_t bucket, std::uint8_t owner) const;
    [[nodiscard]] bool has_reason(std::size_t worker) const;
    [[nodiscard]] bool may_give(std::size_t worker) const;
    [[nodiscard]] double gain_of(double share, std::size_t from, std::size_t to) const;
    [[nodiscard]] std::size_t least_busy() const;
    [[nodiscard]] std::vector<std::size_t> busiest_first() const;
    [[nodiscard]] bool is_movable(const WorkerLoads& loads, std::size_t bucket) const;
    [[nodiscard]] Candidate best_for(const WorkerLoads& loads, std::size_t from, std::size_t to,
                                     const BalancePlan& plan) const;
    [[nodiscard]] double add_move(const WorkerLoads& loads, BalancePlan& plan);
    void add_moves(const WorkerLoads& loads, BalancePlan& plan);
    void let_rest(std::size_t bucket);
    void add_splits(const WorkerLoads& loads, BalancePlan& plan);

    BalanceSettings settings_;
    std::vector<double> busy_;   ///< by worker, smoothed
    std::vector<double> rates_;  ///< by worker and bucket, smoothed: bytes of an interval
    std::vector<double> bytes_;  ///< by bucket: the same of all workers
    std::vector<double> total_;  ///< by worker: of all that is its
    std::vector<std::uint8_t> owners_;
    std::vector<Giver> givers_;   ///< by worker
    std::vector<Rest> rests_;     ///< by bucket
    std::vector<bool> reported_;  ///< by bucket: as one to be split
    std::uint64_t interval_ = 0;
    std::uint32_t rest_ = 0;
    bool started_ = false;
};

}  // namespace flowd

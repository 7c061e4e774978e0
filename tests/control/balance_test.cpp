// SPDX-License-Identifier: BSD-3-Clause
#include "control/balance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace flowd {
namespace {

constexpr std::size_t buckets = Balancer::bucket_count;

/// Workers that do what the plans say, at once. Loads are shares of a worker's time.
class Site {
public:
    explicit Site(std::size_t worker_count, const BalanceSettings& settings = {})
        : balancer_{worker_count, settings}, worker_count_{worker_count} {}

    void put(std::size_t bucket, std::uint8_t owner, double load) {
        owners[bucket] = owner;
        loads[bucket] += load;
    }
    [[nodiscard]] double load_of(std::size_t worker) const {
        double sum = 0;
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            if (owners[bucket] == worker) sum += loads[bucket];
        }
        return sum;
    }
    [[nodiscard]] double most() const {
        double most = 0;
        for (std::size_t worker = 0; worker < worker_count_; ++worker) {
            most = std::max(most, load_of(worker));
        }
        return most;
    }
    [[nodiscard]] double mean() const {
        return std::accumulate(loads.begin(), loads.end(), 0.0) /
               static_cast<double>(worker_count_);
    }

    /// One interval, in which all that is measured is off by up to `noise`.
    BalancePlan interval(double noise = 0) {
        const BalancePlan plan = look(noise);
        for (const BucketMove& move : plan.moves) {
            EXPECT_EQ(owners[move.bucket], move.from);
            EXPECT_NE(move.from, move.to);
            owners[move.bucket] = move.to;
            ++moves_of[move.bucket];
        }
        moves += plan.moves.size();
        splits.insert(splits.end(), plan.splits.begin(), plan.splits.end());
        return plan;
    }
    /// The same, without doing anything.
    BalancePlan look(double noise = 0) {
        std::uniform_real_distribution<double> off{1 - noise, 1 + noise};
        std::vector<std::uint64_t> bytes(worker_count_ * buckets);
        std::vector<double> busy(worker_count_);
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            if (owners[bucket] == Balancer::nobody || loads[bucket] == 0) continue;
            const double load = loads[bucket] * off(random_);
            busy[owners[bucket]] += load;
            bytes[owners[bucket] * buckets + bucket] = static_cast<std::uint64_t>(load * 1e9);
        }
        for (double& each : busy) each = std::min(each * off(random_), 1.0);
        return balancer_.plan(
            {.interval = ++number, .busy = busy, .bytes = bytes, .owners = owners, .flags = flags});
    }
    /// Returns how many intervals ago the last move was.
    std::size_t run(std::size_t intervals, double noise = 0) {
        std::size_t still = 0;
        for (std::size_t i = 0; i < intervals; ++i) {
            still = interval(noise).moves.empty() ? still + 1 : 0;
        }
        return still;
    }

    std::vector<double> loads = std::vector<double>(buckets);
    std::vector<std::uint8_t> owners = std::vector<std::uint8_t>(buckets, Balancer::nobody);
    std::vector<BucketFlags> flags = std::vector<BucketFlags>(buckets);
    std::size_t moves = 0;
    std::vector<unsigned> moves_of = std::vector<unsigned>(buckets);
    std::vector<std::uint16_t> splits;
    std::uint64_t number = 0;  ///< of the interval

private:
    Balancer balancer_;
    std::size_t worker_count_;
    std::mt19937_64 random_{1};
};

/// Worker 0 has four times 0.2, worker 1 nothing.
Site lopsided(const BalanceSettings& settings = {}) {
    Site site{2, settings};
    for (std::size_t bucket = 0; bucket < 4; ++bucket) site.put(bucket, 0, 0.2);
    return site;
}

TEST(Balancer, MovesHalfOfTheGapWithTheFewestMoves) {
    Site site{2};
    site.put(1, 0, 0.1);
    site.put(2, 0, 0.4);
    site.put(3, 0, 0.2);
    site.put(4, 0, 0.1);
    EXPECT_TRUE(site.interval().empty());
    const BalancePlan plan = site.interval();
    ASSERT_EQ(plan.moves.size(), 1u);
    EXPECT_EQ(plan.moves[0], (BucketMove{.bucket = 2, .from = 0, .to = 1}));
    EXPECT_GE(site.run(100), 100u);
}

TEST(Balancer, HasPatience) {
    Site site = lopsided({.patience = 4});
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(site.interval().empty());
    EXPECT_FALSE(site.interval().empty());
}

TEST(Balancer, CountsOnlyIntervalsInARow) {
    Site site = lopsided();
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(site.interval().empty());
        ++site.number;  // one is missing
    }
    EXPECT_TRUE(site.interval().empty());
    EXPECT_FALSE(site.interval().empty());
}

TEST(Balancer, LeavesASpreadAloneThatIsSmall) {
    Site site{2};
    for (std::size_t bucket = 0; bucket < 7; ++bucket) site.put(bucket, 0, 0.1);
    for (std::size_t bucket = 7; bucket < 12; ++bucket) site.put(bucket, 1, 0.1);
    EXPECT_EQ(site.run(50), 50u) << "0.7 and 0.5";
}

TEST(Balancer, LeavesWorkersAloneThatHaveTime) {
    Site site{2};
    for (std::size_t bucket = 0; bucket < 4; ++bucket) site.put(bucket, 0, 0.12);
    EXPECT_EQ(site.run(50), 50u) << "0.48 and 0";
}

TEST(Balancer, ASmallerSpreadIsEnoughForAnOverloadedWorker) {
    Site site{2};
    site.put(0, 0, 0.82);
    site.put(1, 0, 0.1);
    site.put(2, 1, 0.69);
    EXPECT_GT(site.run(50), 40u);
    EXPECT_EQ(site.moves, 1u);
    EXPECT_NEAR(site.most(), 0.82, 1e-9);
    Site less{2};
    less.put(0, 0, 0.68);
    less.put(1, 0, 0.1);
    less.put(2, 1, 0.55);
    EXPECT_EQ(less.run(50), 50u) << "as far apart, but not overloaded";
}

TEST(Balancer, NothingHelpsWhenAllAreOverloaded) {
    Site site{2};
    for (std::size_t bucket = 0; bucket < 20; ++bucket) site.put(bucket, bucket % 2, 0.1);
    EXPECT_EQ(site.run(50), 50u);
    EXPECT_TRUE(site.splits.empty());
}

TEST(Balancer, NeverMakesTheReceiverBusierThanTheGiverWas) {
    std::mt19937_64 random{5};
    for (int round = 0; round < 100; ++round) {
        Site site{4};
        for (int i = 0; i < 30; ++i) {
            const double load = std::uniform_real_distribution<double>{0, 0.2}(random);
            site.put(random() % buckets, static_cast<std::uint8_t>(random() % 4), load);
        }
        for (int i = 0; i < 40; ++i) {
            const std::vector<std::uint8_t> before = site.owners;
            std::vector<double> load{site.load_of(0), site.load_of(1), site.load_of(2),
                                     site.load_of(3)};
            if (*std::max_element(load.begin(), load.end()) > 1) break;  // nobody measures that
            for (const BucketMove& move : site.interval().moves) {
                EXPECT_EQ(before[move.bucket], move.from);
                const double giver = load[move.from];
                load[move.from] -= site.loads[move.bucket];
                load[move.to] += site.loads[move.bucket];
                EXPECT_LT(load[move.to], giver);
            }
        }
    }
}

TEST(Balancer, LeavesWhatIsPinnedOrSplit) {
    Site site = lopsided();
    for (std::size_t bucket = 0; bucket < 2; ++bucket) site.flags[bucket].pinned = true;
    site.flags[2].split = true;
    site.interval();
    const BalancePlan plan = site.interval();
    ASSERT_EQ(plan.moves.size(), 1u);
    EXPECT_EQ(plan.moves[0].bucket, 3);
}

TEST(Balancer, WaitsForMovesThatGoOn) {
    Site site = lopsided();
    site.flags[9].moving = true;
    EXPECT_EQ(site.run(10), 10u);
    site.flags[9].moving = false;
    EXPECT_FALSE(site.interval().empty());
}

TEST(Balancer, APlanIsSmall) {
    Site site{2};
    for (std::size_t bucket = 0; bucket < 100; ++bucket) site.put(bucket, 0, 0.009);
    for (int i = 0; i < 100; ++i) EXPECT_LE(site.interval().moves.size(), 8u);
    EXPECT_GT(site.moves, 8u);
}

TEST(Balancer, APlanThatGainsNextToNothingIsNone) {
    Site site{2};
    site.put(0, 0, 0.7);
    site.put(1, 0, 0.02);
    site.put(2, 1, 0.4);
    EXPECT_EQ(site.run(50), 50u) << "0.72 and 0.4: only 0.02 could move";
}

TEST(Balancer, ABucketRestsBehindAMove) {
    Site site{2, {.bucket_rest = 50}};
    site.put(1, 0, 0.3);
    site.put(2, 0, 0.3);
    site.run(5);
    ASSERT_EQ(site.moves, 1u);
    const std::size_t moved = site.owners[1] == 1 ? 1 : 2;
    site.loads[3] = 0.35;  // where it went
    site.owners[3] = 1;
    site.flags[3].pinned = true;
    site.loads[3 - moved] = 0.05;
    EXPECT_GE(site.run(40), 40u);
    site.run(30);
    EXPECT_EQ(site.moves, 2u) << "then it may go back";
}

TEST(Balancer, ABucketThatMovesAgainAndAgainRestsLongerEachTime) {
    Site site{2, {.bucket_rest = 10}};
    site.put(1, 0, 0.4);
    for (std::size_t worker = 0; worker < 2; ++worker) {
        site.put(8 + worker, static_cast<std::uint8_t>(worker), 0);
        site.flags[8 + worker].pinned = true;
    }
    std::vector<int> moved_at;
    for (int i = 0; i < 200; ++i) {
        const std::size_t owner = site.owners[1];
        site.loads[8 + owner] = 0.5;  // wherever it goes, it is too much
        site.loads[9 - owner] = 0;
        if (!site.interval().moves.empty()) moved_at.push_back(i);
    }
    ASSERT_GE(moved_at.size(), 4u);
    EXPECT_LE(moved_at.size(), 5u);
    for (std::size_t i = 1; i < moved_at.size(); ++i) {
        EXPECT_GE(moved_at[i] - moved_at[i - 1], 10 << (i - 1));
    }
}

TEST(Balancer, AMoveThatNobodyMadeIsNotAskedForAllTheTime) {
    Site site = lopsided();
    std::size_t asked = 0;
    for (int i = 0; i < 20; ++i) asked += site.look().moves.size();
    EXPECT_GE(asked, 1u);
    EXPECT_LE(asked, 4u) << "each bucket once";
}

TEST(Balancer, AnElephantIsSplitOnce) {
    Site site{4};
    site.put(7, 2, 0.95);
    for (std::size_t bucket = 10; bucket < 20; ++bucket) site.put(bucket, bucket % 4, 0.05);
    site.run(100);
    EXPECT_EQ(site.splits, (std::vector<std::uint16_t>{7}));
    EXPECT_EQ(site.owners[7], 2) << "elsewhere it would be as large";
    site.flags[7].split = true;
    site.run(100);
    EXPECT_EQ(site.splits.size(), 1u);
}

TEST(Balancer, WhatFitsElsewhereIsNoElephant) {
    Site site{2};
    site.put(7, 0, 0.7);
    for (std::size_t bucket = 10; bucket < 13; ++bucket) site.put(bucket, 0, 0.09);
    EXPECT_GT(site.run(50), 30u);
    EXPECT_TRUE(site.splits.empty());
    EXPECT_NEAR(site.most(), 0.7, 1e-9) << "it is alone now";
}

TEST(Balancer, APinnedElephantStaysAsItIs) {
    Site site{2};
    site.put(7, 0, 0.95);
    site.flags[7].pinned = true;
    EXPECT_EQ(site.run(50), 50u);
    EXPECT_TRUE(site.splits.empty());
}

TEST(Balancer, OneWorkerHasNobodyToGiveTo) {
    Site site{1};
    site.put(7, 0, 0.95);
    EXPECT_EQ(site.run(50), 50u);
    EXPECT_TRUE(site.splits.empty());
}

TEST(Balancer, OthersAreRelievedBesideAnElephant) {
    Site site{3};
    site.put(7, 0, 0.95);
    for (std::size_t bucket = 10; bucket < 17; ++bucket) site.put(bucket, 1, 0.1);
    site.run(100);
    EXPECT_EQ(site.splits, (std::vector<std::uint16_t>{7}));
    EXPECT_NEAR(site.load_of(1), 0.5, 1e-6) << "that is not too busy";
}

TEST(Balancer, ABalanceIsNotDisturbedByNoise) {
    Site site{8};
    for (std::size_t bucket = 0; bucket < 80; ++bucket) site.put(bucket, bucket % 8, 0.075);
    site.run(1000, 0.2);
    EXPECT_EQ(site.moves, 0u) << "0.75 each, and each off by up to a fifth";
}

TEST(Balancer, AnExporterThatGrowsIsAnsweredToAgain) {
    Site site{4};
    for (std::size_t bucket = 0; bucket < 40; ++bucket) site.put(bucket, bucket % 4, 0.04);
    EXPECT_EQ(site.run(50), 50u);
    site.loads[3] = 0.5;
    EXPECT_GT(site.run(50), 30u);
    EXPECT_GT(site.moves, 0u);
    EXPECT_LT(site.most() / site.mean(), 1.3);
}

TEST(Balancer, CountsTheSharesOfASplitBucket) {
    Balancer balancer{2};
    std::vector<std::uint64_t> bytes(2 * buckets);
    std::vector<std::uint8_t> owners(buckets, Balancer::nobody);
    std::vector<BucketFlags> flags(buckets);
    flags[7].split = true;
    owners[7] = 0;
    bytes[7] = 800;  // of worker 0's time, eight tenths
    bytes[buckets + 7] = 300;
    owners[8] = 0;
    bytes[8] = 200;
    const std::vector<double> busy{1.0, 0.3};
    BalancePlan plan;
    for (std::uint64_t interval = 1; interval < 3; ++interval) {
        plan = balancer.plan({interval, busy, bytes, owners, flags});
    }
    ASSERT_EQ(plan.moves.size(), 1u);
    EXPECT_EQ(plan.moves[0], (BucketMove{.bucket = 8, .from = 0, .to = 1}));
    owners[8] = 1;
    const std::vector<double> moved{0.8, 0.5};
    static_cast<void>(balancer.plan({3, moved, bytes, owners, flags}));
    EXPECT_NEAR(balancer.busy(0), 0.8, 1e-9) << "the fifth has moved along";
    EXPECT_NEAR(balancer.busy(1), 0.5, 1e-9);
}

/// The largest first, each to the least busy: what can be reached at most, nearly.
double reachable(const Site& site, std::size_t worker_count) {
    std::vector<double> loads = site.loads;
    std::sort(loads.begin(), loads.end(), std::greater<>{});
    std::vector<double> workers(worker_count);
    for (const double each : loads) *std::min_element(workers.begin(), workers.end()) += each;
    return *std::max_element(workers.begin(), workers.end());
}

struct Simulation {
    std::size_t exporters = 0;
    std::size_t workers = 0;
};

class BalancerSimulation : public testing::TestWithParam<Simulation> {
protected:
    /// Exporters with loads by Zipf's law, in buckets by chance, with owners by bucket.
    static Site site_of(const Simulation& simulation, std::uint64_t seed, double mean) {
        std::mt19937_64 random{seed};
        Site site{simulation.workers};
        double sum = 0;
        for (std::size_t i = 1; i <= simulation.exporters; ++i) sum += 1.0 / static_cast<double>(i);
        for (std::size_t i = 1; i <= simulation.exporters; ++i) {
            const std::size_t bucket = random() % buckets;
            site.put(bucket, static_cast<std::uint8_t>(bucket % simulation.workers),
                     mean * static_cast<double>(simulation.workers) / static_cast<double>(i) / sum);
        }
        return site;
    }

    /// Of the busiest to the mean, or to what can be reached when that is more: a mean of 0.6 with
    /// a spread that is no reason yet, 0.25, and a little.
    static constexpr double ratio_max = 1.35;
};

TEST_P(BalancerSimulation, ReachesABalanceAndStops) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Site site = site_of(GetParam(), seed, 0.6);
        const std::size_t still = site.run(200);
        const double possible = std::max(site.mean(), reachable(site, GetParam().workers));
        EXPECT_LE(site.most() / possible, ratio_max) << "seed " << seed;
        EXPECT_GE(still, 100u) << "seed " << seed;
        EXPECT_LE(site.moves, GetParam().exporters) << "seed " << seed;
    }
}

TEST_P(BalancerSimulation, DoesTheSameWithNoise) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Site site = site_of(GetParam(), seed, 0.6);
        site.run(200, 0.2);
        const double possible = std::max(site.mean(), reachable(site, GetParam().workers));
        EXPECT_LE(site.most() / possible, ratio_max + 0.05) << "seed " << seed;
        const std::size_t before = site.moves;
        site.run(300, 0.2);
        EXPECT_LE(site.moves - before, 4u) << "seed " << seed;
        EXPECT_LE(*std::max_element(site.moves_of.begin(), site.moves_of.end()), 3u);
    }
}

TEST_P(BalancerSimulation, IsTheSameEveryTime) {
    Site first = site_of(GetParam(), 3, 0.6);
    Site second = site_of(GetParam(), 3, 0.6);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(first.interval(0.2).moves, second.interval(0.2).moves);
}

std::vector<Simulation> simulations() {
    std::vector<Simulation> all;
    for (const std::size_t exporters : {16u, 64u, 200u}) {
        for (const std::size_t workers : {2u, 4u, 8u}) all.push_back({exporters, workers});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Zipf, BalancerSimulation, testing::ValuesIn(simulations()),
                         [](const auto& each) {
                             return std::to_string(each.param.exporters) + "On" +
                                    std::to_string(each.param.workers);
                         });

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/timeouts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace flowd {
namespace {

class Timeouts : public testing::Test {
protected:
    /// Flows of a cache: most are short; long ones are cut at the active timeout.
    void fill(double active_seconds, double inactive_seconds, int count = 2000) {
        std::exponential_distribution<double> length{1 / 20.0};
        std::uniform_real_distribution<double> part{0, 1};
        for (int i = 0; i < count; ++i) {
            const double seconds = length(random_);
            const bool cut = seconds > active_seconds;
            const double lasts = cut ? active_seconds + part(random_) * 0.5 : seconds;
            add(lasts);
            if (cut) continue;
            times_.lags.add(
                static_cast<std::uint32_t>((inactive_seconds + part(random_) * 0.8) * 1000));
        }
    }

    void add(double seconds) {
        const auto ms = static_cast<std::uint32_t>(seconds * 1000);
        times_.durations.add(ms);
        times_.duration_most_ms = std::max(times_.duration_most_ms, ms);
    }

    std::mt19937 random_{1};
    FlowTimes times_;
};

TEST_F(Timeouts, AreWhereDurationsAndLagsPileUp) {
    fill(60, 15);
    EXPECT_NEAR(active_timeout(times_).value_or(0), 60, 0.5);
    EXPECT_NEAR(inactive_timeout(times_).value_or(0), 15, 0.5);
}

TEST_F(Timeouts, AreFoundForOtherSettings) {
    fill(30, 5);
    EXPECT_NEAR(active_timeout(times_).value_or(0), 30, 0.5);
    EXPECT_NEAR(inactive_timeout(times_).value_or(0), 5.3, 0.5);
}

TEST_F(Timeouts, AreUnknownWithoutAPile) {
    std::exponential_distribution<double> length{1 / 20.0};
    for (int i = 0; i < 2000; ++i) add(length(random_));
    EXPECT_FALSE(active_timeout(times_));
    EXPECT_FALSE(inactive_timeout(times_));
    EXPECT_NEAR(median_seconds(times_.durations), 13.9, 1.5);
}

TEST_F(Timeouts, AreUnknownWhereTheLongestFlowsAreSpread) {
    std::uniform_real_distribution<double> length{0, 100};
    for (int i = 0; i < 2000; ++i) add(length(random_));
    EXPECT_FALSE(active_timeout(times_));
}

TEST_F(Timeouts, AFewStrayFlowsDoNotHideIt) {
    for (int i = 0; i < 500; ++i) add(i % 2 == 0 ? 0.5 : 120.2);
    for (int i = 0; i < 5; ++i) add(1000);
    EXPECT_NEAR(active_timeout(times_).value_or(0), 120, 0.5);
}

TEST_F(Timeouts, AreUnknownOfAFewFlows) {
    for (int i = 0; i < 5; ++i) add(60);
    EXPECT_FALSE(active_timeout(times_));
    EXPECT_FALSE(active_timeout(FlowTimes{}));
    EXPECT_EQ(median_seconds(FlowTimes{}.durations), 0);
}

TEST_F(Timeouts, TheExportersWordCountsMore) {
    fill(60, 15);
    times_.active_ends = 10;
    times_.active_ms = 119'900;
    EXPECT_EQ(active_timeout(times_), 120);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// The schedule of a replay, with times made up.
#include "ingress/dpdk/pace.hpp"

#include <gtest/gtest.h>

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t start = 1'000'000'000'000;
constexpr std::uint64_t millisecond = 1'000'000;

TEST(Pace, UnlimitedGivesWhatIsWanted) {
    Pace pace;
    EXPECT_FALSE(pace.limited());
    EXPECT_EQ(pace.due(start, 32), 32);
    EXPECT_EQ(pace.gap_ns(start), 0U);
}

TEST(Pace, RateSpreadsFramesEvenly) {
    Pace pace = Pace::rate(1000);
    EXPECT_TRUE(pace.limited());
    EXPECT_EQ(pace.due(start, 32), 1);
    pace.took(1);
    EXPECT_EQ(pace.due(start + millisecond - 1, 32), 0);
    EXPECT_EQ(pace.gap_ns(start + millisecond - 1), 1U);
    EXPECT_EQ(pace.due(start + millisecond, 32), 1);
    EXPECT_EQ(pace.due(start + 10 * millisecond, 32), 10);
    EXPECT_EQ(pace.due(start + 10 * millisecond, 4), 4);
}

TEST(Pace, RateHoldsOverALongTime) {
    Pace pace = Pace::rate(3);  // a third of a second is no whole number of nanoseconds
    std::uint64_t now = start;
    std::uint64_t taken = 0;
    for (int tick = 0; tick <= 10'000; ++tick, now += 50 * millisecond) {
        const std::uint16_t count = pace.due(now, 32);
        pace.took(count);
        taken += count;
    }
    EXPECT_EQ(taken, 1501U);  // 500 s and the first frame at once
}

TEST(Pace, WhatFallsBehindIsNotMadeUp) {
    Pace pace = Pace::rate(1000);
    pace.took(pace.due(start, 32));
    const std::uint64_t late = start + 10'000 * millisecond;
    std::uint64_t taken = 0;
    for (int burst = 0; burst < 100; ++burst) {
        const std::uint16_t count = pace.due(late, 32);
        pace.took(count);
        taken += count;
    }
    EXPECT_EQ(taken, 101U);  // 100 ms of it
}

TEST(Pace, TimedFollowsTheCapture) {
    Pace pace = Pace::timed({500, 600, 600, 1'000});
    EXPECT_EQ(pace.due(start, 32), 1);
    pace.took(1);
    EXPECT_EQ(pace.due(start + 99, 32), 0);
    EXPECT_EQ(pace.gap_ns(start + 40), 60U);
    EXPECT_EQ(pace.due(start + 100, 32), 2);
    pace.took(2);
    EXPECT_EQ(pace.due(start + 499, 32), 0);
    EXPECT_EQ(pace.due(start + 500, 32), 1);
}

TEST(Pace, TimedLoopsFollowAfterTheMeanGap) {
    Pace pace = Pace::timed({0, 100, 200});
    pace.took(pace.due(start + 0, 1));
    EXPECT_EQ(pace.due(start + 200, 32), 2);
    pace.took(2);
    EXPECT_EQ(pace.gap_ns(start + 200), 100U);
    EXPECT_EQ(pace.due(start + 300, 32), 1);
    EXPECT_EQ(pace.due(start + 500, 32), 3);
}

TEST(Pace, TimesThatGoBackCountAsTheOnesBefore) {
    Pace pace = Pace::timed({1'000, 3'000, 500, 4'000});
    EXPECT_EQ(pace.due(start, 32), 1);
    EXPECT_EQ(pace.due(start + 2'000, 32), 3);
    EXPECT_EQ(pace.due(start + 3'000, 32), 4);
}

TEST(Pace, OneFrameIsDueAtOnceInEveryLoop) {
    Pace pace = Pace::timed({77});
    EXPECT_EQ(pace.due(start, 32), 32);
    EXPECT_FALSE(Pace::timed({}).limited());
}

}  // namespace
}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// By made-up times: when a stop has waited long enough for an output.
#include "control/stuck_output.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t begin = 1000 * second;

TEST(StuckOutput, WithoutAStopNothingIsStuck) {
    StuckOutput stuck{milliseconds{10'000}};
    EXPECT_FALSE(stuck.tick(begin, 7, false, false));
    EXPECT_FALSE(stuck.tick(begin + 3600 * second, 7, false, false));
}

TEST(StuckOutput, IsOneThatDoesNothingForLongerThanAStopWaits) {
    StuckOutput stuck{milliseconds{10'000}};
    EXPECT_FALSE(stuck.tick(begin, 7, false, false));
    EXPECT_FALSE(stuck.tick(begin + 100 * second, 7, false, false));
    EXPECT_FALSE(stuck.tick(begin + 114 * second, 7, true, false));
    EXPECT_TRUE(stuck.tick(begin + 115 * second, 7, true, false));
}

TEST(StuckOutput, IsNoneThatIsSlow) {
    StuckOutput stuck{milliseconds{10'000}};
    for (std::uint64_t i = 0; i < 20; ++i) {
        EXPECT_FALSE(stuck.tick(begin + 14 * i * second, i, true, false));
    }
}

TEST(StuckOutput, HurriedOneHasTwoSecondsWhateverItDoes) {
    StuckOutput stuck{milliseconds{10'000}};
    EXPECT_FALSE(stuck.tick(begin, 1, true, true));
    EXPECT_FALSE(stuck.tick(begin + second, 2, true, true));
    EXPECT_TRUE(stuck.tick(begin + 2 * second, 3, true, true));
}

}  // namespace
}  // namespace flowd

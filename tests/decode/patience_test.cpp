// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/patience.hpp"

#include <gtest/gtest.h>

namespace flow {
namespace {

constexpr std::uint32_t now = 1'700'000'000;

TEST(Patience, WearsDownWithEverySecondThatRefuses) {
    Patience patience{1800};
    EXPECT_EQ(patience.seconds(now), 1800u);
    for (int i = 0; i < 1000; ++i) patience.refuse(now);
    EXPECT_EQ(patience.seconds(now), 1575u) << "one second, however many were refused";
    for (std::uint32_t i = 0; i < 60; ++i) patience.refuse(now + i);
    EXPECT_TRUE(patience.worn_out());
    EXPECT_EQ(patience.seconds(now + 60), Patience::least_seconds);
}

TEST(Patience, ComesBackWhenThePressureIsOver) {
    Patience patience{1800};
    for (std::uint32_t i = 0; i < 60; ++i) patience.refuse(now + i);
    EXPECT_EQ(patience.seconds(now + 600), Patience::least_seconds);
    EXPECT_EQ(patience.seconds(now + 1000), 1800u);
    EXPECT_FALSE(patience.worn_out());
}

TEST(Patience, IsShortForWhatHasNotProvedItself) {
    EXPECT_EQ(Patience::short_of(1800), 60u);
    EXPECT_EQ(Patience::short_of(60), 2u);
    EXPECT_EQ(Patience::short_of(0), 1u);
}

TEST(Patience, MeasuresSilenceAcrossTheWrap) {
    EXPECT_EQ(Patience::silence(UINT32_MAX, 9), 10);
    EXPECT_EQ(Patience::silence(9, UINT32_MAX), -10);
}

}  // namespace
}  // namespace flow

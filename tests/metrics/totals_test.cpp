// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/totals.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace flowd {
namespace {

static_assert(std::is_trivially_copyable_v<Totals> && sizeof(Totals) % 8 == 0);
using Words = std::array<std::uint64_t, sizeof(Totals) / 8>;

/// Nothing but 64-bit numbers, so a field that the arithmetic forgets shows as a word.
Totals made_of(std::uint64_t first, std::uint64_t step) {
    Words words;
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = first + step * i;
    return std::bit_cast<Totals>(words);
}

TEST(Totals, EveryFieldIsAddedAndTakenAway) {
    Totals sum = made_of(5, 1);
    add(sum, made_of(1000, 10));
    EXPECT_EQ(std::bit_cast<Words>(sum), std::bit_cast<Words>(made_of(1005, 11)));
    subtract(sum, made_of(1000, 10));
    EXPECT_EQ(std::bit_cast<Words>(sum), std::bit_cast<Words>(made_of(5, 1)));
}

TEST(Totals, WhatGoesDownIsADifferenceToo) {
    Totals before;
    before.parked = 7;
    Totals difference;
    difference.parked = 3;
    subtract(difference, before);
    add(before, difference);
    EXPECT_EQ(before.parked, 3u);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// The tables' hash: every input bit matters, and so does the seed.
#include "flow/base/hash.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace flow {
namespace {

TEST(Hash, EveryInputBitChangesManyOutputBits) {
    constexpr std::uint64_t value = 0xc0000201;
    for (int bit = 0; bit < 64; ++bit) {
        const int changed = std::popcount(mix(value) ^ mix(value ^ std::uint64_t{1} << bit));
        EXPECT_GE(changed, 12) << bit;
        EXPECT_LE(changed, 52) << bit;
    }
}

TEST(Hash, NeighboursSpreadOverASmallTable) {
    std::set<std::uint64_t> slots;
    for (std::uint64_t i = 0; i < 256; ++i) slots.insert(hash_words(i, 0, 1) & 0xff);
    EXPECT_GE(slots.size(), 140U);  // 162 expected of 256 thrown at random
}

TEST(Hash, WordsAreNotInterchangeableAndTheSeedCounts) {
    EXPECT_EQ(hash_words(1, 2, 3), hash_words(1, 2, 3));
    EXPECT_NE(hash_words(1, 2, 3), hash_words(2, 1, 3));
    EXPECT_NE(hash_words(1, 2, 3), hash_words(1, 2, 4));
    EXPECT_NE(hash_words(1, 2, 3), hash_words(1, 3, 3));
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The table is held against std::unordered_map. Hashes are chosen, not computed, so that runs of
// cells collide and wrap around the end of the table.
#include "flow/base/index_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

#include "flow/base/hash.hpp"

namespace flow {
namespace {

constexpr auto anything = [](std::uint32_t) { return true; };
constexpr auto nothing = [](std::uint32_t) { return false; };

auto is(std::uint32_t wanted) {
    return [wanted](std::uint32_t index) { return index == wanted; };
}

TEST(IndexTable, FindsNothingWhenEmpty) {
    const IndexTable table{8};
    EXPECT_EQ(table.find(0, anything), IndexTable::none);
    EXPECT_EQ(table.find(UINT64_MAX, anything), IndexTable::none);
}

TEST(IndexTable, WithRoomForNoneFindsNothing) {
    const IndexTable table{0};
    EXPECT_EQ(table.find(42, anything), IndexTable::none);
}

TEST(IndexTable, FindsWhatWasInserted) {
    IndexTable table{8};
    table.insert(0x1234567800000005, 3);
    EXPECT_EQ(table.find(0x1234567800000005, anything), 3u);
    EXPECT_EQ(table.find(0x1234567800000005, nothing), IndexTable::none);
    EXPECT_EQ(table.find(0x1234567900000005, anything), IndexTable::none) << "other high half";
}

TEST(IndexTable, LeavesTheChoiceBetweenEqualHashesToTheCaller) {
    IndexTable table{8};
    for (std::uint32_t index = 0; index < 8; ++index) table.insert(77, index);
    for (std::uint32_t index = 0; index < 8; ++index) EXPECT_EQ(table.find(77, is(index)), index);
    EXPECT_EQ(table.find(77, is(8)), IndexTable::none);
}

TEST(IndexTable, ForgetsWhatIsErased) {
    IndexTable table{8};
    table.insert(5, 1);
    table.erase(5, 1);
    EXPECT_EQ(table.find(5, anything), IndexTable::none);
    table.insert(5, 2);
    EXPECT_EQ(table.find(5, anything), 2u);
}

TEST(IndexTable, IgnoresAnEraseOfWhatIsNotThere) {
    IndexTable table{8};
    table.insert(5, 1);
    table.erase(5, 2);
    table.erase(6, 1);
    EXPECT_EQ(table.find(5, anything), 1u);
}

// With room for eight the table has 32 cells: hashes 30, 31 and 0 are neighbours.
TEST(IndexTable, ErasesAcrossTheEndOfTheTable) {
    std::vector<std::uint64_t> homes{30, 31, 30, 31, 0, 0, 1, 31};
    std::sort(homes.begin(), homes.end());
    do {
        for (std::uint32_t gone = 0; gone < homes.size(); ++gone) {
            IndexTable table{8};
            for (std::uint32_t i = 0; i < homes.size(); ++i) table.insert(homes[i], i);
            table.erase(homes[gone], gone);
            for (std::uint32_t i = 0; i < homes.size(); ++i) {
                ASSERT_EQ(table.find(homes[i], is(i)), i == gone ? IndexTable::none : i);
            }
        }
    } while (std::next_permutation(homes.begin(), homes.end()));
}

/// Random inserts, erases and look-ups; `hash_of` decides how bad the collisions are.
template <class Hash>
void compare_with_map(Hash hash_of, unsigned rounds) {
    constexpr std::uint32_t indexes = 200;
    IndexTable table{indexes};
    std::unordered_map<std::uint32_t, std::uint64_t> model;  // index to hash
    std::mt19937_64 random{7};
    for (unsigned round = 0; round < rounds; ++round) {
        const auto index = static_cast<std::uint32_t>(random() % indexes);
        const std::uint64_t hash = hash_of(index);
        if (model.contains(index)) {
            ASSERT_EQ(table.find(hash, is(index)), index);
            table.erase(hash, index);
            model.erase(index);
        } else {
            ASSERT_EQ(table.find(hash, is(index)), IndexTable::none);
            table.insert(hash, index);
            model.emplace(index, hash);
        }
        if (round % 64 != 0) continue;
        for (std::uint32_t each = 0; each < indexes; ++each) {
            const bool expected = model.contains(each);
            ASSERT_EQ(table.find(hash_of(each), is(each)), expected ? each : IndexTable::none);
        }
    }
}

TEST(IndexTable, AgreesWithAMapUnderGoodHashes) {
    compare_with_map([](std::uint32_t index) { return hash_words(index, 1, 2); }, 200'000);
}

TEST(IndexTable, AgreesWithAMapWhenHashesCluster) {
    // Eight homes around the end of the 512 cells, some with the same tag.
    compare_with_map(
        [](std::uint32_t index) {
            return std::uint64_t{index % 3} << 32 | ((508 + index % 8) & 511);
        },
        50'000);
}

TEST(IndexTable, AgreesWithAMapWhenAllHashesAreOne) {
    compare_with_map([](std::uint32_t) { return std::uint64_t{511}; }, 20'000);
}

}  // namespace
}  // namespace flow

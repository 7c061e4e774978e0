// SPDX-License-Identifier: BSD-3-Clause
#include "flow/base/slots.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace flow {
namespace {

struct Pair {
    std::uint32_t first;
    std::uint64_t second;
};

TEST(Slots, StartAsZeros) {
    const Slots<Pair> slots{1000};
    ASSERT_EQ(slots.size(), 1000u);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        ASSERT_EQ(slots[i].first, 0u);
        ASSERT_EQ(slots[i].second, 0u);
    }
}

TEST(Slots, KeepWhatIsWritten) {
    Slots<std::uint32_t> slots{3};
    for (std::uint32_t i = 0; i < 3; ++i) slots[i] = i + 7;
    EXPECT_EQ(slots[0], 7u);
    EXPECT_EQ(slots[1], 8u);
    EXPECT_EQ(slots[2], 9u);
}

TEST(Slots, WithoutACountAreEmpty) {
    const Slots<std::uint32_t> none;
    EXPECT_EQ(none.size(), 0u);
}

TEST(Slots, MovedToAnotherOwnerAreTheSameMemory) {
    Slots<std::uint32_t> slots{2};
    slots[1] = 5;
    const std::uint32_t* const before = &slots[0];
    const Slots<std::uint32_t> moved{std::move(slots)};
    EXPECT_EQ(moved.size(), 2u);
    EXPECT_EQ(&moved[0], before);
    EXPECT_EQ(moved[1], 5u);
}

TEST(Slots, ThatTheSystemCannotGiveAreEmpty) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer ends a program that asks for so much";
#endif
    volatile std::size_t count = SIZE_MAX / 2;  // volatile: the compiler would warn about it
    const Slots<Pair> slots{count};
    EXPECT_EQ(slots.size(), 0u);
}

}  // namespace
}  // namespace flow

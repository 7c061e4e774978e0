// SPDX-License-Identifier: BSD-3-Clause
// Cursor: reads to the exact end, latches one byte past it, and stays latched.
#include "flow/wire/cursor.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flow::wire {
namespace {

constexpr std::array<std::uint8_t, 7> wire{1, 2, 3, 4, 5, 6, 7};

TEST(Cursor, ReadsFromFrontToBack) {
    Cursor in{wire};
    EXPECT_EQ(in.u8(), 1);
    EXPECT_EQ(in.u16(), 0x0203);
    EXPECT_EQ(in.u32(), 0x04050607U);
    EXPECT_EQ(in.remaining(), 0U);
    EXPECT_FALSE(in.failed());
}

TEST(Cursor, TheExactEndIsNoFailure) {
    Cursor in{wire};
    const auto block = in.block<7>();
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(block.u8<6>(), 7);
    EXPECT_TRUE(in.take(0).empty());
    in.skip(0);
    EXPECT_FALSE(in.failed());
}

TEST(Cursor, PastTheEndYieldsZeroAndLatches) {
    Cursor in{wire};
    in.skip(4);
    EXPECT_EQ(in.u32(), 0U);
    EXPECT_TRUE(in.failed());
    EXPECT_EQ(in.remaining(), 0U);
    EXPECT_EQ(in.u8(), 0);  // there was one, but what it means is no longer known
    EXPECT_TRUE(in.failed());
}

TEST(Cursor, ABlockThatIsNotThereIsZeros) {
    Cursor in{wire};
    const auto block = in.block<8>();
    EXPECT_TRUE(in.failed());
    EXPECT_EQ(block.u64<0>(), 0U);
}

TEST(Cursor, TakeLendsWithoutCopy) {
    Cursor in{wire};
    const Bytes taken = in.take(3);
    EXPECT_EQ(taken.data(), wire.data());
    EXPECT_EQ(taken.size(), 3U);
    EXPECT_EQ(in.rest().data(), wire.data() + 3);
    EXPECT_EQ(in.rest().size(), 4U);
}

TEST(Cursor, TakingTooMuchGivesNothing) {
    for (const std::size_t size : {std::size_t{8}, std::size_t{0xffff}, SIZE_MAX}) {
        Cursor in{wire};
        EXPECT_TRUE(in.take(size).empty());
        EXPECT_TRUE(in.failed());
        EXPECT_TRUE(in.rest().empty());
    }
}

TEST(Cursor, OfNothingFailsAtTheFirstByte) {
    Cursor in{Bytes{}};
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.u8(), 0);
    EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace flow::wire

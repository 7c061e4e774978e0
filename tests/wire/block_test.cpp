// SPDX-License-Identifier: BSD-3-Clause
// Block: numbers and bytes at constant offsets, up to the last byte.
#include "flow/wire/block.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flow::wire {
namespace {

constexpr std::array<std::uint8_t, 9> wire{0, 1, 2, 3, 4, 5, 6, 7, 0xff};

TEST(Block, ReadsBigEndianAtEveryOffset) {
    const Block<9> block{wire.data()};
    EXPECT_EQ(block.u8<0>(), 0);
    EXPECT_EQ(block.u8<8>(), 0xff);
    EXPECT_EQ(block.u16<0>(), 0x0001);
    EXPECT_EQ(block.u16<7>(), 0x07ff);
    EXPECT_EQ(block.u32<1>(), 0x01020304U);
    EXPECT_EQ(block.u32<5>(), 0x050607ffU);
    EXPECT_EQ(block.u64<0>(), 0x0001020304050607U);
    EXPECT_EQ(block.u64<1>(), 0x01020304050607ffU);
}

TEST(Block, LendsAPart) {
    const Block<9> block{wire.data()};
    const Bytes tail = block.bytes<5, 4>();
    EXPECT_EQ(tail.data(), wire.data() + 5);
    EXPECT_EQ(tail.size(), 4U);
    EXPECT_TRUE((block.bytes<9, 0>().empty()));
}

}  // namespace
}  // namespace flow::wire

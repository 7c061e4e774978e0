// SPDX-License-Identifier: BSD-3-Clause
// Big-endian loads: unaligned, and of every size.
#include "flow/base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flow {
namespace {

constexpr std::array<std::uint8_t, 10> wire{0x01, 0x23, 0x45, 0x67, 0x89,
                                            0xab, 0xcd, 0xef, 0xfe, 0xdc};

TEST(Bytes, LoadsAreBigEndianAtAnyAlignment) {
    EXPECT_EQ(load_be16(wire.data()), 0x0123);
    EXPECT_EQ(load_be16(wire.data() + 1), 0x2345);
    EXPECT_EQ(load_be32(wire.data()), 0x01234567U);
    EXPECT_EQ(load_be32(wire.data() + 3), 0x6789abcdU);
    EXPECT_EQ(load_be64(wire.data()), 0x0123456789abcdefU);
    EXPECT_EQ(load_be64(wire.data() + 1), 0x23456789abcdeffeU);
}

TEST(Bytes, StoresAreBigEndianAtAnyAlignment) {
    std::array<std::uint8_t, 6> to{0xaa, 0, 0, 0, 0, 0xaa};
    store_be32(to.data() + 1, 0x01234567);
    EXPECT_EQ(to, (std::array<std::uint8_t, 6>{0xaa, 0x01, 0x23, 0x45, 0x67, 0xaa}));
}

TEST(Bytes, ANumberOfAnySizeIsItsBytes) {
    const Bytes bytes{wire};
    EXPECT_EQ(load_be(bytes.first(0)), 0U);
    EXPECT_EQ(load_be(bytes.first(1)), 0x01U);
    EXPECT_EQ(load_be(bytes.first(3)), 0x012345U);
    EXPECT_EQ(load_be(bytes.first(5)), 0x0123456789U);
    EXPECT_EQ(load_be(bytes.first(8)), load_be64(wire.data()));
}

TEST(Bytes, OfMoreThanEightTheLastEightCount) {
    EXPECT_EQ(load_be(Bytes{wire}.first(9)), 0x23456789abcdeffeU);
    EXPECT_EQ(load_be(Bytes{wire}), 0x456789abcdeffedcU);
}

}  // namespace
}  // namespace flow

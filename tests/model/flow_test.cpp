// SPDX-License-Identifier: BSD-3-Clause
// Flow: every column has a place of its own, as wide as its type.
#include "flow/model/flow.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flow {
namespace {

TEST(Flow, StartsEmpty) {
    const Flow flow{};
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        const Kind kind = info(column).kind;
        if (kind == Kind::bytes) {
            EXPECT_TRUE(flow.bytes(column).empty());
        } else if (kind == Kind::u32_list) {
            EXPECT_TRUE(flow.list(column).empty());
        } else {
            EXPECT_EQ(flow.number(column), 0U);
        }
    }
}

TEST(Flow, NoTwoColumnsShareAPlace) {
    static constexpr std::array<std::uint8_t, column_count> bytes{};
    static constexpr std::array<std::uint32_t, column_count> list{};
    Flow flow;
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        const Kind kind = info(column).kind;
        if (kind == Kind::bytes) flow.set(column, Bytes{bytes.data(), i});
        if (kind == Kind::u32_list) flow.set(column, std::span{list.data(), i});
        if (holds_number(kind)) flow.set(column, i + 1000);
    }
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        const Kind kind = info(column).kind;
        if (kind == Kind::bytes) {
            EXPECT_EQ(flow.bytes(column).size(), i);
        }
        if (kind == Kind::u32_list) {
            EXPECT_EQ(flow.list(column).size(), i);
        }
        if (holds_number(kind)) {
            EXPECT_EQ(flow.number(column), i + 1000);
        }
    }
}

TEST(Flow, NumbersKeepAsManyBitsAsTheirType) {
    Flow flow;
    flow.set(Column::in_if, 0x1'8000'0003U);
    EXPECT_EQ(flow.number(Column::in_if), 0x8000'0003U);
    flow.set(Column::bytes, UINT64_MAX);
    EXPECT_EQ(flow.number(Column::bytes), UINT64_MAX);
}

TEST(Flow, BytesAreBorrowed) {
    std::array<std::uint8_t, 4> address{10, 0, 0, 1};
    Flow flow;
    flow.set(Column::src_addr, Bytes{address});
    address[3] = 2;
    EXPECT_EQ(flow.bytes(Column::src_addr).back(), 2);
}

}  // namespace
}  // namespace flow

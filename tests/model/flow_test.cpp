// SPDX-License-Identifier: BSD-3-Clause
// Flow: every column has a place of its own, as wide as its type; values of custom columns stand in
// the order in which they came.
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
        } else if (kind == Kind::bytes_list) {
            EXPECT_TRUE(flow.byte_list(column).empty());
        } else if (holds_list(kind)) {
            EXPECT_TRUE(flow.list(column).empty());
        } else {
            EXPECT_EQ(flow.number(column), 0U);
        }
    }
    EXPECT_TRUE(flow.customs().empty());
}

/// What NoTwoColumnsShareAPlace has put into a column.
std::uint64_t size_or_number(const Flow& flow, Column column) {
    const Kind kind = info(column).kind;
    if (kind == Kind::bytes) return flow.bytes(column).size();
    if (kind == Kind::bytes_list) return flow.byte_list(column).size();
    return holds_list(kind) ? flow.list(column).size() : flow.number(column);
}

TEST(Flow, NoTwoColumnsShareAPlace) {
    static constexpr std::array<std::uint8_t, column_count> bytes{};
    static constexpr std::array<std::uint32_t, column_count> list{};
    static constexpr std::array<Bytes, column_count> byte_list{};
    Flow flow;
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        const Kind kind = info(column).kind;
        if (kind == Kind::bytes) flow.set(column, Bytes{bytes.data(), i});
        if (kind == Kind::bytes_list) flow.set(column, std::span{byte_list.data(), i});
        if (holds_list(kind)) flow.set(column, std::span{list.data(), i});
        if (holds_number(kind)) flow.set(column, i);
    }
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        EXPECT_EQ(size_or_number(flow, column), i) << info(column).name;
    }
}

TEST(Flow, CustomValuesStayInTheirOrder) {
    static constexpr std::array<std::uint8_t, 2> octets{1, 2};
    Flow flow;
    flow.append({custom_column(1), 7, {}});
    flow.append({custom_column(0), 0, Bytes{octets}});
    flow.append({custom_column(1), 0, {}});
    ASSERT_EQ(flow.customs().size(), 3U);
    EXPECT_EQ(flow.customs()[0].column, custom_column(1));
    EXPECT_EQ(flow.customs()[0].number, 7U);
    EXPECT_EQ(flow.customs()[1].bytes.size(), 2U);
    EXPECT_EQ(flow.customs()[2].column, custom_column(1)) << "one column, two values";
}

TEST(Flow, LeavesOutCustomValuesThatAreTooMany) {
    Flow flow;
    for (std::uint64_t i = 0; i < Flow::custom_values_max + 5; ++i) {
        flow.append({custom_column(0), i, {}});
    }
    ASSERT_EQ(flow.customs().size(), Flow::custom_values_max);
    EXPECT_EQ(flow.customs().back().number, Flow::custom_values_max - 1) << "the first ones stay";
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

TEST(Flow, KnowsWhichColumnsWereGivenAValue) {
    for (std::size_t given = 0; given < column_count; ++given) {
        const auto column = static_cast<Column>(given);
        const Kind kind = info(column).kind;
        Flow flow;
        if (kind == Kind::bytes) {
            flow.set(column, Bytes{});
        } else if (kind == Kind::bytes_list) {
            flow.set(column, std::span<const Bytes>{});
        } else if (holds_list(kind)) {
            flow.set(column, std::span<const std::uint32_t>{});
        } else {
            flow.set(column, std::uint64_t{0});
        }
        for (std::size_t i = 0; i < column_count; ++i) {
            EXPECT_EQ(flow.has(static_cast<Column>(i)), i == given) << i;
        }
    }
}

}  // namespace
}  // namespace flow

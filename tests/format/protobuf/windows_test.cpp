// SPDX-License-Identifier: BSD-3-Clause
// How operations become lanes and lanes become windows. That windows write the right messages is
// what compile_test, program_test and the pipeline's tests say of every kernel.
#include "flow/format/protobuf/windows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "schemas.hpp"

namespace flow::protobuf {
namespace {

constexpr Schema v1 = Schema::all(Profile::goflow2_v1);
// Type, time, rate and sequence: 20 bytes at most, with a usual rate. An address of IPv6: 18. The
// domain: 7.
constexpr std::size_t constant_lanes = 3 + 3 + 1;

Step number(Column column, std::uint16_t offset, std::uint16_t size) {
    return {.column = column, .transform = Transform::number, .offset = offset, .size = size};
}

Step time(Column column, Transform transform, std::uint16_t offset, std::uint16_t size) {
    return {.column = column, .transform = transform, .offset = offset, .size = size};
}

/// On the heap: a program is large.
std::unique_ptr<Program> compile(const std::vector<Step>& steps, const Schema& schema = v1) {
    auto program = std::make_unique<Program>();
    Formatter{schema, Framing::bare}.compile({.steps = steps, .direct = true}, *program);
    return program;
}

/// Whether a lane holds a number: its bytes have continuation bits.
bool is_number(const Window& window, std::size_t lane) {
    return window.more[lane * lane_size] != 0;
}

/// Whether a lane has a byte that is always there.
bool has_kept_bytes(const Window& window, std::size_t lane) {
    const std::uint8_t* const first = window.least.data() + lane * lane_size;
    return std::find(first, first + lane_size, always_there) != first + lane_size;
}

/// Lanes that hold numbers, a bit each.
unsigned numbers_of(const Window& window) {
    unsigned numbers = 0;
    for (std::size_t j = 0; j < window_lanes; ++j) numbers |= unsigned{is_number(window, j)} << j;
    return numbers;
}

std::size_t lanes_of(const std::vector<Step>& steps) {
    const auto program = compile(steps);
    std::size_t lanes = 0;
    for (std::size_t i = 0; i < program->windows.window_count; ++i) {
        const Window& window = program->windows.windows[i];
        for (std::size_t j = 0; j < window_lanes; ++j) {
            lanes += is_number(window, j) || has_kept_bytes(window, j) ? 1 : 0;
        }
    }
    return lanes;
}

TEST(Windows, AreThereWithoutSteps) {
    const auto program = compile({});
    EXPECT_EQ(program->windows.window_count, 1);
    EXPECT_EQ(program->windows.run_count, 3);
    EXPECT_EQ(program->windows.constants[0].lane_count, 3);
    EXPECT_EQ(program->windows.constants[2].first_lane, constant_lanes - 1);
}

TEST(Windows, HaveALaneForEachUsualField) {
    EXPECT_EQ(lanes_of({number(Column::src_port, 0, 2)}), 1U);
    EXPECT_EQ(lanes_of({number(Column::in_if, 0, 4)}), 1U);
    EXPECT_EQ(lanes_of({number(Column::bytes, 0, 8)}), 1U) << "and a check of its high bits";
    EXPECT_EQ(lanes_of({number(Column::src_mac, 0, 6)}), 2U) << "all of its bits are used";
    const Step ipv4{.column = Column::src_addr, .transform = Transform::bytes, .size = 4};
    EXPECT_EQ(lanes_of({ipv4}), 1U);
    const Step ipv6{.column = Column::src_addr, .transform = Transform::bytes, .size = 16};
    EXPECT_EQ(lanes_of({ipv6}), 3U) << "tag, length and 16 bytes";
}

TEST(Windows, CheckNumbersThatMayBeLargerThanTheirLane) {
    const auto small = compile({number(Column::in_if, 0, 4)});
    EXPECT_FALSE(small->windows.windows[1].checked);
    EXPECT_EQ(small->windows.windows[1].rest, decltype(Window::rest){});
    const auto program = compile({number(Column::bytes, 0, 8)});
    const Window& window = program->windows.windows[0];  // behind the first lanes of constants
    EXPECT_TRUE(window.checked);
    EXPECT_EQ(window.rest[3], ~((std::uint64_t{1} << 49) - 1)) << "seven groups of seven bits";
    EXPECT_EQ(numbers_of(window), 1U << 3);
}

TEST(Windows, ComputeBeforehandWhatLanesCannot) {
    const auto uptime = compile({time(Column::time_flow_end, Transform::s_of_uptime, 0, 4),
                                 time(Column::time_flow_end_ms, Transform::ms_of_ntp, 4, 8)});
    EXPECT_EQ(uptime->windows.time_count, 2);
    EXPECT_EQ(uptime->windows.times[1].offset, 4);
    const auto in_lanes =
        compile({time(Column::time_flow_end, Transform::s_of_milliseconds, 0, 8),
                 time(Column::time_flow_end_ms, Transform::ms_of_milliseconds, 0, 8)});
    EXPECT_EQ(in_lanes->windows.time_count, 0);
    EXPECT_NE(in_lanes->windows.windows[0].thousandths, 0);
    EXPECT_TRUE(in_lanes->windows.divisions);
    EXPECT_FALSE(uptime->windows.divisions);
    EXPECT_TRUE(uptime->windows.second_tables) << "of times";
    const auto narrow = compile({time(Column::time_flow_end, Transform::s_of_milliseconds, 0, 5)});
    EXPECT_EQ(narrow->windows.time_count, 1) << "a lane divides eight bytes";
}

TEST(Windows, TakeBytesOutOfTwoTables) {
    // Far apart: no two tables of 64 bytes hold more than two of them.
    const std::vector<Step> steps{number(Column::src_as, 0, 4), number(Column::dst_as, 300, 4),
                                  number(Column::src_net, 600, 1), number(Column::dst_net, 900, 1)};
    const auto program = compile(steps);
    ASSERT_EQ(program->windows.window_count, 2);
    const Window& first = program->windows.windows[0];
    EXPECT_EQ(first.first_table, 0);
    EXPECT_EQ(first.second_table, 300);
    const Window& second = program->windows.windows[1];
    EXPECT_EQ(second.first_table, 600);
    EXPECT_TRUE(program->windows.second_tables);
    EXPECT_EQ(second.second_table, 901 - window_size) << "no table ends behind the record";
}

TEST(Windows, AreNotMadeOfWhatLanesCannotDo) {
    const Schema schema = with_custom_columns(Profile::goflow2_v2);
    EXPECT_EQ(compile({number(custom_column(0), 0, 4)}, schema)->windows.window_count, 0)
        << "a custom column writes zeros too";
    std::vector<Step> many;
    const Schema own = with_own_columns(Profile::goflow2_v1);
    for (const Column column : own.columns()) {
        if (!is_of_datagram(column) && info(column).kind == Kind::bytes) {
            many.push_back({.column = column, .transform = Transform::bytes, .size = 64});
        }
    }
    EXPECT_EQ(compile(many, own)->windows.window_count, 0) << "more than twelve windows";
}

}  // namespace
}  // namespace flow::protobuf

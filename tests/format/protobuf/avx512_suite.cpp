// SPDX-License-Identifier: BSD-3-Clause
// The AVX-512 kernel against the portable one, over random programs: few windows and many, one
// table and two, divisions, numbers of two lanes. A suite of its own, because a CPU without
// AVX-512 should be seen to have left it out (status 77) instead of passing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/protobuf/program.hpp"
#include "rows.hpp"
#include "schemas.hpp"

namespace flow::protobuf {
namespace {

using Random = std::mt19937_64;
using Record = std::vector<std::uint8_t>;

const Origin origin{.type = FlowType::netflow_v9,
                    .sampler = {},
                    .sequence = 77,
                    .observation_domain = 1,
                    .received_ns = 1'700'000'000'000'000'000,
                    .export_seconds = 1'700'000'000,
                    .uptime_ms = 5000};

/// A plan, and how its records look.
struct Layout {
    std::vector<Step> steps;
    std::vector<std::uint8_t> zero_bits;  ///< of each step's field, at its top
    std::size_t record_size = 0;
};

bool is_time_column(Column column) {
    constexpr Column times[] = {Column::time_flow_start,    Column::time_flow_end,
                                Column::time_flow_start_ms, Column::time_flow_end_ms,
                                Column::time_flow_start_ns, Column::time_flow_end_ns};
    return std::find(std::begin(times), std::end(times), column) != std::end(times);
}

Transform time_transform(Column column, bool uptime) {
    switch (column) {
        case Column::time_flow_start:
        case Column::time_flow_end:
            return uptime ? Transform::s_of_uptime : Transform::s_of_milliseconds;
        case Column::time_flow_start_ms:
        case Column::time_flow_end_ms:
            return uptime ? Transform::ms_of_uptime : Transform::ms_of_milliseconds;
        default: return uptime ? Transform::ns_of_uptime : Transform::ns_of_milliseconds;
    }
}

Step random_step(Column column, Random& random) {
    Step step{.column = column};
    if (is_time_column(column)) {
        const bool uptime = random() % 2 == 0;
        step.transform = time_transform(column, uptime);
        step.size = uptime ? 4 : 8;
    } else if (info(column).kind == Kind::bytes) {
        step.transform = Transform::bytes;
        step.size = random() % 2 == 0 ? 4 : 16;
    } else {
        step.transform = Transform::number;
        step.size = static_cast<std::uint16_t>(1 + random() % 8);
    }
    return step;
}

bool can_be_a_field(Column column) {
    if (is_of_datagram(column) || column == Column::sampling_rate) return false;
    const Kind kind = info(column).kind;
    return kind == Kind::u32 || kind == Kind::u64 || kind == Kind::bytes;
}

/// Columns in their order, fields anywhere in the record, with gaps.
Layout random_layout(const Schema& schema, Random& random) {
    Layout layout;
    const std::size_t one_in = 1 + random() % 12;
    for (const Column column : schema.columns()) {
        if (can_be_a_field(column) && random() % one_in == 0) {
            layout.steps.push_back(random_step(column, random));
        }
    }
    std::vector<std::size_t> order(layout.steps.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    const std::size_t gap = random() % 3 == 0 ? 40 : 3;
    for (const std::size_t index : order) {
        layout.steps[index].offset = static_cast<std::uint16_t>(layout.record_size);
        layout.record_size += layout.steps[index].size + random() % gap;
    }
    layout.record_size += 1;
    for (const Step& step : layout.steps) {
        const bool wide = step.transform == Transform::number && step.size > 5;
        const bool time = step.transform != Transform::bytes && !wide && step.size == 8;
        layout.zero_bits.push_back(time ? 64 - 42 : wide ? 8 * step.size - 42 : 0);
    }
    return layout;
}

/// Numbers of every length; in one record of a hundred, too large ones.
Record random_records(const Layout& layout, std::size_t count, Random& random) {
    Record records(count * layout.record_size + record_padding);
    for (std::uint8_t& each : records) each = static_cast<std::uint8_t>(random());
    for (std::size_t i = 0; i < count; ++i) {
        const bool large = random() % 100 == 0;
        for (std::size_t k = 0; k < layout.steps.size(); ++k) {
            const Step& step = layout.steps[k];
            if (step.transform == Transform::bytes) continue;
            const unsigned room = 8U * step.size - (large ? 0 : layout.zero_bits[k]);
            const std::uint64_t value = (random() >> (64 - room)) >> (random() % room);
            std::uint8_t* const at = records.data() + i * layout.record_size + step.offset;
            for (std::size_t j = 0; j < step.size; ++j) {
                at[j] = static_cast<std::uint8_t>(value >> (8 * (step.size - 1 - j)));
            }
        }
    }
    return records;
}

TEST(Avx512, WritesWhatThePortableKernelWrites) {
    Random random{512};
    using Shape = std::tuple<std::size_t, bool, bool, Wide>;
    std::set<Shape> seen;
    const std::vector<Schema> all = schemas();
    for (int round = 0; round < 3000; ++round) {
        const Schema& schema = all[random() % all.size()];
        const Layout layout = random_layout(schema, random);
        const Formatter format{schema, Framing::bare};
        const auto program = std::make_unique<Program>();
        format.compile({.steps = layout.steps, .direct = true}, *program);
        const Windows& windows = program->windows;
        seen.insert({std::min<std::size_t>(windows.window_count, 7), windows.second_tables,
                     windows.divisions, windows.wide});
        Constants constants;
        format.begin(origin, constants);
        for (int repeat = 0; repeat < 8; ++repeat) {
            const std::size_t count = 1 + random() % row_records_max;
            const Record bytes = random_records(layout, count, random);
            const RecordRow records{bytes.data(), layout.record_size, count};
            const Framing framing = random() % 2 == 0 ? Framing::bare : Framing::length_prefixed;
            const std::size_t gap = random() % 3;
            const auto run = [&](RunProgram kernel) {
                return run_row(kernel, *program, constants, origin, records, framing, gap);
            };
            ASSERT_EQ(run(run_avx512), run(kernels().front().run)) << "round " << round;
        }
    }
    // 0 windows (all left to AVX2), 1 to 6 in registers, more in memory.
    for (std::size_t count = 0; count <= 7; ++count) {
        EXPECT_TRUE(std::any_of(seen.begin(), seen.end(),
                                [&](const Shape& shape) { return std::get<0>(shape) == count; }))
            << count << " windows";
    }
    EXPECT_GT(seen.size(), 30U) << "of 6 * 12 kinds of programs whose windows are in registers";
}

}  // namespace
}  // namespace flow::protobuf

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (flow::protobuf::find_kernel("avx512") == nullptr) {
        std::puts("skipped: this CPU has no AVX-512 with VBMI2");
        return 77;
    }
    return RUN_ALL_TESTS();
}

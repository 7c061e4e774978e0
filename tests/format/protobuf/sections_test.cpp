// SPDX-License-Identifier: BSD-3-Clause
// How operations become sections. That sections write the right messages is what compile_test,
// program_test and the pipeline's tests say of every kernel.
#include "flow/format/protobuf/sections.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "schemas.hpp"

namespace flow::protobuf {
namespace {

constexpr Schema v1 = Schema::all(Profile::goflow2_v1);
constexpr Schema v2 = Schema::all(Profile::goflow2_v2);

Step step(Column column, Transform transform, std::uint16_t offset, std::uint16_t size) {
    return {.column = column, .transform = transform, .offset = offset, .size = size};
}

Step number(Column column, std::uint16_t offset, std::uint16_t size) {
    return step(column, Transform::number, offset, size);
}

/// On the heap: a program is large.
std::unique_ptr<Program> compile(const std::vector<Step>& steps, const Schema& schema) {
    auto program = std::make_unique<Program>();
    Formatter{schema, Framing::bare}.compile({.steps = steps, .direct = true}, *program);
    return program;
}

TEST(Sections, OfConstantsAreTheirRuns) {
    const auto program = compile({}, v2);
    const Sections& sections = program->sections;
    ASSERT_TRUE(sections.usable);
    EXPECT_EQ(sections.group_count, 0);
    // Type, rate and sequence, then the sampler; the domain and the time received follow each other
    // in a head of their own, for two runs are the most that one copies.
    std::size_t runs = 0;
    for (std::size_t i = 0; i < sections.head_count; ++i) runs += sections.heads[i].count;
    EXPECT_EQ(runs, 4U);
    EXPECT_EQ(sections.head_count, 2);
    EXPECT_EQ(sections.sections[sections.section_count - 1u].write, end_writer());
}

TEST(Sections, TakeNeighboursIntoOneRowOfLanes) {
    const auto program = compile({number(Column::bytes, 0, 8), number(Column::packets, 8, 8)}, v2);
    const Sections& sections = program->sections;
    ASSERT_TRUE(sections.usable);
    EXPECT_EQ(sections.group_count, 1);
    EXPECT_EQ(sections.sections[1].write, lanes_writer(1, 2));
}

TEST(Sections, PutTwoAddressesIntoOnePiece) {
    const auto program = compile({step(Column::src_addr, Transform::bytes, 0, 4),
                                  step(Column::dst_addr, Transform::bytes, 4, 4)},
                                 v2);
    const Sections& sections = program->sections;
    ASSERT_TRUE(sections.usable);
    EXPECT_EQ(sections.group_count, 1);
    EXPECT_EQ(sections.sections[0].write, head_writer(Runs::usual, 1));
    EXPECT_EQ(sections.sections[0].piece_sizes[0], 12);
}

TEST(Sections, LeaveAddressesOfEthernetToOperations) {
    const auto program = compile({number(Column::src_mac, 0, 6)}, v2);
    const Sections& sections = program->sections;
    ASSERT_TRUE(sections.usable);
    std::size_t operations = 0;
    for (std::size_t i = 0; i < sections.section_count; ++i) {
        operations += sections.sections[i].write == operation_writer() ? 1 : 0;
    }
    EXPECT_EQ(operations, 1U);
}

TEST(Sections, ComputeTimesIntoLanesAndPieces) {
    const auto seconds =
        compile({step(Column::time_flow_start, Transform::s_of_milliseconds, 0, 8)}, v1);
    ASSERT_EQ(seconds->sections.time_count, 1);
    EXPECT_FALSE(seconds->sections.times[0].piece);
    const auto nanoseconds =
        compile({step(Column::time_flow_start_ns, Transform::ns_of_milliseconds, 0, 8)}, v2);
    ASSERT_EQ(nanoseconds->sections.time_count, 1);
    EXPECT_TRUE(nanoseconds->sections.times[0].piece);
    const auto milliseconds =
        compile({step(Column::time_flow_start_ms, Transform::ms_of_milliseconds, 0, 8)}, v1);
    EXPECT_EQ(milliseconds->sections.time_count, 0) << "it is a number";
}

TEST(Sections, AreNotMadeOfMessagesWithALongPrefix) {
    // Bytes of a size that no length of two bytes can say.
    const auto program = compile({step(Column::src_addr, Transform::bytes, 0, 16'384)}, v2);
    EXPECT_FALSE(program->sections.usable);
}

/// All messages of the row, each with its length before it.
std::string run(RunProgram kernel, const Program& program, const Constants& constants,
                const RecordRow& records) {
    std::vector<std::uint8_t> memory(program.row_size(records.count, 0));
    MessageRow messages;
    messages.to = memory.data();
    messages.framing = Framing::length_prefixed;
    kernel(program, constants, Origin{}, records, messages);
    const std::uint8_t* const end = messages.ends[records.count - 1];
    return {static_cast<const std::uint8_t*>(memory.data()), end};
}

// Lengths around 128, where the prefix becomes two bytes and a message must be moved; and one
// counter that is too large for its lane, at every place of the row.
TEST(Sections, GuessThePrefixAndMendTheGuess) {
    const RunProgram avx2 = find_kernel("avx2");
    if (avx2 == nullptr) GTEST_SKIP() << "this CPU has no AVX2 with a fast BMI2";
    const auto program =
        compile({step(Column::src_addr, Transform::bytes, 0, 16),
                 step(Column::dst_addr, Transform::bytes, 16, 16),
                 step(Column::next_hop, Transform::bytes, 32, 16), number(Column::bytes, 48, 8),
                 number(Column::packets, 56, 8), number(Column::src_as, 64, 4),
                 number(Column::dst_as, 68, 4), number(Column::in_if, 72, 4),
                 number(Column::out_if, 76, 4), number(Column::src_port, 80, 2),
                 number(Column::dst_port, 82, 2), number(Column::proto, 84, 1),
                 number(Column::tcp_flags, 85, 1), number(Column::src_vlan, 86, 2),
                 number(Column::dst_vlan, 88, 2), number(Column::ip_ttl, 90, 1)},
                v2);
    ASSERT_TRUE(program->sections.usable);
    constexpr std::size_t size = 91;
    Constants constants;
    Origin origin;
    origin.received_ns = 1'700'000'000'000'000'000;
    Formatter{v2, Framing::bare}.begin(origin, constants);
    std::mt19937_64 random{11};
    std::vector<std::uint8_t> bytes(row_records_max * size + record_padding);
    bool some_short = false;
    bool some_long = false;
    for (std::size_t round = 0; round < 300; ++round) {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        for (std::size_t i = 0; i < row_records_max; ++i) {
            std::uint8_t* const record = bytes.data() + i * size;
            std::memset(record + 48, 0, 5);  // counters that fit, but for one
            std::memset(record + 56, 0, 5);
            if (random() % 2 == 0) std::memset(record + 51, 0, size - 51);
        }
        if (round >= row_records_max) bytes[round % row_records_max * size + 48] = 0xff;
        const RecordRow records{bytes.data(), size, row_records_max};
        const std::string expected = run(kernels().front().run, *program, constants, records);
        ASSERT_EQ(run(avx2, *program, constants, records), expected) << "round " << round;
        some_short |= static_cast<std::uint8_t>(expected[0]) < 0x80;
        some_long |= static_cast<std::uint8_t>(expected[0]) >= 0x80;
    }
    EXPECT_TRUE(some_short && some_long);
}

}  // namespace
}  // namespace flow::protobuf

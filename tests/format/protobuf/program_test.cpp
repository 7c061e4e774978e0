// SPDX-License-Identifier: BSD-3-Clause
// Programs of single fields, run by every kernel, against bytes worked out by hand. That every
// program writes what the plain way writes is tests/pipeline/record_writer_test.cpp.
#include "flow/format/protobuf/program.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/model/time.hpp"
#include "rows.hpp"
#include "schemas.hpp"
#include "support/byte_builder.hpp"

namespace flow::protobuf {
namespace {

using test::ByteBuilder;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const Origin no_origin{};

Step step(Column column, Transform transform, std::uint16_t size, std::uint8_t shift = 0,
          std::uint8_t bits = 64) {
    return {.column = column, .transform = transform, .shift = shift, .bits = bits, .size = size};
}

/// The message of one record, in memory of exactly the promised size. The record is given twice,
/// one copy in the other's place: a kernel may leave single records to another one.
std::string run_one(const Kernel& kernel, const std::vector<Step>& steps, const ByteBuilder& record,
                    const Origin& origin, Framing framing, const Schema& of) {
    const Formatter format{of, framing, kernel.run};
    Program program{};
    Constants constants{};
    format.compile({.steps = steps, .direct = true}, program);
    format.begin(origin, constants);
    EXPECT_LE(program.operation_count, Program::operations_max);
    const ByteBuilder padded = ByteBuilder{record}.fill(record_padding, 0xa5);
    const std::size_t room = program.row_size(2, 0);
    const std::unique_ptr<std::uint8_t[]> memory{new std::uint8_t[room]};
    MessageRow messages;
    messages.to = memory.get();
    format.run(program, constants, origin, {padded.bytes().data(), 0, 2}, messages);
    EXPECT_LE(messages.ends[0], memory.get() + program.message_size_max);
    const std::uint8_t* const begin = memory.get();
    const std::uint8_t* const middle = messages.ends[0];
    const std::uint8_t* const end = messages.ends[1];
    const std::string message{begin, middle};
    const std::string again{middle, end};
    EXPECT_EQ(again, message);
    return message;
}

/// The message that every kernel writes.
std::string run(const std::vector<Step>& steps, const ByteBuilder& record,
                const Origin& origin = no_origin, Framing framing = Framing::bare,
                const Schema& of = schema) {
    const std::string message = run_one(kernels().front(), steps, record, origin, framing, of);
    for (const Kernel& kernel : kernels()) {
        EXPECT_EQ(run_one(kernel, steps, record, origin, framing, of), message) << kernel.name;
    }
    return message;
}

/// The same in the schema of goflow2 v2 with custom columns.
std::string run_v2(const std::vector<Step>& steps, const ByteBuilder& record,
                   const Origin& origin = no_origin) {
    static const Schema all = with_custom_columns(Profile::goflow2_v2);
    return run(steps, record, origin, Framing::bare, all);
}

TEST(Program, HasAKernelForEveryCpu) {
    ASSERT_FALSE(kernels().empty());
    EXPECT_STREQ(kernels().front().name, "portable");
    EXPECT_EQ(choose_kernel(), kernels().back().run);
}

TEST(Program, WithoutStepsWritesTheDatagramsColumns) {
    EXPECT_EQ(run({}, {}), "");
    const std::uint8_t octets[] = {192, 0, 2, 1};
    const Origin origin{.type = FlowType::ipfix,
                        .sampler = Address::from(octets),
                        .sequence = 4,
                        .observation_domain = 5,
                        .sampling_rate = 3,
                        .received_ns = 2'999'999'999};
    EXPECT_EQ(
        run({}, {}, origin),
        std::string("\x08\x04\x10\x02\x18\x03\x20\x04\x5a\x04\xc0\x00\x02\x01\xb0\x04\x05", 17));
    EXPECT_EQ(run({}, {}, origin, Framing::length_prefixed).front(), 17);
}

TEST(Program, WritesTheLargestColumnsOfADatagram) {
    const std::array<std::uint8_t, 16> octets{0x20, 1, 0xd, 0xb8, 1};
    const Origin origin{.type = FlowType::ipfix,
                        .sampler = Address::from(octets),
                        .sequence = UINT32_MAX,
                        .observation_domain = UINT32_MAX,
                        .sampling_rate = UINT64_MAX,
                        .received_ns = UINT64_MAX};
    // Type 2, time 1 + 5, rate 1 + 10, sequence 1 + 5, sampler 2 + 16, domain 2 + 5.
    EXPECT_EQ(run({}, {}, origin).size(), 50u);
}

TEST(Program, WritesTheDatagramsColumnsOfGoflow2V2) {
    const std::uint8_t octets[] = {192, 0, 2, 1};
    const Origin origin{.type = FlowType::ipfix,
                        .sampler = Address::from(octets),
                        .sequence = 4,
                        .observation_domain = 5,
                        .sampling_rate = 3,
                        .received_ns = 300};
    EXPECT_EQ(
        run_v2({}, {}, origin),
        std::string("\x08\x04\x18\x03\x20\x04\x5a\x04\xc0\x00\x02\x01\xb0\x04\x05\xf0\x06\xac\x02",
                    19));
}

// Without the columns between them, the constants are more than one run has room for.
TEST(Program, SplitsALongRowOfConstants) {
    const std::array<std::uint8_t, 16> octets{0x20, 1, 0xd, 0xb8, 1};
    const Origin origin{.type = FlowType::netflow_v8,
                        .sampler = Address::from(octets),
                        .sequence = UINT32_MAX,
                        .observation_domain = UINT32_MAX,
                        .sampling_rate = UINT64_MAX,
                        .received_ns = UINT64_MAX};
    Schema few;  // of goflow2 v1
    for (const Column column :
         {Column::type, Column::time_received, Column::sampling_rate, Column::sequence_num,
          Column::sampler_address, Column::observation_domain_id}) {
        few.add(column);
    }
    const std::string all = run({}, {}, origin);
    EXPECT_EQ(all.size(), 51u);
    EXPECT_EQ(run({}, {}, origin, Framing::bare, few), all);
}

TEST(Program, ReadsNumbersOfEverySize) {
    for (std::uint16_t size = 1; size <= 8; ++size) {
        const ByteBuilder record = ByteBuilder{}.number(0x55, size);
        EXPECT_EQ(run({step(Column::bytes, Transform::number, size)}, record), "\x48\x55");
    }
    EXPECT_EQ(run({step(Column::bytes, Transform::number, 0)}, {}), "");
    EXPECT_EQ(run({step(Column::bytes, Transform::number, 4)}, ByteBuilder{}.u32(0)), "");
}

TEST(Program, KeepsTheLowBitsOfWideNumbers) {
    const ByteBuilder record = ByteBuilder{}.u64(0xffffffff00000001);
    EXPECT_EQ(run({step(Column::in_if, Transform::number, 8)}, record),
              std::string("\x90\x01\x01", 3));
}

TEST(Program, TakesAPartOfANumber) {
    const ByteBuilder record = ByteBuilder{}.raw({3, 13});
    EXPECT_EQ(run({step(Column::icmp_type, Transform::number, 2, 8, 56),
                   step(Column::icmp_code, Transform::number, 2, 0, 8)},
                  record),
              std::string("\xf8\x01\x03\x80\x02\x0d", 6));
}

TEST(Program, CopiesBytesOfEverySize) {
    for (const std::uint16_t size : {1, 4, 5, 16, 127, 128, 2000}) {
        const ByteBuilder record = ByteBuilder{}.fill(size, 0x42);
        const std::string message = run({step(Column::next_hop, Transform::bytes, size)}, record);
        EXPECT_EQ(message.size(), 1u + (size < 128 ? 1 : 2) + size);
        EXPECT_EQ(message.substr(message.size() - size), std::string(size, 0x42));
    }
    EXPECT_EQ(run({step(Column::next_hop, Transform::bytes, 0)}, {}), "");
}

TEST(Program, ReadsEveryTime) {
    const Origin origin{.sampler = {}, .export_seconds = 1000, .uptime_ms = 500'000};
    const auto time = [&](Transform transform, std::uint64_t value) {
        return run({step(Column::time_flow_end, transform, 8)}, ByteBuilder{}.u64(value), origin)
            .substr(1);
    };
    using enum Transform;
    EXPECT_EQ(time(s_of_uptime, 400'000), "\x84\x07") << 900;
    EXPECT_EQ(time(ms_of_uptime, 400'000), "\xa0\xf7\x36") << 900'000;
    EXPECT_EQ(time(s_of_seconds, 900), "\x84\x07");
    EXPECT_EQ(time(ms_of_seconds, 900), "\xa0\xf7\x36");
    EXPECT_EQ(time(s_of_milliseconds, 900'999), "\x84\x07");
    EXPECT_EQ(time(ms_of_milliseconds, 900'000), "\xa0\xf7\x36");
    EXPECT_EQ(time(s_of_ntp, (ntp_unix_offset + 900) << 32), "\x84\x07");
    EXPECT_EQ(time(ms_of_ntp, (ntp_unix_offset + 900) << 32), "\xa0\xf7\x36");
    EXPECT_EQ(time(s_of_delta_us, 100'000'000), "\x84\x07");
    EXPECT_EQ(time(ms_of_delta_us, 100'000'000), "\xa0\xf7\x36");
}

TEST(Program, ReadsEveryTimeInNanoseconds) {
    const Origin origin{
        .sampler = {}, .export_seconds = 1000, .export_nanoseconds = 5, .uptime_ms = 500'000};
    const auto time = [&](Transform transform, std::uint64_t value) {
        const std::string message = run_v2({step(Column::time_flow_end_ns, transform, 8)},
                                           ByteBuilder{}.u64(value), origin);
        EXPECT_EQ(message.substr(0, 2), "\x80\x07");
        return message.substr(2);
    };
    using enum Transform;
    // Varints of 900 * 10^9 and of the same and 5.
    const std::string exact = "\x80\xd0\xb8\xe1\x98\x1a";
    const std::string and_five = "\x85\xd0\xb8\xe1\x98\x1a";
    EXPECT_EQ(time(ns_of_uptime, 400'000), and_five);
    EXPECT_EQ(time(ns_of_seconds, 900), exact);
    EXPECT_EQ(time(ns_of_milliseconds, 900'000), exact);
    EXPECT_EQ(time(ns_of_ntp, (ntp_unix_offset + 900) << 32), exact);
    EXPECT_EQ(run_v2({step(Column::time_flow_end_ns, ns_of_ntp, 8)}, ByteBuilder{}.u64(0)), "");
    EXPECT_EQ(time(ns_of_delta_us, 100'000'000), and_five);
}

TEST(Program, WritesTheTimeOfExportWithoutAField) {
    const Origin origin{.sampler = {}, .export_seconds = 900};
    const std::vector<Step> steps{
        {.column = Column::time_flow_start_ns, .transform = Transform::ns_of_export, .size = 0}};
    EXPECT_EQ(run_v2(steps, {}, origin), std::string("\xf8\x06\x80\xd0\xb8\xe1\x98\x1a", 8));
}

TEST(Program, ReadsLittleEndianNumbers) {
    const ByteBuilder record = ByteBuilder{}.raw({0x2c, 0x01, 0, 0, 7, 0, 0, 0});
    using enum Transform;
    EXPECT_EQ(run_v2({step(Column::bytes, number_little, 2)}, record), "\x48\xac\x02");
    EXPECT_EQ(run_v2({step(Column::src_port, number_little, 4)}, record), "\xa8\x01\xac\x02");
    EXPECT_EQ(run_v2({step(Column::src_port, number_little, 8)}, record), "\xa8\x01\xac\x02")
        << "low 32 bits";
    EXPECT_EQ(run_v2({step(Column::bytes, number_little, 0)}, record), "");
}

TEST(Program, WritesCustomColumnsInTheOrderOfTheSteps) {
    const ByteBuilder record = ByteBuilder{}.raw({1, 0x2c, 0, 0, 'a', 'b'});
    const auto at = [](std::uint16_t offset, Step each) {
        each.offset = offset;
        return each;
    };
    using enum Transform;
    EXPECT_EQ(run_v2({at(4, step(custom_column(2), Transform::bytes, 2)),
                      at(0, step(custom_column(1), number, 2)),
                      at(2, step(Column::bytes, number_little, 1)),
                      at(0, step(Column::packets, number, 1)),
                      at(0, step(custom_column(0), number_little, 1))},
                     record),
              "\x50\x01"
              "\x82\x7d\x02"
              "ab"
              "\xb8\x3e\xac\x02"
              "\x40\x01");
}

TEST(Program, WritesCustomColumnsThatAreZeroOrEmpty) {
    const ByteBuilder record = ByteBuilder{}.u32(0);
    for (const Transform transform : {Transform::number, Transform::number_little}) {
        EXPECT_EQ(run_v2({step(custom_column(1), transform, 4)}, record),
                  std::string("\xb8\x3e\x00", 3));
        EXPECT_EQ(run_v2({step(custom_column(1), transform, 0)}, ByteBuilder{}.u64(~0ULL)),
                  std::string("\xb8\x3e\x00", 3))
            << "a field of no bytes";
    }
    EXPECT_EQ(run_v2({step(custom_column(3), Transform::bytes, 0)}, record),
              std::string("\x82\xe2\x09\x00", 4));
}

TEST(Program, WritesConstants) {
    EXPECT_EQ(
        run({{.column = Column::has_mpls, .transform = Transform::constant, .operand = 1}}, {}),
        "\xa8\x03\x01");
    EXPECT_EQ(
        run({{.column = Column::etype, .transform = Transform::constant, .operand = 0x86dd}}, {}),
        std::string("\xf0\x01\xdd\x8d\x02", 5));
}

TEST(Program, OrdersFieldsByNumber) {
    const ByteBuilder record = ByteBuilder{}.u8(1);
    EXPECT_EQ(
        run({step(Column::observation_point_id, Transform::number, 1),
             step(Column::proto, Transform::number, 1), step(Column::bytes, Transform::number, 1)},
            record),
        std::string("\x48\x01\xa0\x01\x01\xb8\x04\x01", 8));
}

/// Records of counters, times, ports and an address; `bits` limits their numbers.
std::vector<std::uint8_t> random_records(std::size_t count, std::size_t size, unsigned bits,
                                         std::mt19937_64& random) {
    std::vector<std::uint8_t> records(count * size + record_padding, 0xa5);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t at = 0; at < size; at += 8) {
            const std::uint64_t value = random() >> (64 - 1 - random() % bits);
            for (std::size_t j = 0; j < 8; ++j) {
                records[i * size + at + j] = static_cast<std::uint8_t>(value >> (56 - 8 * j));
            }
        }
    }
    return records;
}

// Numbers that fit their lanes, and with 64 bits some that do not: then a whole row is written
// another way.
TEST(Program, RowsAreTheSameFromEveryKernel) {
    const std::uint8_t octets[] = {192, 0, 2, 1};
    const Origin origin{.type = FlowType::ipfix,
                        .sampler = Address::from(octets),
                        .sequence = 77,
                        .received_ns = 1'700'000'000'000'000'000,
                        .export_seconds = 1'700'000'000,
                        .uptime_ms = 5000};
    std::mt19937_64 random{21};
    for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
        const bool is_v1 = profile == Profile::goflow2_v1;
        const auto at = [](Column column, Transform transform, std::uint16_t offset,
                           std::uint16_t size) {
            return Step{.column = column, .transform = transform, .offset = offset, .size = size};
        };
        const std::vector<Step> steps{
            at(Column::bytes, Transform::number, 0, 8),
            at(Column::packets, Transform::number, 8, 8),
            at(Column::src_mac, Transform::number, 18, 6),
            at(Column::src_addr, Transform::bytes, 24, 16),
            at(Column::src_port, Transform::number, 46, 2),
            at(Column::in_if, Transform::number, 52, 4),
            at(is_v1 ? Column::time_flow_start : Column::time_flow_start_ns,
               is_v1 ? Transform::s_of_milliseconds : Transform::ns_of_milliseconds, 56, 8),
            at(is_v1 ? Column::time_flow_end_ms : Column::time_flow_end_ns,
               is_v1 ? Transform::ms_of_milliseconds : Transform::ns_of_uptime, 64, 8)};
        constexpr std::size_t size = 72;
        const Formatter format{Schema::all(profile), Framing::bare};
        const auto program = std::make_unique<Program>();
        format.compile({.steps = steps, .direct = true}, *program);
        ASSERT_NE(program->windows.window_count, 0);
        Constants constants;
        format.begin(origin, constants);
        for (int round = 0; round < 600; ++round) {
            const std::size_t count = 1 + random() % row_records_max;
            const unsigned bits = round % 3 == 0 ? 64 : 42;
            const auto bytes = random_records(count, size, bits, random);
            const RecordRow records{bytes.data(), size, count};
            const Framing framing = round % 2 == 0 ? Framing::bare : Framing::length_prefixed;
            const std::size_t gap = random() % 4;
            const std::string first =
                run_row(kernels().front().run, *program, constants, origin, records, framing, gap);
            for (const Kernel& kernel : kernels()) {
                ASSERT_EQ(run_row(kernel.run, *program, constants, origin, records, framing, gap),
                          first)
                    << kernel.name << ", round " << round;
            }
        }
    }
}

// Longer than the lanes that a window has for them.
TEST(Program, WritesAnUnusualSamplingRate) {
    for (const std::uint64_t rate : {(1ULL << 28) - 1, 1ULL << 28, 1ULL << 56, ~0ULL}) {
        Origin origin;
        origin.type = FlowType::netflow_v8;
        origin.sequence = UINT32_MAX;
        origin.sampling_rate = rate;
        const std::string message = run({}, {}, origin);  // compares the kernels
        EXPECT_NE(message.find('\x18'), std::string::npos);
    }
}

TEST(Program, KernelsAreFoundByTheirNames) {
    for (const Kernel& kernel : kernels()) EXPECT_EQ(find_kernel(kernel.name), kernel.run);
    EXPECT_EQ(find_kernel("mmx"), nullptr);
}

}  // namespace
}  // namespace flow::protobuf

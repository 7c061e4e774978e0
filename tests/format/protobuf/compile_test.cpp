// SPDX-License-Identifier: BSD-3-Clause
// Random direct plans over random records: every kernel writes what the plain encoder writes of the
// values that a slow reading of the steps finds, and libprotobuf reads these values.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/model/time.hpp"
#include "schemas.hpp"
#include "support/exact_bytes.hpp"
#include "support/parsed_flow.hpp"
#include "support/random_flow.hpp"

namespace flow::protobuf {
namespace {

using namespace flow::test;

std::string text(const std::uint8_t* begin, const std::uint8_t* end) { return {begin, end}; }

/// A direct plan, a record for it, and where they came from.
class Example {
public:
    Example(const Schema& schema, std::mt19937_64& random) : random_{random} {
        for (const Column column : schema.columns()) {
            if (is_constant(column) || random_() % 4 == 0) continue;
            const Kind kind = info(column).kind;
            if (kind == Kind::bytes) add_bytes(column);
            if (kind == Kind::u32 || kind == Kind::u64) add_number(column, kind == Kind::u64);
            if (kind == Kind::boolean) steps_.push_back(constant(column, 1));
        }
        for (std::size_t i = 0; i < schema.customs().size(); ++i) {
            const bool varint = schema.customs()[i].type == CustomColumn::Type::varint;
            if (random_() % 4 == 0) continue;
            varint ? add_number(custom_column(i), false) : add_bytes(custom_column(i));
        }
        std::shuffle(steps_.begin(), steps_.end(), random_);
        sampler_.resize(random_() % 2 == 0 ? 4 : 16, 0x20);
        origin_ = {.type = FlowType::ipfix,
                   .sampler = Address::from(sampler_),
                   .sequence = static_cast<std::uint32_t>(random_number(random_)),
                   .observation_domain = static_cast<std::uint32_t>(random_number(random_)),
                   .sampling_rate = random_number(random_),
                   .received_ns = random_number(random_),
                   .export_seconds = static_cast<std::uint32_t>(random_number(random_)),
                   .export_nanoseconds = static_cast<std::uint32_t>(random_() % 1'000'000'000),
                   .uptime_ms = static_cast<std::uint32_t>(random_number(random_))};
    }

    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] Plan plan() const { return {.steps = steps_, .direct = true}; }
    /// Behind it only what a program may read.
    [[nodiscard]] ExactBytes record() const {
        std::vector<std::uint8_t> padded = record_;
        padded.resize(record_.size() + record_padding, 0xa5);
        return ExactBytes{padded};
    }

    /// What the steps say, found slowly.
    [[nodiscard]] Flow flow() const {
        Flow flow;
        flow.set(Column::type, static_cast<std::uint64_t>(origin_.type));
        flow.set(Column::time_received, origin_.received_ns / 1'000'000'000);
        flow.set(Column::time_received_ns, origin_.received_ns);
        flow.set(Column::sequence_num, std::uint64_t{origin_.sequence});
        flow.set(Column::sampling_rate, origin_.sampling_rate);
        flow.set(Column::observation_domain_id, std::uint64_t{origin_.observation_domain});
        flow.set(Column::sampler_address, Bytes{sampler_});
        for (const Step& step : steps_) {
            const Bytes field = Bytes{record_}.subspan(step.offset, step.size);
            if (is_custom(step.column)) {
                const bool is_bytes = step.transform == Transform::bytes;
                flow.append({step.column, is_bytes ? 0 : number(step), field});
            } else if (step.transform == Transform::bytes) {
                flow.set(step.column, field);
            } else {
                flow.set(step.column, number(step));
            }
        }
        return flow;
    }

private:
    static bool is_constant(Column column) {
        using enum Column;
        const auto all = {type,          time_received,   time_received_ns,     sequence_num,
                          sampling_rate, sampler_address, observation_domain_id};
        return std::find(all.begin(), all.end(), column) != all.end();
    }
    static Step constant(Column column, std::uint16_t operand) {
        return {.column = column, .transform = Transform::constant, .operand = operand};
    }

    Step field(Column column, Transform transform, std::size_t size) {
        const std::size_t offset = record_.size();
        const bool zeros = random_() % 8 == 0;
        const std::uint64_t value = random_number(random_);
        for (std::size_t i = 0; i < size; ++i) {
            const bool number = size <= 8;
            const std::uint64_t byte = number ? value >> (8 * (size - 1 - i)) : random_();
            record_.push_back(zeros ? 0 : static_cast<std::uint8_t>(byte));
        }
        return {.column = column,
                .transform = transform,
                .offset = static_cast<std::uint16_t>(offset),
                .size = static_cast<std::uint16_t>(size)};
    }
    void add_bytes(Column column) {
        const std::size_t sizes[] = {0, 1, 4, 6, 16, 130};
        steps_.push_back(field(column, Transform::bytes, sizes[random_() % std::size(sizes)]));
    }
    void add_number(Column column, bool time_too) {
        const std::uint64_t choice = random_() % (time_too ? 8 : 4);
        if (choice == 0 && !is_custom(column)) {
            steps_.push_back(constant(column, static_cast<std::uint16_t>(random_())));
        } else if (choice == 1) {
            steps_.push_back(field(column, Transform::number_little, random_() % 9));
        } else if (choice < 4) {
            Step step = field(column, Transform::number, random_() % 9);
            if (random_() % 2 == 0 && step.size > 0 && !is_custom(column)) {
                step.shift = static_cast<std::uint8_t>(random_() % (8 * step.size));
                step.bits = static_cast<std::uint8_t>(1 + random_() % 64);
            }
            steps_.push_back(step);
        } else if (choice == 4) {
            steps_.push_back({.column = column, .transform = Transform::ns_of_export});
        } else {
            const auto first = static_cast<unsigned>(Transform::s_of_uptime);
            const auto count = static_cast<unsigned>(Transform::ns_of_export) - first;
            const auto transform = static_cast<Transform>(first + random_() % count);
            steps_.push_back(field(column, transform, 1 + random_() % 8));
        }
    }

    [[nodiscard]] std::uint64_t number(const Step& step) const {
        if (step.transform == Transform::constant) return step.operand;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < step.size; ++i) {
            const bool little = step.transform == Transform::number_little;
            value = value * 256 + record_[step.offset + (little ? step.size - 1 - i : i)];
        }
        if (is_time(step.transform)) return time_value(step.transform, value, origin_);
        value >>= step.shift;
        return step.bits == 64 ? value : value % (std::uint64_t{1} << step.bits);
    }

    std::mt19937_64& random_;
    std::vector<Step> steps_;
    std::vector<std::uint8_t> record_;
    std::vector<std::uint8_t> sampler_;
    Origin origin_;
};

std::string plain(const Formatter& format, const Flow& flow) {
    std::vector<std::uint8_t> memory(format.size_max(flow));
    return text(memory.data(), format.write(flow, memory.data()));
}

/// In memory of exactly the promised size.
std::string compiled(const Formatter& format, const Example& example) {
    Program program{};
    Constants constants{};
    format.compile(example.plan(), program);
    format.begin(example.origin(), constants);
    EXPECT_LT(program.operation_count, Program::operations_max);
    const ExactBytes record = example.record();
    const std::unique_ptr<std::uint8_t[]> memory{new std::uint8_t[program.row_size(2, 0)]};
    MessageRow messages;
    messages.to = memory.get();
    // Twice: a kernel may leave single records to another one.
    format.run(program, constants, example.origin(), {record.bytes().data(), 0, 2}, messages);
    EXPECT_LE(messages.ends[0], memory.get() + program.message_size_max);
    EXPECT_EQ(text(messages.ends[0], messages.ends[1]), text(memory.get(), messages.ends[0]));
    return text(memory.get(), messages.ends[0]);
}

TEST(Compile, RandomPlansWriteWhatThePlainWayWrites) {
    std::mt19937_64 random{11};
    for (const Schema& schema : schemas()) {
        for (int round = 0; round < 1500; ++round) {
            const Example example{schema, random};
            const Flow flow = example.flow();
            for (const Framing framing : {Framing::bare, Framing::length_prefixed}) {
                const std::string expected = plain(Formatter{schema, framing}, flow);
                for (const Kernel& kernel : kernels()) {
                    const Formatter format{schema, framing, kernel.run};
                    ASSERT_EQ(compiled(format, example), expected)
                        << kernel.name << ", round " << round;
                }
            }
        }
    }
}

TEST(Compile, RandomPlansAreReadByLibprotobuf) {
    std::mt19937_64 random{12};
    for (const Schema& schema : schemas()) {
        const Formatter format{schema, Framing::bare};
        for (int round = 0; round < 1000; ++round) {
            const Example example{schema, random};
            const std::string message = compiled(format, example);
            const Bytes bytes{reinterpret_cast<const std::uint8_t*>(message.data()),
                              message.size()};
            expect_equal(*parse_flow(bytes, schema.profile()), example.flow(), schema);
            if (testing::Test::HasFailure()) FAIL() << "round " << round;
        }
    }
}

// The most that a program may hold: a step for each column and for every custom one.
TEST(Compile, HasRoomForEveryColumn) {
    for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
        Schema schema = with_own_columns(profile);
        for (std::uint32_t i = 0; i < custom_columns_max; ++i) {
            ASSERT_TRUE(schema.add_custom({.name = "custom", .number = 10'000 + i}));
        }
        std::vector<Step> steps;
        const auto add = [&](Column column) {
            steps.push_back({.column = column, .transform = Transform::number, .size = 8});
        };
        for (const Column column : schema.columns()) add(column);
        for (std::size_t i = 0; i < custom_columns_max; ++i) add(custom_column(i));
        const Formatter format{schema, Framing::length_prefixed};
        Program program{};
        format.compile({.steps = steps, .direct = true}, program);
        EXPECT_LT(program.operation_count, Program::operations_max);
        Constants constants{};
        format.begin(Origin{}, constants);
        const std::vector<std::uint8_t> record(8 + record_padding, 0xff);
        std::vector<std::uint8_t> memory(program.row_size(1, 0));
        MessageRow messages;
        messages.to = memory.data();
        format.run(program, constants, Origin{}, {record.data(), 8, 1}, messages);
        EXPECT_LE(messages.ends[0], memory.data() + program.message_size_max);
    }
}

}  // namespace
}  // namespace flow::protobuf

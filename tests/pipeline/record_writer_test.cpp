// SPDX-License-Identifier: BSD-3-Clause
// Three ways from a record to a message: a format's program, the plain way through a Flow, and the
// slow decoder of the tests. For thousands of random templates they agree.
#include "flow/pipeline/record_writer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "random_template.hpp"
#include "slow_flow.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/parsed_flow.hpp"
#include "support/plain_formatter.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using protobuf::Framing;

/// A profile's columns and flowd's own.
constexpr Schema with_own_columns(Profile profile) {
    Schema all = Schema::all(profile);
    for (std::size_t i = 0; i < column_count; ++i) {
        if (column_table[i].own()) all.add(static_cast<Column>(i));
    }
    return all;
}
constexpr Schema schema = with_own_columns(Profile::goflow2_v1);
constexpr Schema schema_v2 = with_own_columns(Profile::goflow2_v2);
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 2, .templates_max = 4, .templates_per_exporter_max = 4}};

/// A datagram with a random template and some records, and what they say.
struct Example {
    Example(const TemplateShape& shape, std::mt19937_64& random) : version{shape.version} {
        RandomTemplate layout{shape, random};
        fields = layout.fields();
        ByteBuilder body;
        for (std::size_t i = 1 + random() % 4; i > 0; --i) {
            records.push_back(layout.record());
            body.bytes(layout.encode(records.back()).bytes());
        }
        const unsigned template_set = version == 10 ? 2 : 0;
        const ByteBuilder teach = set(template_set, template_record(256, fields).bytes());
        const ByteBuilder sets = ByteBuilder{teach}.bytes(set(256, body.bytes()).bytes());
        origin = {.type = version == 10 ? FlowType::ipfix : FlowType::netflow_v9,
                  .sampler = ipv4(192, 0, 2, 1),
                  .sequence = static_cast<std::uint32_t>(random()),
                  .observation_domain = version == 10 ? static_cast<std::uint32_t>(random()) : 0,
                  .received_ns = 1'700'000'000'123'456'789,
                  .export_seconds = static_cast<std::uint32_t>(random()),
                  .uptime_ms = static_cast<std::uint32_t>(random())};
        wire = version == 10 ? ipfix_message({.seconds = origin.export_seconds,
                                              .sequence = origin.sequence,
                                              .domain = origin.observation_domain},
                                             sets.bytes())
                             : netflow9_message({.uptime_ms = origin.uptime_ms,
                                                 .seconds = origin.export_seconds,
                                                 .sequence = origin.sequence,
                                                 .source_id = 5})
                                   .bytes(sets.bytes());
    }

    std::uint8_t version;
    Fields fields;
    std::vector<FieldValues> records;
    Origin origin;
    ByteBuilder wire;
};

/// The messages of a pipeline that has seen nothing before.
template <class Format>
std::vector<std::string> messages(const Format& format, const Example& example,
                                  const Schema& columns = schema) {
    VectorSink sink;
    Pipeline<Format, VectorSink> pipeline{format, columns, sink, limits};
    const ExactBytes exact{example.wire.bytes()};
    Datagram given = datagram(exact.bytes());
    given.received_ns = example.origin.received_ns;
    EXPECT_EQ(pipeline.process(given), Error::none);
    std::vector<std::string> written;
    for (const VectorSink::Message& message : sink.messages) {
        written.emplace_back(message.bytes().begin(), message.bytes().end());
    }
    return written;
}

std::string describe(const Example& example) {
    std::string text = "version " + std::to_string(example.version) + ":";
    for (const TemplateField& field : example.fields) {
        text += " " + std::to_string(field.id) + "/" + std::to_string(field.length);
        if (field.enterprise != 0) text += "e";
    }
    return text;
}

void expect_equal_to_slow(const std::string& message, const Example& example, std::size_t record) {
    const SlowFlow slow =
        slow_flow(example.version, example.fields, example.records[record], example.origin);
    const flowpb::FlowMessage parsed =
        parse_flow({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()});
    for (const Column column : schema.columns()) {
        if (info(column).kind == Kind::bytes) {
            const auto value = slow.bytes.find(column);
            EXPECT_EQ(bytes_of(parsed, column),
                      value == slow.bytes.end() ? std::string{} : value->second)
                << info(column).name;
        } else if (holds_number(info(column).kind)) {
            const auto value = slow.numbers.find(column);
            EXPECT_EQ(number_of(parsed, column), value == slow.numbers.end() ? 0 : value->second)
                << info(column).name;
        }
    }
}

/// All three ways, with every kernel and both framings.
void compare(const TemplateShape& shape, std::uint64_t seed, int rounds) {
    std::mt19937_64 random{seed};
    for (int round = 0; round < rounds; ++round) {
        const Example example{shape, random};
        SCOPED_TRACE(describe(example));
        for (const Framing framing : {Framing::bare, Framing::length_prefixed}) {
            const protobuf::Formatter first{schema, framing};
            const auto plain = messages(PlainFormatter{first}, example);
            // Bytes of no record may remain as padding, or be a record of empty fields.
            ASSERT_GE(plain.size(), example.records.size());
            for (const protobuf::Kernel& kernel : protobuf::kernels()) {
                const protobuf::Formatter format{schema, framing, kernel.run};
                ASSERT_EQ(messages(format, example), plain) << kernel.name;
            }
            if (framing == Framing::length_prefixed) continue;
            for (std::size_t i = 0; i < example.records.size(); ++i) {
                expect_equal_to_slow(plain[i], example, i);
            }
        }
        if (testing::Test::HasFailure()) FAIL() << "round " << round;
    }
}

TEST(RecordWriter, AgreesWithTheSlowDecoderOnNetflow9) { compare({.version = 9}, 101, 3000); }

TEST(RecordWriter, AgreesWithTheSlowDecoderOnIpfix) { compare({.version = 10}, 102, 3000); }

TEST(RecordWriter, AgreesWithTheSlowDecoderOnVariableLength) {
    compare({.version = 10, .variable = true}, 103, 2000);
}

// The slow decoder knows goflow2 v1's columns only; the two ways of the library are compared here.
TEST(RecordWriter, WritesTheSameBothWaysInGoflow2V2) {
    std::mt19937_64 random{105};
    int direct = 0;
    for (int round = 0; round < 3000; ++round) {
        const auto version = static_cast<std::uint8_t>(round % 2 == 0 ? 9 : 10);
        const Example example{{.version = version}, random};
        SCOPED_TRACE(describe(example));
        const protobuf::Formatter first{schema_v2, Framing::length_prefixed};
        const auto plain = messages(PlainFormatter{first}, example, schema_v2);
        for (const protobuf::Kernel& kernel : protobuf::kernels()) {
            const protobuf::Formatter format{schema_v2, Framing::length_prefixed, kernel.run};
            ASSERT_EQ(messages(format, example, schema_v2), plain) << kernel.name;
        }
        std::array<Step, plan_steps_max> memory{};
        const Template layout{.version = version, .id = 256, .fields = example.fields};
        direct += produce::compile(layout, schema_v2, memory).direct ? 1 : 0;
    }
    EXPECT_GT(direct, 500);
    EXPECT_LT(direct, 2500);
}

// Were all random plans direct, or none, the comparison would prove little.
TEST(RecordWriter, IsComparedOnPlansOfBothKinds) {
    std::mt19937_64 random{101};
    int direct = 0;
    for (int round = 0; round < 1000; ++round) {
        const Example example{{.version = 9}, random};
        std::array<Step, plan_steps_max> memory{};
        const Template layout{.version = 9, .id = 256, .fields = example.fields};
        direct += produce::compile(layout, schema, memory).direct ? 1 : 0;
    }
    EXPECT_GT(direct, 200);
    EXPECT_LT(direct, 800);
}

// Every element alone, in every size: what a mixture may hide.
TEST(RecordWriter, AgreesWithTheSlowDecoderOnEveryElementAlone) {
    std::mt19937_64 random{104};
    std::set<std::uint16_t> ids;
    for (const produce::Element& element : produce::elements()) ids.insert(element.id);
    for (const std::uint16_t id : ids) {
        for (std::uint16_t size = 0; size <= 17; ++size) {
            for (const std::uint8_t version : {std::uint8_t{9}, std::uint8_t{10}}) {
                Example example{{.version = version}, random};
                example.fields = {{id, size}, {9999, 1}};
                std::vector<std::uint8_t> value(size);
                for (std::uint8_t& byte : value) byte = static_cast<std::uint8_t>(random());
                if (id == 60 && size > 0) value[0] = 6;
                example.records = {{value, {1}}};
                const ByteBuilder body = ByteBuilder{}.bytes(value).u8(1);
                ByteBuilder sets =
                    set(version == 10 ? 2 : 0, template_record(256, example.fields).bytes());
                sets.bytes(set(256, body.bytes()).bytes());
                example.wire = version == 10
                                   ? ipfix_message({.seconds = example.origin.export_seconds,
                                                    .sequence = example.origin.sequence,
                                                    .domain = example.origin.observation_domain},
                                                   sets.bytes())
                                   : netflow9_message({.uptime_ms = example.origin.uptime_ms,
                                                       .seconds = example.origin.export_seconds,
                                                       .sequence = example.origin.sequence})
                                         .bytes(sets.bytes());
                SCOPED_TRACE(describe(example));
                const protobuf::Formatter format{schema, Framing::bare};
                const auto plain = messages(PlainFormatter{format}, example);
                ASSERT_EQ(messages(format, example), plain);
                ASSERT_EQ(plain.size(), 1u);
                expect_equal_to_slow(plain[0], example, 0);
                if (HasFailure()) return;
            }
        }
    }
}

}  // namespace
}  // namespace flow

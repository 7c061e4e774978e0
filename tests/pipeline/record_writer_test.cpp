// SPDX-License-Identifier: BSD-3-Clause
// Three ways from a record to a message: a format's program, the plain way through a Flow, and the
// slow decoder of the tests. For thousands of random templates they agree, in both profiles and by
// all readings. FLOWD_RANDOM_TEMPLATES says how many; many more than the default run at night.
#include "flow/pipeline/record_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "flow/base/cpu.hpp"
#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "flow_values.hpp"
#include "random_template.hpp"
#include "slow_flow.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/plain_formatter.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using produce::Settings;
using protobuf::Framing;

constexpr PipelineLimits limits{
    .templates = {.exporters_max = 2, .templates_max = 4, .templates_per_exporter_max = 4},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 0}};

/// The profile's columns, flowd's own, and custom ones of all types.
Schema schema_of(Profile profile) {
    Schema schema = Schema::all(profile);
    for (std::size_t i = 0; i < column_count; ++i) {
        if (column_table[i].own()) schema.add(static_cast<Column>(i));
    }
    using Type = CustomColumn::Type;
    EXPECT_TRUE(schema.add_custom({.name = "integer", .number = 2001, .type = Type::varint}));
    EXPECT_TRUE(schema.add_custom({.name = "text", .number = 2002, .type = Type::string}));
    EXPECT_TRUE(schema.add_custom({.name = "octets", .number = 2003, .type = Type::bytes}));
    return schema;
}

/// Lines with custom columns too, always there or not, one after the other and as arrays; and with
/// every rendering that takes more than its column.
Schema line_schema_of(const Schema& schema) {
    Schema lines = schema;
    if (schema.customs().empty()) return lines;
    lines.clear_line();
    const auto add = [&](Column column, Render render, const char* key, bool always = true) {
        EXPECT_TRUE(
            lines.add_item({.column = column, .render = render, .key = key, .always = always}));
    };
    add(custom_column(1), Render::text, "text", false);
    for (const LineItem& item : schema.line()) EXPECT_TRUE(lines.add_item(item));
    add(Column::icmp_type, Render::icmp_name, "icmp");
    add(Column::icmp_type, Render::icmp_name_or_unknown, "icmp_or_unknown");
    add(Column::src_net, Render::network, "net");
    add(Column::dst_net, Render::network, "dst_network");
    add(Column::proto, Render::proto_name, "proto_name");
    add(Column::proto, Render::proto_name_short, "proto_short");
    add(Column::etype, Render::etype_name, "etype_name");
    add(Column::time_received_ns, Render::datetime_nano, "received");
    add(Column::time_flow_start, Render::datetime, "start");
    add(Column::time_flow_start_ns, Render::datetime_nano, "start_ns");
    add(Column::in_if, Render::hex, "hex");
    add(Column::src_addr, Render::byte_list, "octets");
    add(custom_column(0), Render::number, "integer");
    add(custom_column(2), Render::hex, "octets_hex");
    add(custom_column(1), Render::ip, "text_as_ip", false);
    return lines;
}

/// Destinations of every kind, known and custom, in both orders of bytes; elements that are read
/// besides, that are not, and those of an enterprise.
const Mapping& mapping() {
    using enum Column;
    static const Mapping mapping = [] {
        Mapping rows;
        for (const std::uint8_t version : {std::uint8_t{9}, std::uint8_t{10}}) {
            const auto add = [&](std::uint16_t id, std::uint32_t enterprise, Column destination,
                                 Endian endian = Endian::big) {
                rows.fields.push_back({version, id, enterprise, destination, endian});
            };
            add(7, 0, custom_column(1));  // replaced by the row behind
            add(7, 0, custom_column(0));
            add(11, 0, custom_column(0), Endian::little);
            add(82, 0, custom_column(1));
            add(1, 29305, custom_column(2));
            add(1, 0, Column::bytes, Endian::little);
            add(100, 0, Column::bytes);
            add(101, 0, etype);
            add(102, 0, src_addr);
            add(8, 0, dst_addr);
            add(103, 0, as_path);
            add(104, 0, as_path, Endian::little);
            add(105, 0, time_flow_start);
            add(106, 0, time_flow_end_ns);
            add(107, 0, sampling_rate, Endian::little);
            add(34, 0, sequence_num);
            add(108, 0, mpls_ip);
            add(109, 0, bgp_communities);
            add(110, 0, in_if, Endian::little);
            add(111, 0, custom_bytes_1);
            add(112, 0, custom_integer_1, Endian::little);
            add(113, 0, type);
            add(114, 0, has_mpls);
            add(137, 2636, mpls_label);
        }
        return rows;
    }();
    return mapping;
}

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
        origin = {.type = version == 10 ? FlowType::ipfix : FlowType::netflow_v9,
                  .sampler = ipv4(192, 0, 2, 1),
                  .sequence = static_cast<std::uint32_t>(random()),
                  .observation_domain = static_cast<std::uint32_t>(random()),
                  .received_ns = 1'700'000'000'123'456'789,
                  .export_seconds = static_cast<std::uint32_t>(random()),
                  .uptime_ms = static_cast<std::uint32_t>(random())};
        encode(body.bytes());
    }

    void encode(Bytes body) {
        const unsigned template_set = version == 10 ? 2 : 0;
        const ByteBuilder teach = set(template_set, template_record(256, fields).bytes());
        const ByteBuilder sets = ByteBuilder{teach}.bytes(set(256, body).bytes());
        wire = version == 10 ? ipfix_message({.seconds = origin.export_seconds,
                                              .sequence = origin.sequence,
                                              .domain = origin.observation_domain},
                                             sets.bytes())
                             : netflow9_message({.count = 2,
                                                 .uptime_ms = origin.uptime_ms,
                                                 .seconds = origin.export_seconds,
                                                 .sequence = origin.sequence,
                                                 .source_id = origin.observation_domain})
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
std::vector<std::string> messages(const Format& format, const Settings& settings,
                                  const Example& example) {
    VectorSink sink;
    Pipeline<Format, VectorSink> pipeline{format, settings, sink, limits};
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

/// goflow2 has nothing of some datagrams: those with numbers of more than eight bytes, say. Which
/// these are is decided, and tested, in decode/goflow2.
bool is_given_up(const Settings& settings, const Example& example) {
    if (settings.dialect == Dialect::standard) return false;
    VectorSink sink;
    const protobuf::Formatter format{settings.schema, Framing::bare};
    Pipeline<protobuf::Formatter, VectorSink> pipeline{format, settings, sink, limits};
    const ExactBytes exact{example.wire.bytes()};
    return failed(pipeline.process(datagram(exact.bytes()))) && sink.messages.empty();
}

std::string describe(const Example& example) {
    std::string text = "version " + std::to_string(example.version) + ":";
    for (const TemplateField& field : example.fields) {
        text += " " + std::to_string(field.id) + "/" + std::to_string(field.length);
        if (field.enterprise != 0) text += "e" + std::to_string(field.enterprise);
    }
    return text;
}

/// All three ways, with every kernel and both framings.
void compare(const Settings& settings, const Example& example) {
    SCOPED_TRACE(describe(example));
    const auto flows = messages(DescribingFormatter{settings.schema}, settings, example);
    // Bytes of no record may remain as padding, or be a record of empty fields.
    ASSERT_GE(flows.size(), example.records.size());
    for (std::size_t i = 0; i < example.records.size(); ++i) {
        const FlowValues slow = slow_flow(settings, example.version, example.fields,
                                          example.records[i], example.origin);
        ASSERT_EQ(flows[i], describe(settings.schema, slow)) << "record " << i;
    }
    for (const Framing framing : {Framing::bare, Framing::length_prefixed}) {
        const protobuf::Formatter first{settings.schema, framing};
        const auto plain = messages(PlainFormatter{first}, settings, example);
        ASSERT_EQ(plain.size(), flows.size());
        for (const protobuf::Kernel& kernel : protobuf::kernels()) {
            const protobuf::Formatter format{settings.schema, framing, kernel.run};
            ASSERT_EQ(messages(format, settings, example), plain) << kernel.name;
        }
    }
}

/// Lines of a program, by every kernel, are those of the plain way.
template <class Format>
void compare_lines(const Settings& settings, const Example& example) {
    SCOPED_TRACE(describe(example));
    Settings with_lines = settings;
    with_lines.schema = line_schema_of(settings.schema);
    const Schema& schema = with_lines.schema;
    const auto plain = messages(PlainFormatter{Format{schema}}, with_lines, example);
    ASSERT_EQ(messages(Format{schema, render::run_portable}, with_lines, example), plain);
    if (has_fast_bmi2()) {
        ASSERT_EQ(messages(Format{schema, render::run_avx2}, with_lines, example), plain);
    }
}

struct Case {
    const char* name;
    Profile profile;
    Dialect dialect;
    bool mapped;
    TemplateShape shape;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

std::vector<Case> cases() {
    struct Reading {
        const char* name;
        Profile profile;
        Dialect dialect;
        bool mapped;
    };
    using enum Profile;
    static constexpr Reading readings[] = {
        {"V1", goflow2_v1, Dialect::standard, false},
        {"V2", goflow2_v2, Dialect::standard, false},
        {"MappedV1", goflow2_v1, Dialect::standard, true},
        {"MappedV2", goflow2_v2, Dialect::standard, true},
        {"StrictV1", goflow2_v1, Dialect::goflow2_v1, false},
        {"StrictV2", goflow2_v2, Dialect::goflow2_v2, false},
        {"MappedStrictV1", goflow2_v1, Dialect::goflow2_v1, true},
        {"MappedStrictV2", goflow2_v2, Dialect::goflow2_v2, true},
    };
    std::vector<Case> all;
    for (const Reading& each : readings) {
        const auto add = [&](const TemplateShape& shape) {
            all.push_back({each.name, each.profile, each.dialect, each.mapped, shape});
            if (each.mapped) all.back().shape.mapping = &mapping();
        };
        add({.version = 9});
        add({.version = 10});
        add({.version = 10, .variable = true});
    }
    return all;
}

/// Random templates of one case.
int rounds() {
    const bool nightly = std::getenv("FLOWD_NIGHTLY") != nullptr;
#ifdef __SANITIZE_ADDRESS__
    constexpr int usual = 240;  // ten times as slow
#else
    constexpr int usual = 2'400;
#endif
    return (nightly ? 100'000 : usual) / static_cast<int>(cases().size()) + 1;
}

class RecordWriterReadings : public testing::TestWithParam<Case> {
protected:
    RecordWriterReadings() {
        settings_.schema = schema_of(GetParam().profile);
        settings_.dialect = GetParam().dialect;
        if (GetParam().mapped) settings_.mapping = &mapping();
    }

    Settings settings_;
};

TEST_P(RecordWriterReadings, AgreeWithTheSlowDecoder) {
    std::mt19937_64 random{101};
    int given_up = 0;
    for (int round = 0; round < rounds(); ++round) {
        const Example example{GetParam().shape, random};
        if (is_given_up(settings_, example)) {
            ++given_up;
            continue;
        }
        compare(settings_, example);
        compare_lines<json::Formatter>(settings_, example);
        compare_lines<text::Formatter>(settings_, example);
        if (HasFatalFailure()) FAIL() << "round " << round;
    }
    EXPECT_LT(given_up, rounds() * 3 / 4);
}

// Every element alone, in every size: what a mixture may hide.
TEST_P(RecordWriterReadings, AgreeWithTheSlowDecoderOnEveryElementAlone) {
    if (GetParam().shape.variable) return;
    std::mt19937_64 random{104};
    std::set<std::uint16_t> ids;
    for (const produce::Element& element : produce::elements()) ids.insert(element.id);
    for (const std::uint16_t id : ids) {
        if (GetParam().shape.version == 10 && id > 0x7fff) continue;  // IPFIX has no such number
#ifdef __SANITIZE_ADDRESS__
        if (id % 16 != 12) continue;  // ten times as slow: a sixteenth of them
#endif
        for (const std::uint16_t size : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 16}) {
            Example example{{.version = GetParam().shape.version}, random};
            example.fields = {{id, size}, {9999, 1}};
            std::vector<std::uint8_t> value(size);
            for (std::uint8_t& byte : value) byte = static_cast<std::uint8_t>(random());
            if (id == 60 && size > 0) value[0] = 6;
            if (id == 315 && size > 13) value[12] = 0x60;
            example.records = {{value, {1}}};
            example.encode(ByteBuilder{}.bytes(value).u8(1).bytes());
            if (is_given_up(settings_, example)) continue;
            compare(settings_, example);
            compare_lines<json::Formatter>(settings_, example);
            if (HasFatalFailure()) FAIL() << "element " << id << " of " << size << " bytes";
        }
    }
}

// Were all random plans direct, or none, the comparison would prove little.
TEST_P(RecordWriterReadings, AreComparedOnPlansOfBothKinds) {
    if (GetParam().shape.variable || GetParam().dialect != Dialect::standard) return;
    std::mt19937_64 random{101};
    int direct = 0;
    for (int round = 0; round < 1000; ++round) {
        const Example example{GetParam().shape, random};
        std::array<Step, plan_steps_max> memory{};
        const Template layout{.version = example.version, .id = 256, .fields = example.fields};
        direct += produce::compile(layout, settings_, memory).direct ? 1 : 0;
    }
    EXPECT_GT(direct, 50);
    EXPECT_LT(direct, 800);
}

INSTANTIATE_TEST_SUITE_P(RecordWriter, RecordWriterReadings, testing::ValuesIn(cases()),
                         [](const auto& each) {
                             const TemplateShape& shape = each.param.shape;
                             return std::string{each.param.name} + (shape.version == 9 ? "Netflow9"
                                                                    : shape.variable
                                                                        ? "IpfixVariable"
                                                                        : "Ipfix");
                         });

}  // namespace
}  // namespace flow

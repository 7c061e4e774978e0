// SPDX-License-Identifier: BSD-3-Clause
// libprotobuf reads what Formatter::write wrote, and writes the same bytes itself; in both
// profiles, with and without flowd's own columns and custom ones.
#include "flow/format/protobuf/formatter.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "schemas.hpp"
#include "support/parsed_flow.hpp"
#include "support/random_flow.hpp"

namespace flow::protobuf {
namespace {

using namespace flow::test;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);

/// Writes into memory of exactly the size that the formatter asks for.
std::string write(const Formatter& format, const Flow& flow) {
    const std::size_t size_max = format.size_max(flow);
    const std::unique_ptr<std::uint8_t[]> memory{new std::uint8_t[size_max]};
    std::uint8_t* const end = format.write(flow, memory.get());
    EXPECT_LE(end, memory.get() + size_max);
    return {memory.get(), end};
}

Bytes bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(ProtobufFormatter, WritesNothingForAnEmptyFlow) {
    const Formatter bare{schema, Framing::bare};
    EXPECT_EQ(write(bare, Flow{}), "");
    const Formatter prefixed{schema, Framing::length_prefixed};
    EXPECT_EQ(write(prefixed, Flow{}), std::string(1, '\0'));
}

TEST(ProtobufFormatter, WritesOneFieldOfEachKind) {
    const Formatter format{schema, Framing::bare};
    Flow number;
    number.set(Column::sampling_rate, std::uint64_t{150});
    EXPECT_EQ(write(format, number), "\x18\x96\x01");
    Flow truth;
    truth.set(Column::has_mpls, std::uint64_t{1});
    EXPECT_EQ(write(format, truth), "\xa8\x03\x01");
    Flow text;
    const std::uint8_t octets[] = {10, 0, 0, 1};
    text.set(Column::src_addr, Bytes{octets});
    EXPECT_EQ(write(format, text), std::string("\x32\x04\x0a\x00\x00\x01", 6));
    Flow list;
    const std::uint32_t numbers[] = {1, 300, 0};
    list.set(Column::as_path, std::span<const std::uint32_t>{numbers});
    EXPECT_EQ(write(format, list), std::string("\xb2\x06\x04\x01\xac\x02\x00", 7)) << "packed";
}

TEST(ProtobufFormatter, WritesTheListsOfGoflow2V2) {
    const Formatter format{Schema::all(Profile::goflow2_v2), Framing::bare};
    Flow layers;
    const std::uint32_t kinds[] = {0, 6, 1, 99};
    layers.set(Column::layer_stack, std::span<const std::uint32_t>{kinds});
    EXPECT_EQ(write(format, layers), std::string("\xba\x06\x04\x00\x06\x01\x63", 7)) << "packed";
    Flow hops;
    const std::uint8_t octets[] = {10, 0, 0, 1};
    const Bytes addresses[] = {Bytes{octets}, Bytes{}, Bytes{octets}.first(1)};
    hops.set(Column::mpls_ip, std::span<const Bytes>{addresses});
    EXPECT_EQ(write(format, hops),
              std::string("\x92\x05\x04\x0a\x00\x00\x01\x92\x05\x00\x92\x05\x01\x0a", 14))
        << "a tag for each, an empty one too";
}

TEST(ProtobufFormatter, LeavesOutWhatTheProfileDoesNotHave) {
    Flow flow;
    flow.set(Column::time_flow_start, std::uint64_t{1});  // 38 in v1
    flow.set(Column::ip_flags, std::uint64_t{2});         // 38 in v2
    flow.set(Column::vxlan_vni, std::uint64_t{3});        // flowd's own, 3023
    const auto message = [&](const Schema& of) {
        return write(Formatter{of, Framing::bare}, flow);
    };
    EXPECT_EQ(message(Schema::all(Profile::goflow2_v1)), "\xb0\x02\x01");
    EXPECT_EQ(message(Schema::all(Profile::goflow2_v2)), "\xb0\x02\x02");
    EXPECT_EQ(message(with_own_columns(Profile::goflow2_v2)), "\xb0\x02\x02\xf8\xbc\x01\x03");
}

// Behind all known fields whatever their number, each value alone, a zero and an empty one too.
TEST(ProtobufFormatter, WritesCustomColumnsLastInTheirOrder) {
    const Formatter format{with_custom_columns(Profile::goflow2_v2), Framing::bare};
    const std::uint8_t octets[] = {7};
    Flow flow;
    flow.append({custom_column(1), 300, {}});
    flow.append({custom_column(2), 0, Bytes{octets}});
    flow.append({custom_column(1), 0, {}});
    flow.append({custom_column(0), 1, {}});
    flow.append({custom_column(2), 9, {}});
    flow.set(Column::bytes, std::uint64_t{5});
    EXPECT_EQ(write(format, flow), std::string("\x48\x05"
                                               "\xb8\x3e\xac\x02"
                                               "\x82\x7d\x01\x07"
                                               "\xb8\x3e\x00"
                                               "\x40\x01"
                                               "\x82\x7d\x00",
                                               18));
}

TEST(ProtobufFormatter, WritesAKnownFieldBeforeACustomOneOfItsNumber) {
    Schema schema_of_two = Schema::all(Profile::goflow2_v2);
    ASSERT_TRUE(schema_of_two.add_custom({.name = "again", .number = 9}));
    Flow flow;
    flow.append({custom_column(0), 2, {}});
    flow.set(Column::bytes, std::uint64_t{1});
    flow.set(Column::packets, std::uint64_t{3});
    const std::string message = write(Formatter{schema_of_two, Framing::bare}, flow);
    EXPECT_EQ(message, "\x48\x01\x50\x03\x48\x02");
    const auto parsed = parse_flow(bytes_of(message), Profile::goflow2_v2);
    EXPECT_EQ(number_of(*parsed, Column::bytes), 2u) << "readers take the last";
}

TEST(ProtobufFormatter, IsReadByLibprotobufColumnByColumn) {
    std::mt19937_64 random{1};
    for (const Schema& each : schemas()) {
        const Formatter format{each, Framing::bare};
        for (int i = 0; i < 1000; ++i) {
            const RandomFlow flow{random, each.customs().size()};
            const auto message = parse_flow(bytes_of(write(format, flow.flow())), each.profile());
            expect_equal(*message, flow.flow(), each);
            if (testing::Test::HasFailure()) FAIL() << "flow " << i;
        }
    }
}

// Ascending field numbers, packed lists, shortest varints, no defaults, unknown fields last.
TEST(ProtobufFormatter, WritesTheBytesThatLibprotobufWrites) {
    std::mt19937_64 random{2};
    for (const Schema& each : schemas()) {
        const Formatter format{each, Framing::bare};
        for (int i = 0; i < 1000; ++i) {
            const RandomFlow flow{random, each.customs().size()};
            const std::string ours = write(format, flow.flow());
            const auto message = parse_flow(bytes_of(ours), each.profile());
            ASSERT_EQ(message->SerializeAsString(), ours) << "flow " << i;
        }
    }
}

TEST(ProtobufFormatter, WithPrefixesWritesAStreamOfMessages) {
    const Formatter bare{schema, Framing::bare};
    const Formatter prefixed{schema, Framing::length_prefixed};
    std::mt19937_64 random{3};
    std::string stream;
    std::vector<std::string> alone;
    for (int i = 0; i < 500; ++i) {
        const RandomFlow flow{random};
        stream += write(prefixed, flow.flow());
        alone.push_back(write(bare, flow.flow()));
    }
    const auto messages = parse_flows(bytes_of(stream));
    ASSERT_EQ(messages.size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(messages[i].SerializeAsString(), alone[i]);
    }
}

TEST(ProtobufFormatter, WritesLongValues) {
    const Formatter format{schema, Framing::length_prefixed};
    const std::vector<std::uint8_t> long_bytes(40'000, 7);
    const std::vector<std::uint32_t> long_list(4'000, UINT32_MAX);
    Flow flow;
    flow.set(Column::custom_bytes_1, Bytes{long_bytes});
    flow.set(Column::custom_list_1, std::span<const std::uint32_t>{long_list});
    const std::string stream = write(format, flow);
    const auto messages = parse_flows(bytes_of(stream));
    ASSERT_EQ(messages.size(), 1u);
    expect_equal(messages[0], flow, schema);
}

}  // namespace
}  // namespace flow::protobuf

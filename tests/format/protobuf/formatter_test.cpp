// SPDX-License-Identifier: BSD-3-Clause
// libprotobuf reads what Formatter::write wrote, and writes the same bytes itself.
#include "flow/format/protobuf/formatter.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

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

TEST(ProtobufFormatter, IsReadByLibprotobufColumnByColumn) {
    const Formatter format{schema, Framing::bare};
    std::mt19937_64 random{1};
    for (int i = 0; i < 2000; ++i) {
        const RandomFlow flow{random};
        expect_equal(parse_flow(bytes_of(write(format, flow.flow()))), flow.flow());
        if (testing::Test::HasFailure()) FAIL() << "flow " << i;
    }
}

// Ascending field numbers, packed lists, shortest varints, no defaults.
TEST(ProtobufFormatter, WritesTheBytesThatLibprotobufWrites) {
    const Formatter format{schema, Framing::bare};
    std::mt19937_64 random{2};
    for (int i = 0; i < 2000; ++i) {
        const RandomFlow flow{random};
        const std::string ours = write(format, flow.flow());
        ASSERT_EQ(parse_flow(bytes_of(ours)).SerializeAsString(), ours) << "flow " << i;
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
    expect_equal(messages[0], flow);
}

}  // namespace
}  // namespace flow::protobuf

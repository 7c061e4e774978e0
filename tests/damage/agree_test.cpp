// SPDX-License-Identifier: BSD-3-Clause
// What libprotobuf reads in a capture's protobuf messages is what a JSON parser reads in its JSON
// lines, field by field. The two formats share the columns and nothing else.
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cinttypes>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "support/captures.hpp"
#include "support/parsed_flow.hpp"
#include "support/pcap_file.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using Json = nlohmann::ordered_json;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 64, .templates_max = 1024, .templates_per_exporter_max = 512},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 65'536}};

template <class Format>
std::vector<VectorSink::Message> messages(const Format& format, const PcapFile& file) {
    VectorSink sink;
    Pipeline<Format, VectorSink> pipeline{format, sink, limits};
    for (const CapturedDatagram& each : file.datagrams) {
        static_cast<void>(pipeline.process(each.datagram()));
    }
    return std::move(sink.messages);
}

/// The bytes of a printed address; a dotted quad also stands for an IPv4-mapped one.
std::string parse_address(const std::string& text, std::size_t size) {
    std::array<char, 16> octets{};
    if (text.empty()) return {};
    if (text.find(':') == std::string::npos) {
        if (inet_pton(AF_INET, text.c_str(), octets.data()) != 1) return "not an address";
        const std::string four{octets.data(), 4};
        return size == 16 ? std::string(10, '\0') + "\xff\xff" + four : four;
    }
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) return "not an address";
    return {octets.data(), 16};
}

std::string print_mac(std::uint64_t value) {
    std::array<char, 24> text{};
    std::snprintf(
        text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x",
        static_cast<unsigned>(value >> 40 & 0xff), static_cast<unsigned>(value >> 32 & 0xff),
        static_cast<unsigned>(value >> 24 & 0xff), static_cast<unsigned>(value >> 16 & 0xff),
        static_cast<unsigned>(value >> 8 & 0xff), static_cast<unsigned>(value & 0xff));
    return text.data();
}

void expect_same(const flowpb::FlowMessage& message, Column column, const Json& value) {
    const ColumnField field = schema.field(column);
    switch (field.render) {
        case Render::number:
            EXPECT_TRUE(value.is_number_unsigned()) << field.key;
            EXPECT_EQ(value.get<std::uint64_t>(), number_of(message, column)) << field.key;
            return;
        case Render::boolean:
            EXPECT_EQ(value.get<bool>(), number_of(message, column) != 0) << field.key;
            return;
        case Render::flow_type:
            EXPECT_EQ(value.get<std::string>(),
                      flow_type_name(static_cast<FlowType>(number_of(message, column))));
            return;
        case Render::ip: {
            const std::string expected = bytes_of(message, column);
            const bool is_address = expected.size() == 4 || expected.size() == 16;
            EXPECT_EQ(parse_address(value.get<std::string>(), expected.size()),
                      is_address ? expected : "")
                << field.key;
            return;
        }
        case Render::mac:
            EXPECT_EQ(value.get<std::string>(), print_mac(number_of(message, column))) << field.key;
            return;
        case Render::byte_list: {
            const auto octets = value.get<std::vector<std::uint8_t>>();
            EXPECT_EQ((std::string{octets.begin(), octets.end()}), bytes_of(message, column))
                << field.key;
            return;
        }
        case Render::number_list:
            EXPECT_EQ(value.get<std::vector<std::uint32_t>>(), list_of(message, column))
                << field.key;
            return;
        default: ADD_FAILURE() << field.key << ": no column of this profile prints so";
    }
}

void expect_same(const flowpb::FlowMessage& message, const Json& line) {
    ASSERT_TRUE(line.is_object());
    ASSERT_EQ(line.size(), schema.columns().size());
    auto item = line.begin();
    for (const Column column : schema.columns()) {
        EXPECT_EQ(item.key(), schema.field(column).key) << "in the order of declaration";
        expect_same(message, column, item.value());
        ++item;
    }
}

class Capture : public testing::TestWithParam<std::string> {};

TEST_P(Capture, SaysTheSameInProtobufAndJson) {
    const PcapFile file = read_pcap(GetParam());
    ASSERT_EQ(file.failure, "");
    const auto protobuf = messages(protobuf::Formatter{schema, protobuf::Framing::bare}, file);
    const auto lines = messages(json::Formatter{schema}, file);
    ASSERT_EQ(protobuf.size(), lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Bytes text = lines[i].bytes();
        const Json line = Json::parse(text.begin(), text.end(), nullptr, false);
        ASSERT_FALSE(line.is_discarded()) << std::string{text.begin(), text.end()};
        expect_same(parse_flow(protobuf[i].bytes()), line);
        if (HasFailure()) FAIL() << "flow " << i << ": " << std::string{text.begin(), text.end()};
    }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = std::filesystem::path{info.param}.stem();
    for (char& letter : name) {
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
    }
    return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(All, Capture, testing::ValuesIn(all_captures()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Capture);

TEST(Agree, HasCapturesToWorkOn) {
    EXPECT_FALSE(all_captures().empty()) << "neither tests/captures nor a corpus was found";
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The section formatter: declared columns, lines, keys, renderers, renames.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "config/mapping/file.hpp"

namespace flowd::mapping {
namespace {

using flow::Render;
using Sentences = std::vector<std::string>;
using Renders = std::vector<std::pair<std::string, Render>>;

constexpr Reading v1{.profile = flow::Profile::goflow2_v1};
constexpr Reading v2{.profile = flow::Profile::goflow2_v2};

MappingFile read(const std::string& section, const Reading& reading = v2) {
    auto file = parse("formatter: {" + section + "}", Form::yaml, "m", reading);
    EXPECT_TRUE(file) << file.error().sentence;
    return file ? *file : MappingFile{};
}

std::string failure(const std::string& section, const Reading& reading = v2) {
    const auto file = parse("formatter: {" + section + "}", Form::yaml, "m", reading);
    return file ? "" : file.error().sentence;
}

std::string custom(const std::string& members) { return "protobuf: [{" + members + "}]"; }

TEST(CustomColumns, AreDeclaredInTheirOrder) {
    using Type = flow::CustomColumn::Type;
    const MappingFile file = read(
        "protobuf: [{name: a, index: 999, type: varint}, {name: b, index: 262143, type: "
        "string, array: true}, {name: c, index: 5000, type: bytes}]");
    EXPECT_EQ(file.customs, (std::vector<Custom>{{"a", 999, Type::varint, false},
                                                 {"b", 262143, Type::string, true},
                                                 {"c", 5000, Type::bytes, false}}));
    EXPECT_TRUE(file.warnings.empty());
}

TEST(CustomColumns, OneThatTheProfileHasIsTheProfiles) {
    const std::string text = custom("name: flow_direction, index: 42, type: varint");
    EXPECT_TRUE(read(text, v1).customs.empty());
    EXPECT_EQ(read(text, v2).customs.size(), 1U);
    const std::string bytes = custom("name: flow_direction, index: 42, type: bytes");
    EXPECT_EQ(read(bytes, v1).customs.size(), 1U) << "of another type it is another column";
}

TEST(CustomColumns, ANumberThatIsTakenIsAWarning) {
    const MappingFile file = read(custom("name: mine, index: 9, type: varint"));
    EXPECT_EQ(file.customs.size(), 1U);
    EXPECT_EQ(file.warnings,
              Sentences{"m:1: mine has number 9, as bytes has: readers see one column"});
    const MappingFile twice =
        read("protobuf: [{name: a, index: 999, type: varint}, {name: b, index: 999, type: bytes}]");
    EXPECT_EQ(twice.customs.size(), 2U);
    EXPECT_EQ(twice.warnings, Sentences{"m:1: b has number 999, as a has: readers see one column"});
}

TEST(CustomColumns, WrongOnesAreRefused) {
    EXPECT_EQ(failure(custom("name: a, index: 0, type: varint")), "m:1: index: 0 is below 1");
    EXPECT_EQ(failure(custom("name: a, index: 262144, type: varint")),
              "m:1: index: 262144 is above 262143");
    EXPECT_EQ(failure(custom("name: a, type: varint")), "m:1: a needs a number, as index");
    EXPECT_EQ(failure(custom("name: a, index: 5, type: float")),
              "m:1: type: \"float\" is not one of varint, string, bytes");
    const std::string rule =
        " must have 1 to 64 printable ASCII characters, without blanks, quotes and backslashes";
    EXPECT_EQ(failure(custom("index: 5, type: bytes")), "m:1: name: \"\"" + rule);
    EXPECT_EQ(failure(custom("name: a b, index: 5, type: bytes")), "m:1: name: \"a b\"" + rule);
    EXPECT_EQ(failure(custom("name: '\"', index: 5, type: bytes")), "m:1: name: \"\\\"\"" + rule);
    EXPECT_EQ(failure(custom("name: " + std::string(65, 'a') + ", index: 5, type: bytes")),
              "m:1: name: \"" + std::string(65, 'a') + "\"" + rule);
    EXPECT_EQ(failure("protobuf: [{name: a, index: 5000, type: bytes}, {name: a, index: 5001, "
                      "type: bytes}]"),
              "m:1: a is there twice");
}

TEST(CustomColumns, ThereIsAMost) {
    std::string text = "protobuf: [";
    for (std::size_t i = 0; i < flow::custom_columns_max; ++i) {
        text += "{name: c" + std::to_string(i) + ", index: " + std::to_string(5000 + i) +
                ", type: varint}, ";
    }
    EXPECT_EQ(read(text + "]").customs.size(), flow::custom_columns_max);
    EXPECT_EQ(failure(text + "{name: one_more, index: 9000, type: varint}]"),
              "m:1: more than 32 columns");
}

TEST(Lines, FieldsAreColumnsVirtualOnesAndDeclaredOnes) {
    const MappingFile file = read(
        "fields: [type, SrcAddr, icmp_name, csum], protobuf: [{name: csum, index: 999, type: "
        "varint}]");
    EXPECT_EQ(file.fields, (Sentences{"type", "SrcAddr", "icmp_name", "csum"}));
    EXPECT_EQ(failure("fields: [src_adr]"),
              "m:1: fields: \"src_adr\" is no column (did you mean src_addr?)");
    const MappingFile other = read("fields: [time_flow_start, type]");
    EXPECT_EQ(other.fields, Sentences{"type"});
    EXPECT_EQ(other.warnings, Sentences{"m:1: fields: \"time_flow_start\" is no column of "
                                        "goflow2-v2; it is left out"});
    EXPECT_EQ(failure("fields: type"), "m:1: fields must be a list, not a single value");
    EXPECT_EQ(failure("fields: [[type]]"),
              "m:1: an entry of fields must be a single value, not a list");
    std::string many = "fields: [";
    for (int i = 0; i < 257; ++i) many += "type, ";
    EXPECT_EQ(failure(many + "]"), "m:1: fields: more than 256 names");
}

TEST(Lines, AKeyHasColumnsOnly) {
    EXPECT_EQ(read("key: [sampler_address, src_port]").key,
              (Sentences{"sampler_address", "src_port"}));
    EXPECT_EQ(failure("key: [icmp_name]"), "m:1: key: \"icmp_name\" is no column of its own");
}

TEST(Lines, RenderersFitTheirColumns) {
    EXPECT_EQ(read("render: {time_received_ns: datetimenano, src_port: none, src_mac: mac, "
                   "mpls_ip: ip, sampler_address: string, dst_addr: ip, in_if: etype, out_if: "
                   "proto, bytes: datetime}")
                  .renders,
              (Renders{{"time_received_ns", Render::datetime_nano},
                       {"src_port", Render::none},
                       {"src_mac", Render::mac},
                       {"mpls_ip", Render::ip_list},
                       {"sampler_address", Render::text},
                       {"dst_addr", Render::ip_as_is},
                       {"in_if", Render::etype_name},
                       {"out_if", Render::proto_name},
                       {"bytes", Render::datetime}}));
    EXPECT_EQ(read("render: {SrcAddr: ip}", v1).renders, (Renders{{"SrcAddr", Render::ip}}));
    const auto unfit = read("render: {src_addr: mac, bytes: string, in_if: mac, icmp_name: none}");
    EXPECT_EQ(unfit.warnings,
              (Sentences{"m:1: render: mac cannot print src_addr; it is printed as by none",
                         "m:1: render: string cannot print bytes; it is printed as by none",
                         "m:1: render: mac cannot print in_if; it is printed as by none",
                         "m:1: render: none cannot print icmp_name; it is printed as without it"}));
    EXPECT_EQ(
        unfit.renders,
        (Renders{{"src_addr", Render::none}, {"bytes", Render::none}, {"in_if", Render::none}}));
    EXPECT_EQ(read("render: {scr_addr: ip}").warnings,
              Sentences{"m:1: render: \"scr_addr\" is no column (did you mean src_addr?); it is "
                        "left out"});
    EXPECT_EQ(failure("render: {src_addr: network}"),
              "m:1: render: \"network\" is no renderer; there are none, ip, mac, etype, proto, "
              "datetime, datetimenano, string");
    EXPECT_EQ(failure("render: [ip]"), "m:1: render must be a table");
    EXPECT_EQ(failure("render: {src_addr: [ip]}"), "m:1: render: src_addr must be a text");
}

TEST(Lines, RenamesArePlainTexts) {
    const MappingFile file = read("rename: {src_addr: source, icmp_name: icmp}");
    EXPECT_EQ(file.renames, (std::vector<std::pair<std::string, std::string>>{
                                {"src_addr", "source"}, {"icmp_name", "icmp"}}));
    EXPECT_EQ(failure("rename: {src_addr: 'a\"b'}"),
              "m:1: rename: \"a\\\"b\" must have 1 to 64 printable ASCII characters, without "
              "blanks, quotes and backslashes");
    EXPECT_EQ(read("rename: {nope: source}").warnings,
              Sentences{"m:1: rename: \"nope\" is no column; it is left out"});
}

}  // namespace
}  // namespace flowd::mapping

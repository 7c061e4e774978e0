// SPDX-License-Identifier: BSD-3-Clause
// The entries of ipfix, netflowv9 and sflow: which ones count, and why others do not.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/mapping/file.hpp"

namespace flowd::mapping {
namespace {

using flow::Column;
using Sentences = std::vector<std::string>;

constexpr Reading v1{.profile = flow::Profile::goflow2_v1};
constexpr Reading v2{.profile = flow::Profile::goflow2_v2};

MappingFile read(const std::string& text, const Reading& reading = v2) {
    auto file = parse(text, Form::yaml, "m", reading);
    EXPECT_TRUE(file) << file.error().sentence;
    return file ? *file : MappingFile{};
}

std::string failure(const std::string& text) {
    const auto file = parse(text, Form::yaml, "m", v2);
    return file ? "" : file.error().sentence;
}

std::string ipfix(std::string_view entry) {
    return "ipfix: {mapping: [{" + std::string{entry} + "}]}";
}
std::string netflow9(std::string_view entry) {
    return "netflowv9: {mapping: [{" + std::string{entry} + "}]}";
}
std::string sflow(std::string_view entry) {
    return "sflow: {mapping: [{" + std::string{entry} + "}]}";
}
std::string port(std::string_view entry) {
    return "sflow: {ports: [{" + std::string{entry} + "}]}";
}

/// The one warning of a file whose only entry does not count.
std::string left_out(const std::string& text, const Reading& reading = v2) {
    const MappingFile file = read(text, reading);
    EXPECT_TRUE(file.mapping.empty()) << text;
    EXPECT_EQ(file.warnings.size(), 1U) << text;
    return file.warnings.empty() ? "" : file.warnings[0];
}

Column destination(std::string_view name, const Reading& reading) {
    const MappingFile file = read(ipfix("field: 1, destination: " + std::string{name}), reading);
    return file.mapping.fields.size() == 1 ? file.mapping.fields[0].destination : Column::count_;
}

TEST(FieldEntries, BothSpellingsNameAColumnInBothProfiles) {
    for (const Reading& reading : {v1, v2}) {
        EXPECT_EQ(destination("InIf", reading), Column::in_if);
        EXPECT_EQ(destination("in_if", reading), Column::in_if);
        EXPECT_EQ(destination("PostNatSrcAddr", reading), Column::post_nat_src_addr);
        EXPECT_EQ(destination("flow_id", reading), Column::flow_id);
    }
}

TEST(FieldEntries, ADestinationMustBeAColumnThatTakesValues) {
    EXPECT_EQ(
        left_out(ipfix("field: 1, destination: InIff")),
        "m:1: destination \"InIff\" is no column (did you mean InIf?); the entry is left out");
    EXPECT_EQ(left_out(ipfix("field: 1, destination: CustomInteger_1")),
              "m:1: destination \"CustomInteger_1\" is no column of goflow2-v2; the entry is left "
              "out");
    EXPECT_EQ(left_out(ipfix("field: 1, destination: icmp_name")),
              "m:1: destination \"icmp_name\" is no column of its own; the entry is left out");
    for (const char* name : {"Type", "MplsIp", "LayerStack"}) {
        EXPECT_EQ(left_out(ipfix("field: 1, destination: " + std::string{name})),
                  "m:1: destination \"" + std::string{name} +
                      "\" takes no mapping; the entry is left out");
    }
    EXPECT_EQ(left_out(ipfix("field: 1, destination: HasMpls"), v1),
              "m:1: destination \"HasMpls\" takes no mapping; the entry is left out");
    EXPECT_EQ(left_out(ipfix("field: 1")),
              "m:1: an entry without destination; the entry is left out");
}

TEST(FieldEntries, AnEnterpriseNeedsPenAndPenprovided) {
    const MappingFile file =
        read(ipfix("field: 1, penprovided: true, pen: 2636, destination: InIf"));
    EXPECT_EQ(file.mapping.fields[0].enterprise, 2636U);
    EXPECT_EQ(left_out(ipfix("field: 1, pen: 2636, destination: InIf")),
              "m:1: pen without penprovided: true fits no element; the entry is left out");
    EXPECT_EQ(left_out(ipfix("field: 1, penprovided: true, destination: InIf")),
              "m:1: penprovided without pen fits no element; the entry is left out");
    EXPECT_EQ(left_out(netflow9("field: 1, penprovided: true, pen: 9, destination: InIf")),
              "m:1: NetFlow v9 has no enterprise elements; the entry is left out");
}

TEST(FieldEntries, TheLastOfSeveralForAnElementCounts) {
    const MappingFile file = read(
        "ipfix:\n  mapping:\n  - {field: 1, destination: InIf}\n"
        "  - {field: 1, penprovided: true, pen: 5, destination: InIf}\n"
        "  - {field: 1, destination: OutIf}\n"
        "netflowv9:\n  mapping:\n  - {field: 1, destination: SrcVlan}\n");
    ASSERT_EQ(file.mapping.fields.size(), 3U);
    EXPECT_EQ(file.mapping.fields[1].destination, Column::out_if);
    EXPECT_EQ(file.warnings, Sentences{"m:5: field 1 has an entry already; the last one counts"});
}

TEST(FieldEntries, FieldsAreElementsOfTheProtocol) {
    EXPECT_EQ(left_out(ipfix("destination: InIf")),
              "m:1: an entry without field; the entry is left out");
    EXPECT_EQ(failure(ipfix("field: 65536, destination: InIf")),
              "m:1: field: 65536 is above 65535");
    EXPECT_EQ(failure(ipfix("field: -1, destination: InIf")), "m:1: field: -1 is below 0");
    EXPECT_EQ(failure(ipfix("field: x, destination: InIf")), "m:1: field: \"x\" is no integer");
    EXPECT_EQ(failure(ipfix("field: [1], destination: InIf")),
              "m:1: field must be a single value, not a list");
    EXPECT_EQ(left_out(ipfix("field: 32768, destination: InIf")),
              "m:1: field: 32768 is above 32767; the entry is left out");
    EXPECT_EQ(read(netflow9("field: 0xffff, destination: InIf")).mapping.fields[0].id, 65535);
}

TEST(FieldEntries, EndiannessIsBigOrLittle) {
    const auto endian = [](std::string_view value) {
        return read(ipfix("field: 1, destination: InIf, " + std::string{value}))
            .mapping.fields[0]
            .endian;
    };
    EXPECT_EQ(endian("endianness: big"), flow::Endian::big);
    EXPECT_EQ(endian("endianness: little"), flow::Endian::little);
    EXPECT_EQ(endian("endian: little"), flow::Endian::big) << "goflow2's key is endianness";
    EXPECT_EQ(endian("endian: little, endianness: big"), flow::Endian::big);
    EXPECT_EQ(failure(ipfix("field: 1, destination: InIf, endianness: middle")),
              "m:1: endianness: \"middle\" is not one of big, little");
}

TEST(FieldEntries, WrongShapesAreRefused) {
    EXPECT_EQ(failure("ipfix: {mapping: {field: 1}}"), "m:1: mapping must be a list, not a table");
    EXPECT_EQ(failure("ipfix: {mapping: [7]}"),
              "m:1: an entry of mapping must be a table, not a single value");
    EXPECT_EQ(failure(ipfix("field: 1, field: 2, destination: InIf")), "m:1: field is there twice");
    EXPECT_EQ(failure(ipfix("field: 1, penprovided: maybe, destination: InIf")),
              "m:1: penprovided: \"maybe\" is neither true nor false");
}

TEST(LayerEntries, BitsOfALayerGoIntoAColumn) {
    const MappingFile file =
        read(sflow("layer: udp, encap: yes, offset: 48, length: 16, destination: InIf, endianness: "
                   "little"));
    ASSERT_EQ(file.mapping.layers.size(), 1U);
    const flow::LayerMapping& entry = file.mapping.layers[0];
    EXPECT_EQ(entry.layer.kinds, flow::LayerSelector::bit(flow::LayerKind::udp));
    EXPECT_TRUE(entry.encapsulated);
    EXPECT_EQ(entry.offset, 48U);
    EXPECT_EQ(entry.length, 16U);
    EXPECT_EQ(entry.endian, flow::Endian::little);
}

TEST(LayerEntries, SeveralMayReadOneLayer) {
    const MappingFile file = read(
        "sflow:\n  mapping:\n  - {layer: 3, length: 8, destination: InIf}\n"
        "  - {layer: 3, length: 8, destination: OutIf}\n");
    EXPECT_EQ(file.mapping.layers.size(), 2U);
    EXPECT_TRUE(file.warnings.empty());
}

TEST(LayerEntries, WhatReadsNothingIsLeftOut) {
    EXPECT_EQ(left_out(sflow("layer: udq, length: 8, destination: InIf")),
              "m:1: \"udq\" is no layer (did you mean udp?); the entry is left out");
    EXPECT_EQ(left_out(sflow("length: 8, destination: InIf")),
              "m:1: an entry without layer; the entry is left out");
    EXPECT_EQ(left_out(sflow("layer: udp, destination: InIf")),
              "m:1: an entry without length; the entry is left out");
    EXPECT_EQ(left_out(sflow("layer: udp, length: 0, destination: InIf")),
              "m:1: an entry without length; the entry is left out");
    EXPECT_EQ(failure(sflow("layer: udp, offset: 524289, length: 8, destination: InIf")),
              "m:1: offset: 524289 is above 524288");
}

TEST(LayerEntries, ALayerBehindAPortNeedsItsParser) {
    const MappingFile missing = read(sflow("layer: udp4754, length: 8, destination: InIf"));
    EXPECT_EQ(missing.warnings,
              Sentences{"m:1: layer \"udp4754\" needs an entry of ports; the entry is left out"});
    const MappingFile file = read(
        "sflow:\n  mapping: [{layer: udp4754, length: 8, destination: InIf}]\n"
        "  ports: [{proto: udp, dir: src, port: 4754, parser: gre}]\n");
    EXPECT_TRUE(file.warnings.empty());
    EXPECT_EQ(file.mapping.layers[0].layer.by, flow::LayerSelector::By::udp_port);
}

TEST(PortEntries, NameAParser) {
    using Direction = flow::PortParser::Direction;
    const MappingFile file = read(
        "sflow:\n  ports:\n  - {proto: tcp, dir: src, port: 1, parser: mpls}\n"
        "  - {proto: udp, dir: dst, port: 0xffff, parser: teredo-dst}\n"
        "  - {proto: udp, dir: both, port: 6081, parser: geneve}\n");
    ASSERT_EQ(file.mapping.ports.size(), 3U);
    EXPECT_TRUE(file.mapping.ports[0].tcp);
    EXPECT_EQ(file.mapping.ports[0].direction, Direction::source);
    EXPECT_EQ(file.mapping.ports[0].parser, flow::LayerKind::mpls);
    EXPECT_FALSE(file.mapping.ports[1].tcp);
    EXPECT_EQ(file.mapping.ports[1].direction, Direction::destination);
    EXPECT_EQ(file.mapping.ports[1].port, 65535);
    EXPECT_EQ(file.mapping.ports[2].direction, Direction::both);
    EXPECT_EQ(file.mapping.ports[2].parser, flow::LayerKind::geneve);
}

TEST(PortEntries, WhatGoflow2DoesNotStartWithIsRefused) {
    EXPECT_EQ(failure(port("proto: udp, dir: both, port: 1, parser: grr")),
              "m:1: \"grr\" is no parser (did you mean gre?)");
    EXPECT_EQ(failure(port("proto: udp, dir: up, port: 1, parser: gre")),
              "m:1: dir: \"up\" is not one of src, dst, both");
    EXPECT_EQ(failure(port("proto: sctp, dir: src, port: 1, parser: gre")),
              "m:1: proto: \"sctp\" is not one of udp, tcp");
    EXPECT_EQ(failure(port("proto: udp, dir: src, parser: gre")),
              "m:1: an entry of ports without port");
    EXPECT_EQ(failure(port("proto: udp, dir: src, port: 65536, parser: gre")),
              "m:1: port: 65536 is above 65535");
    EXPECT_EQ(failure(port("proto: udp, dir: src, port: 1")), "m:1: \"\" is no parser");
}

}  // namespace
}  // namespace flowd::mapping

// SPDX-License-Identifier: BSD-3-Clause
// Which columns, lines, keys and dialect come out of settings and mapping files.
#include "config/shape.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flowd::config {
namespace {

using flow::Column;
using flow::Profile;
using flow::Render;
using flow::Schema;
using Sentences = std::vector<std::string>;

OutputShape shape_of(const Config& config, std::string_view yaml = {}) {
    auto file = mapping::parse(yaml, mapping::Form::yaml, "m",
                               {.profile = profile_of(config), .strict = config.strict});
    EXPECT_TRUE(file) << file.error().sentence;
    auto shape = make_shape(config, *file);
    EXPECT_TRUE(shape) << shape.error().sentence;
    return std::move(*shape);
}

std::string line_of(const Schema& schema) {
    std::string keys;
    for (const flow::LineItem& item : schema.line()) (keys += item.key) += ' ';
    return keys;
}

Config profile(const char* name) {
    Config config;
    config.profile = name;
    return config;
}

TEST(Shape, WithoutChoiceItIsTheProfiles) {
    for (const auto& [name, profile_id] :
         {std::pair{"goflow2-v1", Profile::goflow2_v1}, {"goflow2-v2", Profile::goflow2_v2}}) {
        const OutputShape shape = shape_of(profile(name));
        const Schema expected = Schema::all(profile_id);
        EXPECT_EQ(shape.schema.profile(), profile_id);
        ASSERT_EQ(shape.schema.columns().size(), expected.columns().size());
        ASSERT_EQ(shape.schema.line().size(), expected.line().size());
        for (std::size_t i = 0; i < expected.line().size(); ++i) {
            EXPECT_EQ(shape.schema.line()[i].key, expected.line()[i].key);
            EXPECT_EQ(shape.schema.line()[i].column, expected.line()[i].column);
            EXPECT_EQ(shape.schema.line()[i].render, expected.line()[i].render);
            EXPECT_TRUE(shape.schema.line()[i].always);
        }
        EXPECT_TRUE(shape.warnings.empty());
    }
}

TEST(Shape, OwnColumnsGoOutWhenAskedFor) {
    Config config;
    config.columns = "nat_event, PostNatSrcAddr,nat_event";
    const OutputShape shape = shape_of(config);
    EXPECT_TRUE(shape.schema.has(Column::nat_event));
    EXPECT_TRUE(shape.schema.has(Column::post_nat_src_addr));
    EXPECT_TRUE(line_of(shape.schema).ends_with(" NatEvent PostNatSrcAddr "));
}

TEST(Shape, AnUnknownOwnColumnIsAFailure) {
    Config config;
    config.columns = "nat_evnt";
    EXPECT_EQ(make_shape(config, {}).error().sentence,
              "output.columns: \"nat_evnt\" is no column; did you mean nat_event?");
    config.columns = "layer_stack";
    EXPECT_EQ(make_shape(config, {}).error().sentence,
              "output.columns: \"layer_stack\" is no column of goflow2-v1");
    config.columns = "nat_event,";
    EXPECT_EQ(make_shape(config, {}).error().sentence, "output.columns: \"\" is no column");
}

TEST(Shape, ASelectorChoosesTheLine) {
    Config config;
    config.selector = "SrcAddr,src_addr,Nope,ProtoName,SrcAddr,nat_event";
    const OutputShape shape = shape_of(config);
    EXPECT_EQ(line_of(shape.schema), "SrcAddr src_addr ProtoName SrcAddr nat_event ");
    EXPECT_TRUE(shape.schema.has(Column::nat_event));
    EXPECT_EQ(shape.schema.columns().size(), Schema::all(Profile::goflow2_v1).columns().size() + 1)
        << "protobuf has all";
    EXPECT_EQ(shape.warnings, Sentences{"output.selector: \"Nope\" is no column; it is left out"});
    std::string many;
    for (int i = 0; i < 300; ++i) many += "Type,";
    config.selector = many + "Type";
    const OutputShape cut = shape_of(config);
    EXPECT_EQ(cut.schema.line().size(), Schema::line_items_max);
    EXPECT_EQ(cut.warnings,
              Sentences{"output.selector: more than 256 columns; the rest is left out"});
}

TEST(Shape, TheTagJsonGivesSnakeCase) {
    Config config;
    config.tag = "json";
    EXPECT_TRUE(line_of(shape_of(config).schema).starts_with("type time_received sequence_num "));
    config.tag = "xml";
    EXPECT_TRUE(line_of(shape_of(config).schema).starts_with("Type TimeReceived "));
    config.tag = "json";
    config.selector = "Type,type";
    EXPECT_EQ(line_of(shape_of(config).schema), "Type type ");
}

TEST(Shape, OfDeclaredColumnsArraysAndNamesArePrintedWithoutAValue) {
    const OutputShape shape = shape_of(profile("goflow2-v2"), R"(formatter:
  fields: [text, texts, mac, etype_, proto_, plain]
  render: {text: string, texts: string, mac: mac, etype_: etype, proto_: proto}
  protobuf:
    - {name: text, index: 1000, type: bytes}
    - {name: texts, index: 1001, type: bytes, array: true}
    - {name: mac, index: 1002, type: varint}
    - {name: etype_, index: 1003, type: varint}
    - {name: proto_, index: 1004, type: varint}
    - {name: plain, index: 1005, type: varint, array: true}
)");
    std::string shown;
    for (const flow::LineItem& item : shape.schema.line()) {
        if (item.always) shown += std::string{item.key} + " ";
    }
    EXPECT_EQ(shown, "texts etype_ proto_ ");
}

constexpr std::string_view formatter = R"(formatter:
  fields: [src_addr, icmp_name, csum, vrf, in_if]
  key: [sampler_address, csum]
  render: {vrf: string, in_if: none}
  rename: {src_addr: source, icmp_name: icmp, csum: checksum}
  protobuf:
    - {name: csum, index: 999, type: varint}
    - {name: vrf, index: 1000, type: bytes, array: true}
ipfix: {mapping: [{field: 1, destination: csum}, {field: 2, destination: nat_event}]}
)";

TEST(Shape, TheFilesFormatterChoosesTheLine) {
    const OutputShape shape = shape_of(profile("goflow2-v2"), formatter);
    EXPECT_EQ(line_of(shape.schema), "source icmp checksum vrf in_if ");
    const auto line = shape.schema.line();
    EXPECT_EQ(line[0].render, Render::ip_as_is);
    EXPECT_EQ(line[1].render, Render::icmp_name_or_unknown);
    EXPECT_EQ(line[2].column, flow::custom_column(0));
    EXPECT_FALSE(line[2].always) << "left out of lines without a value";
    EXPECT_TRUE(line[3].always) << "an array with a renderer prints it nevertheless";
    EXPECT_EQ(line[3].render, Render::text);
    EXPECT_EQ(line[4].render, Render::none);
    ASSERT_EQ(shape.schema.customs().size(), 2U);
    EXPECT_EQ(shape.schema.customs()[0].name, "csum");
    EXPECT_EQ(shape.schema.customs()[1].number, 1000U);
    EXPECT_TRUE(shape.schema.customs()[1].array);
    EXPECT_EQ(shape.key, (std::vector<Column>{Column::sampler_address, flow::custom_column(0)}));
    EXPECT_TRUE(shape.schema.has(Column::nat_event)) << "a mapping's destination goes out";
    EXPECT_EQ(shape.mapping.fields.size(), 2U);
}

TEST(Shape, TheSelectorWinsAndKeepsTheFilesNames) {
    Config config = profile("goflow2-v2");
    config.selector = "csum,SrcAddr";
    EXPECT_EQ(line_of(shape_of(config, formatter).schema), "checksum source ");
}

TEST(Shape, WithoutFieldsRendersAndRenamesChangeTheProfilesLine) {
    const OutputShape shape =
        shape_of(Config{}, "formatter: {render: {time_received: datetime}, rename: {src_addr: a}}");
    EXPECT_EQ(shape.schema.line()[1].render, Render::datetime);
    EXPECT_EQ(shape.schema.line()[1].key, "TimeReceived");
    EXPECT_NE(line_of(shape.schema).find(" a DstAddr "), std::string::npos);
}

TEST(Shape, ItsTextsLiveWithIt) {
    OutputShape shape = shape_of(profile("goflow2-v2"), formatter);
    const OutputShape moved = std::move(shape);
    EXPECT_EQ(line_of(moved.schema), "source icmp checksum vrf in_if ");
    EXPECT_EQ(moved.schema.customs()[1].name, "vrf");
}

TEST(Keys, AreTheHashesColumnsInV1) {
    Config config;
    EXPECT_EQ(shape_of(config).key, std::vector<Column>{Column::sampler_address});
    config.hash = "SrcAddr,src_port,EtypeName,Nope";
    const OutputShape shape = shape_of(config);
    EXPECT_EQ(shape.key, (std::vector<Column>{Column::src_addr, Column::src_port}));
    EXPECT_EQ(shape.warnings,
              (Sentences{"output.hash: \"EtypeName\" is no column of its own; it is left out",
                         "output.hash: \"Nope\" is no column; it is left out"}));
    config.hash = "";
    EXPECT_TRUE(shape_of(config).key.empty());
}

TEST(Keys, ComeFromTheFileInV2) {
    Config config = profile("goflow2-v2");
    EXPECT_TRUE(shape_of(config).key.empty());
    config.hash = "SrcAddr";
    EXPECT_EQ(shape_of(config).warnings,
              Sentences{"output.hash: \"SrcAddr\" is left out: goflow2-v2 takes its key from the "
                        "mapping file's formatter.key"});
    Config v1;
    v1.hash = "SrcAddr";
    const OutputShape shape = shape_of(v1, "formatter: {key: [bytes]}");
    EXPECT_EQ(shape.key, std::vector<Column>{Column::bytes});
    EXPECT_EQ(shape.warnings,
              Sentences{"output.hash: \"SrcAddr\" is left out: the mapping file names the key"});
}

TEST(Keys, OwnColumnsInThemGoOut) {
    Config config;
    config.hash = "SamplerAddress,nat_event";
    const OutputShape shape = shape_of(config);
    EXPECT_EQ(shape.key, (std::vector<Column>{Column::sampler_address, Column::nat_event}));
    EXPECT_TRUE(shape.schema.has(Column::nat_event)) << "or nothing would fill it";
    EXPECT_TRUE(line_of(shape.schema).ends_with(" NatEvent "));
    config.selector = "Type";
    EXPECT_EQ(line_of(shape_of(config).schema), "Type ");
    EXPECT_TRUE(shape_of(config).schema.has(Column::nat_event));
    EXPECT_TRUE(shape_of(profile("goflow2-v2"), "formatter: {key: [nat_event]}")
                    .schema.has(Column::nat_event));
}

TEST(Keys, WhenStrictKnowGosNamesOnly) {
    Config config;
    config.strict = true;
    config.hash = "src_port,SrcPort,NatEvent, SrcAddr";
    const OutputShape shape = shape_of(config);
    EXPECT_EQ(shape.key, std::vector<Column>{Column::src_port});
    EXPECT_FALSE(shape.schema.has(Column::nat_event));
    EXPECT_EQ(shape.warnings,
              (Sentences{"output.hash: \"src_port\" is no column of goflow2 v1; with -strict it is "
                         "left out",
                         "output.hash: \"NatEvent\" is no column of goflow2 v1; with -strict it is "
                         "left out",
                         "output.hash: \" SrcAddr\" is no column (did you mean SrcAddr?); it is "
                         "left out"}));
}

TEST(Keys, MayNameAColumnTwice) {
    Config config;
    config.hash = "SrcPort,SrcPort";
    EXPECT_EQ(shape_of(config).key, (std::vector<Column>{Column::src_port, Column::src_port}));
}

TEST(Dialects, FollowTheProfileWhenStrict) {
    Config config;
    EXPECT_EQ(dialect_of(config), flow::Dialect::standard);
    config.strict = true;
    EXPECT_EQ(dialect_of(config), flow::Dialect::goflow2_v1);
    config.profile = "goflow2-v2";
    EXPECT_EQ(shape_of(config).dialect, flow::Dialect::goflow2_v2);
}

TEST(Framing, FollowsFormatProfileAndFlag) {
    Config config;
    config.format = "pb";
    EXPECT_FALSE(is_length_prefixed(config));
    config.protobuf_fixedlen = true;
    EXPECT_TRUE(is_length_prefixed(config));
    config.protobuf_fixedlen = false;
    config.format = "bin";
    EXPECT_TRUE(is_length_prefixed(config));
    config.format = "pb";
    config.profile = "goflow2-v2";
    EXPECT_TRUE(is_length_prefixed(config));
}

}  // namespace
}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// Whole mapping files: goflow2's samples in shape, the shipped examples, and what each form does
// with what is wrong.
#include "config/mapping/file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::mapping {
namespace {

using flow::Column;
using flow::Profile;

constexpr Reading v1{.profile = Profile::goflow2_v1};
constexpr Reading v2{.profile = Profile::goflow2_v2};
constexpr Reading strict_v1{.profile = Profile::goflow2_v1, .strict = true};
constexpr Reading strict_v2{.profile = Profile::goflow2_v2, .strict = true};

MappingFile yaml(std::string_view text, const Reading& reading = v2) {
    auto file = parse(text, Form::yaml, "m.yaml", reading);
    EXPECT_TRUE(file) << file.error().sentence;
    return file ? *file : MappingFile{};
}

MappingFile toml(std::string_view text, const Reading& reading = v2) {
    auto file = parse(text, Form::toml, "m.toml", reading);
    EXPECT_TRUE(file) << file.error().sentence;
    return file ? *file : MappingFile{};
}

std::string yaml_failure(std::string_view text, const Reading& reading = v2) {
    const auto file = parse(text, Form::yaml, "m.yaml", reading);
    return file ? "" : file.error().sentence;
}

std::string toml_failure(std::string_view text, const Reading& reading = v2) {
    const auto file = parse(text, Form::toml, "m.toml", reading);
    return file ? "" : file.error().sentence;
}

std::vector<std::string> warnings(std::string_view text, const Reading& reading = v2) {
    return yaml(text, reading).warnings;
}

using Sentences = std::vector<std::string>;

void expect_equal(const flow::FieldMapping& one, const flow::FieldMapping& other) {
    EXPECT_EQ(one.version, other.version);
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.enterprise, other.enterprise);
    EXPECT_EQ(one.destination, other.destination);
    EXPECT_EQ(one.endian, other.endian);
}

void expect_equal(const flow::LayerMapping& one, const flow::LayerMapping& other) {
    EXPECT_EQ(one.layer.by, other.layer.by);
    EXPECT_EQ(one.layer.kinds, other.layer.kinds);
    EXPECT_EQ(one.layer.number, other.layer.number);
    EXPECT_EQ(one.encapsulated, other.encapsulated);
    EXPECT_EQ(one.offset, other.offset);
    EXPECT_EQ(one.length, other.length);
    EXPECT_EQ(one.destination, other.destination);
    EXPECT_EQ(one.endian, other.endian);
}

void expect_equal(const flow::PortParser& one, const flow::PortParser& other) {
    EXPECT_EQ(one.tcp, other.tcp);
    EXPECT_EQ(one.direction, other.direction);
    EXPECT_EQ(one.port, other.port);
    EXPECT_EQ(one.parser, other.parser);
}

template <class T>
void expect_equal(const std::vector<T>& one, const std::vector<T>& other) {
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) expect_equal(one[i], other[i]);
}

void expect_equal(const MappingFile& one, const MappingFile& other) {
    expect_equal(one.mapping.fields, other.mapping.fields);
    expect_equal(one.mapping.layers, other.mapping.layers);
    expect_equal(one.mapping.ports, other.mapping.ports);
    EXPECT_EQ(one.customs, other.customs);
    EXPECT_EQ(one.fields, other.fields);
    EXPECT_EQ(one.key, other.key);
    EXPECT_EQ(one.renders, other.renders);
    EXPECT_EQ(one.renames, other.renames);
}

std::string shipped(const char* name) { return std::string{FLOWD_SOURCE_ROOT} + "/config/" + name; }

/// In the shape of goflow2 v1's sample: keys that it does not know, columns that do not exist.
constexpr std::string_view v1_sample = R"(ipfix:
  mapping:
    - field: 7
      destination: CustomInteger1
    - field: 11
      destination: CustomInteger2
    - penprovided: true
      pen: 2636
      field: 137
      destination: CustomList_1
netflowv9:
  mapping:
    - field: 7
      destination: CustomInteger_1
    - field: 34
      destination: SamplingRate
      endian: little
sflow:
  mapping:
    - layer: 4
      offset: 0
      length: 16
      destination: CustomInteger_1
    - layer: 4
      offset: 16
      length: 16
      destination: CustomInteger_2
)";

TEST(MappingFile, TheShippedExamplesSayTheSame) {
    for (const Reading& reading : {v1, v2}) {
        const auto from_yaml = read_file(shipped("mapping.yaml"), reading);
        const auto from_toml = read_file(shipped("mapping.toml"), reading);
        ASSERT_TRUE(from_yaml) << from_yaml.error().sentence;
        ASSERT_TRUE(from_toml) << from_toml.error().sentence;
        expect_equal(*from_yaml, *from_toml);
        EXPECT_EQ(from_yaml->mapping.fields.size(), 6U);
        EXPECT_EQ(from_yaml->mapping.layers.size(), 2U);
        EXPECT_EQ(from_yaml->mapping.ports.size(), 3U);
    }
    const auto file = read_file(shipped("mapping.yaml"), v2);
    EXPECT_EQ(file->warnings, Sentences{});
    EXPECT_EQ(file->fields.size(), 24U);
    EXPECT_EQ(file->customs.size(), 5U);
}

TEST(MappingFile, ColumnsOfTheOtherProfileAreWarningsInBothForms) {
    const auto from_yaml = read_file(shipped("mapping.yaml"), v1);
    const auto from_toml = read_file(shipped("mapping.toml"), v1);
    EXPECT_EQ(from_yaml->warnings.size(), 4U);
    EXPECT_EQ(from_toml->warnings.size(), 4U);
    EXPECT_EQ(from_yaml->fields.size(), 21U);
    ASSERT_EQ(from_yaml->customs.size(), 1U) << "v1 has the others, numbers included";
    EXPECT_EQ(from_yaml->customs[0].name, "csum");
    EXPECT_EQ(from_yaml->mapping.fields[0].destination, Column::flow_direction);
}

TEST(MappingFile, TheFirstSampleWorksButForItsFaults) {
    const MappingFile file = yaml(v1_sample, v1);
    EXPECT_EQ(file.warnings,
              (Sentences{"m.yaml:4: destination \"CustomInteger1\" is no column (did you mean "
                         "CustomInteger_1?); the entry is left out",
                         "m.yaml:6: destination \"CustomInteger2\" is no column (did you mean "
                         "CustomInteger_2?); the entry is left out",
                         "m.yaml:17: endian is left out, as in goflow2, whose key is endianness"}));
    ASSERT_EQ(file.mapping.fields.size(), 3U);
    expect_equal(
        file.mapping.fields[0],
        {.version = 10, .id = 137, .enterprise = 2636, .destination = Column::custom_list_1});
    expect_equal(file.mapping.fields[2],
                 {.version = 9, .id = 34, .destination = Column::sampling_rate});
    ASSERT_EQ(file.mapping.layers.size(), 2U);
    EXPECT_EQ(file.mapping.layers[1].offset, 16U);
    EXPECT_NE(file.mapping.layers[1].layer.kinds, 0U);
}

TEST(MappingFile, StrictReadsAsGoflow2Does) {
    const MappingFile file = yaml(v1_sample, strict_v1);
    ASSERT_EQ(file.mapping.fields.size(), 3U);
    EXPECT_EQ(file.warnings.size(), 3U);

    constexpr std::string_view snake =
        "netflowv9: {mapping: [{field: 34, destination: sampling_rate}]}";
    EXPECT_EQ(yaml(snake, v2).mapping.fields.size(), 1U);
    EXPECT_EQ(warnings(snake, strict_v2),
              Sentences{"m.yaml:1: destination \"sampling_rate\" is no name in goflow2's Go; the "
                        "entry is left out"});
    constexpr std::string_view later =
        "formatter: {fields: [type]}\nsflow:\n  ports: []\n  mapping:\n"
        "  - {layer: udp, length: 8, destination: InIf}";
    const MappingFile strict = yaml(later, strict_v1);
    EXPECT_TRUE(strict.fields.empty());
    EXPECT_EQ(strict.warnings,
              (Sentences{"m.yaml:1: formatter is left out, as in goflow2 v1, which has no such "
                         "section",
                         "m.yaml:3: ports is left out, as in goflow2 v1, which has no such section",
                         "m.yaml:5: \"udp\" is no layer (did you mean udp?); the entry is left "
                         "out"}));
    EXPECT_TRUE(yaml(later, v1).warnings.empty()) << "else both versions' files are read";
}

TEST(MappingFile, NothingIsAnEmptyMapping) {
    for (const char* text : {"", "---\n", "# nothing\n", "ipfix:\n", "ipfix: {mapping: }\n",
                             "formatter: ~\nsflow: {ports: null}\n"}) {
        const MappingFile file = yaml(text);
        EXPECT_TRUE(file.mapping.empty()) << text;
        EXPECT_EQ(file.warnings, Sentences{}) << text;
    }
    EXPECT_TRUE(toml("").mapping.empty());
}

TEST(MappingFile, AliasesAreWhatTheyStandFor) {
    const MappingFile file = yaml(
        "ipfix: &a\n  mapping:\n    - &e {field: 9, destination: SrcNet}\n"
        "netflowv9: *a\n");
    ASSERT_EQ(file.mapping.fields.size(), 2U);
    EXPECT_EQ(file.mapping.fields[1].version, 9);
    EXPECT_EQ(file.mapping.fields[1].destination, Column::src_net);
}

TEST(MappingFile, UnknownKeysAreWarningsInYamlAndFailuresInToml) {
    EXPECT_EQ(warnings("ipfxi: {}\nnetflowv9: {maping: []}\n"),
              (Sentences{"m.yaml:1: unknown key \"ipfxi\" (did you mean ipfix?); it is left out",
                         "m.yaml:2: unknown key \"maping\" (did you mean mapping?); it is left "
                         "out"}));
    EXPECT_EQ(toml_failure("\n[mapping.ipfxi]\n"),
              "m.toml:2: unknown key \"ipfxi\" (did you mean ipfix?)");
    EXPECT_EQ(toml_failure("[[mapping.ipfix]]\nfield = 1\npen = 3\ndestination = 'InIf'\n"),
              "m.toml:3: unknown key \"pen\"");
    EXPECT_EQ(toml_failure("[[mapping.ipfix]]\nfeld = 1\ndestination = 'InIf'\n"),
              "m.toml:2: unknown key \"feld\" (did you mean field?)")
        << "not that field is missing";
}

TEST(MappingFile, TheFailureNearestToTheTopIsTold) {
    EXPECT_EQ(toml_failure("[[mapping.netflow9]]\nfield = 70000\n[[mapping.ipfix]]\nfield = -1\n"),
              "m.toml:2: field: 70000 is above 65535");
}

TEST(MappingFile, ManyWarningsAreCutAndCounted) {
    std::string text = "ipfix:\n  mapping:\n";
    for (int i = 0; i < 60; ++i) text += "  - {field: " + std::to_string(i) + "}\n";
    const Sentences said = warnings(text);
    ASSERT_EQ(said.size(), Complaints::warnings_max + 1);
    EXPECT_EQ(said.front(), "m.yaml:3: an entry without destination; the entry is left out");
    EXPECT_EQ(said.back(), "m.yaml: 10 more entries are left out");
}

TEST(MappingFile, WhatCannotBeReadIsOneSentence) {
    EXPECT_EQ(yaml_failure("ipfix: [\n"), "m.yaml:2: end of sequence flow not found");
    EXPECT_TRUE(toml_failure("a = \n").starts_with("m.toml:1: "));
    EXPECT_EQ(yaml_failure("- 1\n"), "m.yaml:1: the file must be a table, not a list");
    EXPECT_EQ(yaml_failure("ipfix: 5\n"), "m.yaml:1: ipfix must be a table, not a single value");
    const auto missing = read_file("/nonexistent/m.yaml", v1);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().sentence,
              "/nonexistent/m.yaml: cannot be read: No such file or directory");
}

TEST(MappingFile, ALargeFileIsRefused) {
    const std::string path = testing::TempDir() + "flowd_large_mapping.yaml";
    std::ofstream{path} << std::string(1024 * 1024 + 1, '#');
    const auto file = read_file(path, v1);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().sentence, path + ": is larger than 1048576 bytes");
    std::remove(path.c_str());
}

}  // namespace
}  // namespace flowd::mapping

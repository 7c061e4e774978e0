// SPDX-License-Identifier: BSD-3-Clause
// TOML into rows: every kind of value, and a line number for everything that is wrong.
#include "config/file.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "config/config.hpp"

namespace flowd::config {
namespace {

class TomlFile : public testing::Test {
protected:
    Config config_;
    std::vector<std::string> names_;
    Schema schema_ = make();

    Schema make() {
        std::vector<Row> all = rows(config_);
        all.push_back({.key = "names", .flag = "", .target = &names_, .help = "Names."});
        return Schema{std::move(all)};
    }
    Outcome<std::vector<const Row*>> apply(std::string_view toml) {
        return apply_toml(toml, "flowd.toml", schema_);
    }
    std::string complaint(std::string_view toml) {
        const auto outcome = apply(toml);
        EXPECT_FALSE(outcome) << toml;
        return outcome.error().sentence;
    }
};

TEST_F(TomlFile, SetsEveryKindOfValue) {
    const auto given = apply(
        "names = ['a', \"b\"]\n"
        "rx.idle = \"spin\"\n"
        "[output.protobuf]\n"
        "fixedlen = true\n"
        "[batch]\n"
        "count = 0x40\n"
        "max_age_ms = \"1.5s\"\n"
        "[limits]\n"
        "exporters = 1_000\n");
    ASSERT_TRUE(given) << given.error().sentence;
    EXPECT_EQ(given->size(), 6U);
    EXPECT_EQ(names_, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config_.idle, "spin");
    EXPECT_TRUE(config_.protobuf_fixedlen);
    EXPECT_EQ(config_.batch_count, 64);
    EXPECT_EQ(config_.batch_max_age_ms, 1500);
    EXPECT_EQ(config_.exporters_max, 1000);
}

TEST_F(TomlFile, EmptyChangesNothing) {
    const auto given = apply("# nothing\n[batch]\n");
    ASSERT_TRUE(given);
    EXPECT_TRUE(given->empty());
}

TEST_F(TomlFile, ValuesOutsideTheirLimitsAreTheirLinesFault) {
    EXPECT_EQ(complaint("\n[batch]\ncount = 3\n"), "flowd.toml:3: batch.count: 3 is below 4");
    EXPECT_EQ(complaint("batch.count = 4097"), "flowd.toml:1: batch.count: 4097 is above 4096");
    EXPECT_EQ(complaint("[rx]\nidle = 'never'"),
              "flowd.toml:2: rx.idle: \"never\" is not one of adaptive, pause, spin");
    EXPECT_EQ(complaint("[output]\nformat = 'pigeon'"),
              "flowd.toml:2: output.format: \"pigeon\" is not one of json, text, pb, bin");
}

TEST_F(TomlFile, WrongKindsOfValueAreNamed) {
    EXPECT_EQ(complaint("batch.count = '64'"),
              "flowd.toml:1: batch.count: must be an integer, not a string");
    EXPECT_EQ(complaint("batch.count = 64.0"),
              "flowd.toml:1: batch.count: must be an integer, not a number with a fraction");
    EXPECT_EQ(
        complaint("batch.max_age_ms = true"),
        "flowd.toml:1: batch.max_age_ms: must be an integer or a duration in quotes, not true "
        "or false");
    EXPECT_EQ(complaint("rx.idle = 1"), "flowd.toml:1: rx.idle: must be a string, not an integer");
    EXPECT_EQ(complaint("output.protobuf.fixedlen = 1"),
              "flowd.toml:1: output.protobuf.fixedlen: must be true or false, not an integer");
    EXPECT_EQ(complaint("names = 'a'"),
              "flowd.toml:1: names: must be an array of strings, not a string");
    EXPECT_EQ(complaint("names = ['a', 1]"),
              "flowd.toml:1: names: must be an array of strings; one element is an integer");
    EXPECT_EQ(complaint("[batch.count]"),
              "flowd.toml:1: batch.count: must be an integer, not a table");
    EXPECT_EQ(complaint("batch = 1"), "flowd.toml:1: batch: must be a table, not an integer");
    EXPECT_EQ(complaint("[[batch]]\ncount = 5"),
              "flowd.toml:1: batch: must be a table, not an array");
    EXPECT_EQ(complaint("rx.idle = 2024-01-01"),
              "flowd.toml:1: rx.idle: must be a string, not a date or time");
}

TEST_F(TomlFile, UnknownKeysGetASuggestion) {
    EXPECT_EQ(complaint("[rx]\nidel = 'spin'"),
              "flowd.toml:2: rx.idel: unknown key; did you mean rx.idle?");
    EXPECT_EQ(complaint("loglevel = 'debug'"),
              "flowd.toml:1: loglevel: unknown key; did you mean log.level?");
    EXPECT_EQ(complaint("[limts]\nexporters = 1"),
              "flowd.toml:1: limts: unknown table; did you mean limits?");
    EXPECT_EQ(complaint("zebra = 1"), "flowd.toml:1: zebra: unknown key");
    EXPECT_EQ(complaint("'batch.count' = 9"),
              "flowd.toml:1: batch.count: unknown in quotes; write it without them");
    EXPECT_EQ(complaint("\"a\\nb\" = 9"), "flowd.toml:1: a\\nb: unknown key");
    EXPECT_EQ(complaint("exporters = 9"),
              "flowd.toml:1: exporters: unknown key; did you mean "
              "limits.exporters?");
}

TEST_F(TomlFile, TheFirstLineThatIsWrongIsTold) {
    EXPECT_EQ(complaint("[limits]\nexporters = 0\n[batch]\ncount = 0\n"),
              "flowd.toml:2: limits.exporters: 0 is below 1");
}

TEST_F(TomlFile, WhatIsNotTomlHasALineToo) {
    EXPECT_TRUE(complaint("[batch]\ncount = \n").starts_with("flowd.toml:2: "));
    EXPECT_TRUE(complaint("[batch]\ncount = 9\ncount = 8\n").starts_with("flowd.toml:3: "));
    EXPECT_TRUE(complaint("a = \"\xFF\"").starts_with("flowd.toml:1: "));
    const std::string deep(100'000, '[');
    EXPECT_TRUE(complaint("a = " + deep).starts_with("flowd.toml:1: "));
}

TEST_F(TomlFile, CutAnywhereItNeverThrows) {
    const std::string toml = "[batch]\ncount = 64 # x\nmax_age_ms = \"1s\"\n[rx]\nidle = 'spin'\n";
    for (std::size_t size = 0; size <= toml.size(); ++size) {
        const auto given = apply(std::string_view{toml}.substr(0, size));
        if (given) continue;
        EXPECT_TRUE(given.error().sentence.starts_with("flowd.toml:")) << size;
    }
    EXPECT_TRUE(apply(toml));
}

TEST(ReadFile, GivesTheWholeFile) {
    const std::string path = testing::TempDir() + "flowd_read_file_test.toml";
    const std::string text(200'000, '#');
    std::ofstream{path} << text;
    const Outcome<std::string> read = read_file(path);
    ASSERT_TRUE(read) << read.error().sentence;
    EXPECT_EQ(*read, text);
    std::remove(path.c_str());
}

TEST(ReadFile, WhatCannotBeReadIsASentence) {
    EXPECT_EQ(read_file("/nonexistent.toml").error().sentence,
              "/nonexistent.toml: cannot be read: No such file or directory");
    EXPECT_EQ(read_file("/").error().sentence, "/: cannot be read: Is a directory");
    EXPECT_EQ(read_file("/dev/zero").error().sentence, "/dev/zero: is larger than 1048576 bytes");
}

}  // namespace
}  // namespace flowd::config

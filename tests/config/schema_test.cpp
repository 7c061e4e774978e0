// SPDX-License-Identifier: BSD-3-Clause
// Rows: limits, choices, durations, and the checks on a set of rows.
#include "config/schema.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace flowd::config {
namespace {

struct Sample {
    bool on = false;
    std::int64_t cores = 2;
    std::int64_t age_ms = 50;
    std::string kind = "udp";
    std::vector<std::string> names{"a", "b"};

    [[nodiscard]] std::vector<Row> rows() {
        return {
            {.key = "rx.on", .flag = "on", .target = &on, .help = "On."},
            {.key = "rx.cores",
             .flag = "cores",
             .target = &cores,
             .help = "Cores.",
             .min = 1,
             .max = 64},
            {.key = "rx.age_ms",
             .flag = "age",
             .target = &age_ms,
             .help = "Age.",
             .unit = "ms",
             .max = 10'000},
            {.key = "rx.kind",
             .flag = "kind",
             .target = &kind,
             .help = "Kind.",
             .choices = {"udp", "dpdk"}},
            {.key = "names", .flag = "", .target = &names, .help = "Names."},
        };
    }
};

std::string complaint(const Row* row, std::string_view text) {
    return set_text(*row, text).sentence;
}

TEST(Schema, FindsRowsByKeyAndFlag) {
    Sample sample;
    const Schema schema{sample.rows()};
    EXPECT_EQ(schema.by_key("rx.cores"), schema.by_flag("cores"));
    EXPECT_EQ(name_of(*schema.by_key("names")), "names");
    EXPECT_EQ(name_of(*schema.by_key("rx.cores")), "cores");
    EXPECT_EQ(schema.by_key("cores"), nullptr);
    EXPECT_EQ(schema.by_flag(""), nullptr);
    EXPECT_EQ(schema.by_key(""), nullptr);
}

TEST(Schema, RemembersTheDefaults) {
    Sample sample;
    const Schema schema{sample.rows()};
    EXPECT_FALSE(failed(set_text(*schema.by_flag("cores"), "7")));
    EXPECT_EQ(sample.cores, 7);
    EXPECT_EQ(schema.settings()[1].default_value, "2");
    EXPECT_EQ(value_of(*schema.by_flag("cores")), "7");
}

TEST(Schema, SuggestsAcrossKeysAndFlags) {
    Sample sample;
    const Schema schema{sample.rows()};
    EXPECT_EQ(schema.nearest_key("kind"), "rx.kind");
    EXPECT_EQ(schema.nearest_key("age"), "rx.age_ms");
    EXPECT_EQ(schema.nearest_flag("rx.age_ms"), "age");
    EXPECT_EQ(schema.nearest_flag("kidn"), "kind");
    EXPECT_EQ(schema.nearest_flag("nonsense"), "");
}

TEST(Integer, KeepsItsLimits) {
    Sample sample;
    const Schema schema{sample.rows()};
    const Row* cores = schema.by_flag("cores");
    EXPECT_EQ(complaint(cores, "1"), "");
    EXPECT_EQ(complaint(cores, "64"), "");
    EXPECT_EQ(complaint(cores, "0"), "0 is below 1");
    EXPECT_EQ(complaint(cores, "65"), "65 is above 64");
    EXPECT_EQ(complaint(cores, "two"), "\"two\" is not an integer");
    EXPECT_EQ(complaint(cores, "2s"), "\"2s\" is not an integer");
    EXPECT_EQ(sample.cores, 64) << "a failure changes nothing";
}

TEST(Duration, IsANumberInTheRowsUnitOrGoSyntax) {
    Sample sample;
    const Schema schema{sample.rows()};
    const Row* age = schema.by_flag("age");
    EXPECT_TRUE(is_duration(*age));
    EXPECT_FALSE(is_duration(*schema.by_flag("cores")));
    EXPECT_EQ(complaint(age, "70"), "");
    EXPECT_EQ(sample.age_ms, 70);
    EXPECT_EQ(complaint(age, "1.5s"), "");
    EXPECT_EQ(sample.age_ms, 1500);
    EXPECT_EQ(complaint(age, "11s"), "11000 is above 10000 ms");
    EXPECT_EQ(complaint(age, "-1ms"), "-1 is below 0 ms");
    EXPECT_EQ(complaint(age, "1500us"), "1500us is not a whole number of ms");
    EXPECT_EQ(complaint(age, "soon"),
              "\"soon\" is neither a number of ms nor a duration such as 500ms, 10s or 1h30m");
    EXPECT_EQ(sample.age_ms, 1500);
}

TEST(Choice, IsTakenInAnyCaseAndKeptInItsOwn) {
    Sample sample;
    const Schema schema{sample.rows()};
    const Row* kind = schema.by_flag("kind");
    EXPECT_EQ(complaint(kind, "DPDK"), "");
    EXPECT_EQ(sample.kind, "dpdk");
    EXPECT_EQ(complaint(kind, "tcp"), "\"tcp\" is not one of udp, dpdk");
    EXPECT_EQ(complaint(kind, ""), "\"\" is not one of udp, dpdk");
    EXPECT_EQ(sample.kind, "dpdk");
}

TEST(Switch, TakesGosSpellings) {
    Sample sample;
    const Schema schema{sample.rows()};
    EXPECT_EQ(complaint(schema.by_flag("on"), "T"), "");
    EXPECT_TRUE(sample.on);
    EXPECT_EQ(complaint(schema.by_flag("on"), "yes"), "\"yes\" is neither true nor false");
    EXPECT_TRUE(sample.on);
}

TEST(List, IsSplitAtCommas) {
    Sample sample;
    const Schema schema{sample.rows()};
    EXPECT_EQ(complaint(schema.by_key("names"), "x, y,z"), "");
    EXPECT_EQ(sample.names, (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_EQ(value_of(*schema.by_key("names")), "[\"x\", \"y\", \"z\"]");
    EXPECT_EQ(complaint(schema.by_key("names"), ""), "");
    EXPECT_TRUE(sample.names.empty());
}

TEST(Conflict, GoodRowsHaveNone) {
    Sample sample;
    EXPECT_EQ(Schema{sample.rows()}.conflict().sentence, "");
}

TEST(Conflict, ProgrammersErrorsAreNamed) {
    Sample sample;
    const auto with = [&sample](Row row) {
        std::vector<Row> rows = sample.rows();
        rows.push_back(std::move(row));
        return Schema{std::move(rows)}.conflict().sentence;
    };
    std::string text = "tcp";
    EXPECT_EQ(with({.key = "rx.on", .flag = "", .target = &text, .help = ""}),
              "the key rx.on belongs to two rows");
    EXPECT_EQ(with({.key = "", .flag = "on", .target = &text, .help = ""}),
              "the flag -on belongs to two rows");
    EXPECT_EQ(with({.key = "", .flag = "", .target = &text, .help = "Lost."}),
              "a row has neither key nor flag: Lost.");
    EXPECT_EQ(with({.key = "rx", .flag = "", .target = &text, .help = ""}),
              "the key rx is also the table of rx.age_ms");
    EXPECT_EQ(with({.key = "k", .flag = "", .target = &text, .help = "", .choices = {"udp"}}),
              "the default of k: \"tcp\" is not one of udp");
}

}  // namespace
}  // namespace flowd::config

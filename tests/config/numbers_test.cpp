// SPDX-License-Identifier: BSD-3-Clause
// Go's spellings, with the edges of each.
#include "config/numbers.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace flowd::config {
namespace {

using namespace std::chrono_literals;

TEST(Integer, TakesDecimalHexOctalBinaryAndUnderscores) {
    EXPECT_EQ(parse_integer("0"), 0);
    EXPECT_EQ(parse_integer("-17"), -17);
    EXPECT_EQ(parse_integer("+17"), 17);
    EXPECT_EQ(parse_integer("0x1F"), 31);
    EXPECT_EQ(parse_integer("-0x1f"), -31);
    EXPECT_EQ(parse_integer("0o17"), 15);
    EXPECT_EQ(parse_integer("0b101"), 5);
    EXPECT_EQ(parse_integer("1_000_000"), 1'000'000);
}

TEST(Integer, ReachesBothEndsAndNotBeyond) {
    EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(parse_integer("9223372036854775808"));
    EXPECT_FALSE(parse_integer("-9223372036854775809"));
    EXPECT_FALSE(parse_integer(std::string(500, '1')));
}

TEST(Integer, RefusesWhatOnlyLooksLikeOne) {
    for (const auto* text : {"", "-", "+", "--1", "+-1", "1-", " 1", "1 ", "1.0", "1e3", "010",
                             "0x", "0x-1", "0xg", "0b2", "1__0", "_1", "1_", "one"}) {
        EXPECT_FALSE(parse_integer(text)) << text;
    }
}

TEST(Switch, TakesGosSpellingsOnly) {
    for (const auto* text : {"1", "t", "T", "true", "True", "TRUE"}) {
        EXPECT_EQ(parse_switch(text), true) << text;
    }
    for (const auto* text : {"0", "f", "F", "false", "False", "FALSE"}) {
        EXPECT_EQ(parse_switch(text), false) << text;
    }
    for (const auto* text : {"", "yes", "on", "tRUE", "01", " true"}) {
        EXPECT_FALSE(parse_switch(text)) << text;
    }
}

TEST(Duration, AddsItsTerms) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("1h30m"), 90min);
    EXPECT_EQ(parse_duration("1m0.5s"), 60'500ms);
    EXPECT_EQ(parse_duration("-1.5h"), -90min);
    EXPECT_EQ(parse_duration("0.25m"), 15s);
    EXPECT_EQ(parse_duration("0.01h"), 36s);
    EXPECT_EQ(parse_duration("3us"), 3us);
    EXPECT_EQ(parse_duration("3\xC2\xB5s"), 3us);
    EXPECT_EQ(parse_duration("7ns"), 7ns);
    EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(Duration, CutsWhatLiesBelowANanosecond) {
    EXPECT_EQ(parse_duration("1.9ns"), 1ns);
    EXPECT_EQ(parse_duration("0.0000000019s"), 1ns);
}

TEST(Duration, RefusesHalfOnes) {
    for (const auto* text :
         {"", "-", "s", ".s", "1", "1.", "5 s", "5s ", "1h-5m", "1d", "1x", "ms", "1hh", "1,5s"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Duration, ThatDoesNotFitIsRefused) {
    EXPECT_EQ(parse_duration("2562047h"), 2562047h);
    EXPECT_FALSE(parse_duration("2562048h"));
    EXPECT_FALSE(parse_duration("2562047h59m"));
    EXPECT_FALSE(parse_duration("99999999999999999999s"));
}

}  // namespace
}  // namespace flowd::config

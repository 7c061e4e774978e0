// SPDX-License-Identifier: BSD-3-Clause
// What the log writes to stderr, and the names of its levels.
#include "log/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>

namespace flowd::log {
namespace {

template <class Action>
std::string stderr_of(Action action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
}

bool matches(const std::string& text, const std::string& pattern) {
    return std::regex_match(text, std::regex{pattern});
}

TEST(Level, TakesTheNamesOfBothGoflowsInAnyCase) {
    EXPECT_EQ(*parse_level("trace"), Level::trace);
    EXPECT_EQ(*parse_level("DEBUG"), Level::debug);
    EXPECT_EQ(*parse_level("Info"), Level::info);
    EXPECT_EQ(*parse_level("warn"), Level::warn);
    EXPECT_EQ(*parse_level("warning"), Level::warn);
    EXPECT_EQ(*parse_level("ERROR"), Level::error);
    EXPECT_EQ(*parse_level("fatal"), Level::fatal);
    EXPECT_EQ(*parse_level("panic"), Level::fatal);
}

TEST(Level, UnknownIsASentence) {
    const Outcome<Level> level = parse_level("loud");
    ASSERT_FALSE(level);
    EXPECT_EQ(level.error().sentence,
              "\"loud\" is not one of trace, debug, info, warn, warning, error, fatal, panic");
    EXPECT_FALSE(parse_level(""));
    EXPECT_FALSE(parse_level("info "));
}

TEST(Format, IsNormalOrJson) {
    EXPECT_EQ(*parse_format("normal"), Format::normal);
    EXPECT_EQ(*parse_format("JSON"), Format::json);
    EXPECT_EQ(parse_format("xml").error().sentence, "\"xml\" is not one of normal, json");
}

TEST(Log, NormalIsTimeLevelAndMessageOnOneLine) {
    start(Level::info, Format::normal);
    const std::string text = stderr_of([] { warn("two\nlines {} \"q\""); });
    EXPECT_TRUE(matches(text,
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d "
                        "warning two\\\\nlines \\{\\} \"q\"\n"))
        << text;
}

TEST(Log, JsonIsOneObjectALine) {
    start(Level::info, Format::json);
    const std::string text = stderr_of([] { error("say \"a\\b\"\n\xFF"); });
    EXPECT_TRUE(text.starts_with("{\"time\":\"")) << text;
    EXPECT_TRUE(
        text.ends_with("\",\"level\":\"error\",\"msg\":\"say \\\"a\\\\b\\\"\\n"
                       "\xEF\xBF\xBD\"}\n"))
        << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Log, WritesNothingBelowItsLevel) {
    start(Level::warn, Format::normal);
    EXPECT_EQ(stderr_of([] { info("quiet"); }), "");
    EXPECT_FALSE(enabled(Level::info));
    EXPECT_TRUE(enabled(Level::warn));
    set_level(Level::debug);
    EXPECT_TRUE(stderr_of([] { debug("heard"); }).ends_with(" debug heard\n"));
    EXPECT_FALSE(enabled(Level::trace));
}

TEST(Log, FatalLevelSilencesErrors) {
    start(Level::fatal, Format::normal);
    EXPECT_EQ(stderr_of([] { error("quiet"); }), "");
}

}  // namespace
}  // namespace flowd::log

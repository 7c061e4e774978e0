// SPDX-License-Identifier: BSD-3-Clause
// Escaping: one line, valid UTF-8, legal JSON.
#include "log/escape.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flowd::log {
namespace {

const std::string replacement = "\xEF\xBF\xBD";

TEST(JsonEscaped, LeavesPlainTextAlone) {
    EXPECT_EQ(json_escaped(""), "");
    EXPECT_EQ(json_escaped("plain text / 100 %"), "plain text / 100 %");
    EXPECT_EQ(json_escaped("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"),
              "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
}

TEST(JsonEscaped, EscapesQuotesBackslashesAndControls) {
    EXPECT_EQ(json_escaped("a\"b\\c"), R"(a\"b\\c)");
    EXPECT_EQ(json_escaped(std::string{"\n\r\t\0\x1b\x7f", 6}), R"(\n\r\t\u0000\u001b\u007f)");
}

TEST(JsonEscaped, RepairsWhatIsNotUtf8) {
    EXPECT_EQ(json_escaped("a\xFFz"), "a" + replacement + "z");
    EXPECT_EQ(json_escaped("\x80"), replacement);
    EXPECT_EQ(json_escaped("\xC0\xAF"), replacement + replacement);          // overlong
    EXPECT_EQ(json_escaped("\xE2\x82"), replacement + replacement);          // cut
    EXPECT_EQ(json_escaped("\xC3\""), replacement + "\\\"");                 // cut by a quote
    EXPECT_EQ(json_escaped("\xED\xA0\x80").size(), 3 * replacement.size());  // a surrogate
    EXPECT_EQ(json_escaped("\xF4\x90\x80\x80").size(), 4 * replacement.size());
}

TEST(OneLine, EscapesControlsOnly) {
    EXPECT_EQ(one_line("say \"\\\""), "say \"\\\"");
    EXPECT_EQ(one_line("a\nb\x1b[31m"), R"(a\nb\u001b[31m)");
}

}  // namespace
}  // namespace flowd::log

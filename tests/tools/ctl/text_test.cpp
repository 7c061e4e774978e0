// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/text.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace flowd::ctl {
namespace {

class CtlText : public testing::Test {
protected:
    void SetUp() override { ASSERT_NE(std::setlocale(LC_CTYPE, "C.utf8"), nullptr); }
};

TEST_F(CtlText, WhatMovesATerminalIsEscaped) {
    EXPECT_EQ(safe("plain text, \xC3\xA9 and \xE2\x82\xAC"), "plain text, é and €");
    EXPECT_EQ(safe("\x1b[2J"), "\\u001b[2J");
    EXPECT_EQ(safe("a\r\nb\tc"), "a\\u000d\\u000ab\\u0009c");
    EXPECT_EQ(safe(std::string_view{"\0", 1}), "\\u0000");
    EXPECT_EQ(safe("\x7f"), "\\u007f");
    // C1: CSI and OSC in one character, as UTF-8 and as a bare byte.
    EXPECT_EQ(safe("\xC2\x9B"
                   "31m"),
              "\\u009b31m");
    EXPECT_EQ(safe("\x9B"
                   "31m"),
              "\xEF\xBF\xBD"
              "31m");
}

TEST_F(CtlText, WhatTurnsOrHidesTextIsEscaped) {
    EXPECT_EQ(safe("\xE2\x80\xAE"
                   "evil"),
              "\\u202eevil");
    EXPECT_EQ(safe("\xE2\x81\xA6"), "\\u2066");
    EXPECT_EQ(safe("\xE2\x80\x8B"), "\\u200b");
    EXPECT_EQ(safe("\xEF\xBB\xBF"), "\\ufeff");
    EXPECT_EQ(safe("\xF3\xA0\x81\x81"), "\\ue0041");
}

TEST_F(CtlText, BrokenUtf8IsReplacedByteByByte) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(safe("\xC3"), bad);
    EXPECT_EQ(safe("\xC0\xAF"), bad + bad);            // overlong
    EXPECT_EQ(safe("\xED\xA0\x80"), bad + bad + bad);  // surrogate
    EXPECT_EQ(safe("\xF4\x90\x80\x80"), bad + bad + bad + bad);
    EXPECT_EQ(safe("\xE2\x82"
                   "a"),
              bad + bad + "a");
}

TEST_F(CtlText, EveryByteAndPairIsHarmless) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char bytes[]{static_cast<char>(first), static_cast<char>(second)};
            const std::string out = safe({bytes, 2});
            for (const char each : out) {
                ASSERT_TRUE(static_cast<unsigned char>(each) >= 0x20 && each != 0x7f);
            }
            ASSERT_EQ(safe(out), out) << first << ' ' << second;
        }
    }
}

TEST_F(CtlText, WithoutUtf8CharactersAreQuestionMarks) {
    EXPECT_EQ(ascii("caf\xC3\xA9 \xE2\x80\xA6"), "caf? ?");
}

TEST_F(CtlText, WidthIsInColumns) {
    EXPECT_EQ(width_of("abc"), 3U);
    EXPECT_EQ(width_of("\xC3\xA9"), 1U);
    EXPECT_EQ(width_of("\xE6\xBC\xA2"), 2U);  // 漢
    EXPECT_EQ(width_of(""), 0U);
}

TEST_F(CtlText, CutKeepsTheWidthAndWholeCharacters) {
    EXPECT_EQ(cut("abcdef", 6, "…"), "abcdef");
    EXPECT_EQ(cut("abcdef", 5, "…"), "abcd…");
    EXPECT_EQ(cut("abcdef", 5, "..."), "ab...");
    EXPECT_EQ(cut("abcdef", 2, "..."), "ab");
    EXPECT_EQ(cut("abc", 0, "…"), "");
    EXPECT_EQ(cut("\xE6\xBC\xA2\xE6\xBC\xA2", 3, ""), "\xE6\xBC\xA2");
}

TEST_F(CtlText, WrappingBreaksAtBlanksAndLongWordsAnywhere) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(wrapped("one two three", 8), (Lines{"one two", "three"}));
    EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
    EXPECT_EQ(wrapped("abcdefgh", 3), (Lines{"abc", "def", "gh"}));
    EXPECT_EQ(wrapped("", 3), (Lines{""}));
    EXPECT_EQ(wrapped("ab", 0), (Lines{"a", "b"}));
    for (std::size_t width = 1; width < 30; ++width) {
        std::string together;
        for (const std::string& line : wrapped("the quick brown fox jumps over it", width)) {
            EXPECT_LE(line.size(), width);
            for (const char each : line) together += each == ' ' ? "" : std::string{each};
        }
        EXPECT_EQ(together, "thequickbrownfoxjumpsoverit") << width;
    }
}

TEST_F(CtlText, OneIsSingular) {
    EXPECT_EQ(plural(1, "exporter"), "1 exporter");
    EXPECT_EQ(plural(0, "exporter"), "0 exporters");
    EXPECT_EQ(plural(1234, "exporter"), "1,234 exporters");
}

}  // namespace
}  // namespace flowd::ctl

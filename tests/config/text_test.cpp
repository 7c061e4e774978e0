// SPDX-License-Identifier: BSD-3-Clause
// Quoting, splitting, wrapping and guessing what a person meant.
#include "config/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flowd::config {
namespace {

TEST(InQuotes, IsOneShortLine) {
    EXPECT_EQ(in_quotes("a\"b\nc"), R"("a\"b\nc")");
    const std::string shown = in_quotes(std::string(1000, 'x'));
    EXPECT_LT(shown.size(), 130U);
    EXPECT_TRUE(shown.ends_with("...\""));
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    EXPECT_EQ(split("a,", ','), (std::vector<std::string_view>{"a", ""}));
}

TEST(Trimmed, LeavesTheMiddle) {
    EXPECT_EQ(trimmed(" a b\t"), "a b");
    EXPECT_EQ(trimmed(" \n"), "");
}

TEST(Nearest, FindsSlipsOfTheFinger) {
    constexpr std::array<std::string_view, 3> known{"rx.idle", "output.format", "log.level"};
    EXPECT_EQ(nearest("rx.idel", known), "rx.idle");
    EXPECT_EQ(nearest("ouput.format", known), "output.format");
    EXPECT_EQ(nearest("LOG.LEVEL", known), "log.level");
}

TEST(Nearest, FindsTheRightNameInTheWrongTable) {
    constexpr std::array<std::string_view, 2> known{"rx.idle", "output.format"};
    EXPECT_EQ(nearest("format", known), "output.format");
    EXPECT_EQ(nearest("messages.format", known), "output.format");
}

TEST(Nearest, DoesNotGuessWildly) {
    constexpr std::array<std::string_view, 2> known{"rx.idle", "v"};
    EXPECT_EQ(nearest("transport", known), "");
    EXPECT_EQ(nearest("x", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest(std::string(100'000, 'a'), known), "");
}

TEST(Wrapped, BreaksBetweenWordsOnly) {
    EXPECT_EQ(wrapped("aa bb cc", "# ", 7), "# aa bb\n# cc\n");
    EXPECT_EQ(wrapped("a-very-long-word b", "  ", 5), "  a-very-long-word\n  b\n");
    EXPECT_EQ(wrapped("", "# ", 7), "# \n");
}

}  // namespace
}  // namespace flowd::config

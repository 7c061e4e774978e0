// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/page.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace flowd::ctl {
namespace {

class CtlPage : public testing::Test {
protected:
    void SetUp() override { ASSERT_NE(std::setlocale(LC_CTYPE, "C.utf8"), nullptr); }
};

TEST_F(CtlPage, ColoursAreOnlyWhereTheyAreWanted) {
    const Page page{Line{"bad", Style::bad}.add(" and plain")};
    EXPECT_EQ(printed(page, {}), "bad and plain\n");
    EXPECT_EQ(printed(page, {.colours = true}), "\x1b[1;31mbad\x1b[0m and plain\n");
}

TEST_F(CtlPage, NothingThatMovesATerminalGetsOut) {
    const Page page{Line{"a\x1b[2Jb\nc\x7f"}};
    EXPECT_EQ(printed(page, {.utf8 = true}), "a?[2Jb?c?\n");
}

TEST_F(CtlPage, LinesAreCutToTheWidth) {
    const Page page{Line{"12345", Style::good}.add("67890")};
    EXPECT_EQ(printed(page, {.width = 10}), "1234567890\n");
    EXPECT_EQ(printed(page, {.width = 8}), "12345...\n");
    EXPECT_EQ(printed(page, {.width = 8, .utf8 = true}), "1234567…\n");
    EXPECT_EQ(printed(page, {.width = 4, .utf8 = true}), "123…\n");
    EXPECT_EQ(printed(page, {.width = 2}), "..\n");
    for (std::size_t width = 1; width < 12; ++width) {
        EXPECT_LE(page[0].cut_to(width, "…").width(), width);
    }
}

TEST_F(CtlPage, BlanksAtTheEndAreNotPrinted) {
    EXPECT_EQ(printed({Line{"a   "}, Line{"   "}}, {}), "a\n\n");
}

TEST_F(CtlPage, SentencesAreWrappedUnderTheirHead) {
    Page page;
    add_wrapped(page, Line{"  error  "}, "one two three four five six", Style::plain,
                {.width = 29});
    EXPECT_EQ(printed(page, {}), "  error  one two three four\n         five six\n");
}

TEST_F(CtlPage, WithoutUtf8TheWidthStays) {
    const Page page{Line{"\xC3\xA9\xC3\xA9"}.pad_to(4).add("x")};
    EXPECT_EQ(printed(page, {}), "??  x\n");
    EXPECT_EQ(printed(page, {.utf8 = true}), "\xC3\xA9\xC3\xA9  x\n");
}

}  // namespace
}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/table.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace flowd::ctl {
namespace {

class CtlTable : public testing::Test {
protected:
    void SetUp() override { ASSERT_NE(std::setlocale(LC_CTYPE, "C.utf8"), nullptr); }

    static Table table() {
        Table out{{{.title = "name"},
                   {.title = "count", .align = Align::right},
                   {.title = "rare", .align = Align::right, .rank = 2},
                   {.title = "rarer", .align = Align::left, .rank = 3},
                   {.title = "text", .align = Align::left, .rank = 0, .least = 6}}};
        out.add({{"a"}, {"1"}, {"22"}, {"r"}, {"short"}});
        out.add({{"bcd"}, {"1,234"}, {"3"}, {"rr"}, {"a rather long text"}});
        return out;
    }
    static std::string shown(std::size_t width) {
        const Look look{.width = width, .utf8 = true};
        return printed(table().page(look), look);
    }
};

TEST_F(CtlTable, WithoutAWidthAllIsShown) {
    EXPECT_EQ(shown(0),
              "name  count  rare  rarer  text\n"
              "a         1    22  r      short\n"
              "bcd   1,234     3  rr     a rather long text\n");
}

TEST_F(CtlTable, LongTextsAreCutFirst) {
    EXPECT_EQ(shown(36),
              "name  count  rare  rarer  text\n"
              "a         1    22  r      short\n"
              "bcd   1,234     3  rr     a rather …\n");
}

TEST_F(CtlTable, ThenColumnsGoTheRarestFirst) {
    EXPECT_EQ(shown(31),
              "name  count  rare  text\n"
              "a         1    22  short\n"
              "bcd   1,234     3  a rather lo…\n");
    EXPECT_EQ(shown(20),
              "name  count  text\n"
              "a         1  short\n"
              "bcd   1,234  a rath…\n");
}

TEST_F(CtlTable, WhatIsNeverLeftOutIsCutByThePage) {
    EXPECT_EQ(shown(8), "name  c…\na      …\nbcd   1…\n");
}

TEST_F(CtlTable, NoWidthIsExceeded) {
    for (std::size_t width = 19; width < 60; ++width) {
        for (const Line& line : table().page({.width = width, .utf8 = true})) {
            EXPECT_LE(line.width(), width);
        }
    }
}

TEST_F(CtlTable, WideCharactersKeepTheColumns) {
    Table table{{{.title = "n"}, {.title = "m"}}};
    table.add({{"\xE6\xBC\xA2"}, {"x"}});
    table.add({{"ab"}, {"y"}});
    EXPECT_EQ(printed(table.page({}), {.utf8 = true}), "n   m\n\xE6\xBC\xA2  x\nab  y\n");
}

TEST_F(CtlTable, IndentCounts) {
    Table table{{{.title = "n"}}};
    table.add({{"x"}});
    EXPECT_EQ(printed(table.page({}, 2), {}), "  n\n  x\n");
}

}  // namespace
}  // namespace flowd::ctl

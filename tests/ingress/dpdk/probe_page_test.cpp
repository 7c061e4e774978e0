// SPDX-License-Identifier: BSD-3-Clause
// Rows that line up, and stay within 100 columns.
#include "ingress/dpdk/probe_page.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace flowd::dpdk {
namespace {

TEST(ProbePage, RowsLineUp) {
    ProbePage page;
    page.section("CPUs");
    page.row("online", "0-7");
    page.item("eth0");
    page.row("flowd can", "one\ntwo");
    page.section("Memory");
    EXPECT_EQ(page.text(),
              "CPUs\n"
              "    online            0-7\n"
              "  eth0\n"
              "    flowd can         one\n"
              "                      two\n"
              "\n"
              "Memory\n");
}

TEST(ProbePage, IsJsonToo) {
    ProbePage page;
    page.section("Devices");
    page.row("count", "1");
    page.item("eth0 \xff");
    page.row("ways", "one\ntwo");
    page.row("beware", "this");
    page.row("beware", "that");
    page.row("beware", "\"other\"");
    page.section("Nothing");
    const auto json = nlohmann::json::parse(page.json());
    EXPECT_EQ(json, nlohmann::json::parse(R"({"Devices": {"count": "1", "eth0 \ufffd": {
        "ways": ["one", "two"], "beware": ["this", "that", "\"other\""]}}, "Nothing": {}})"));
    EXPECT_EQ(ProbePage{}.json(), "{}\n");
    EXPECT_EQ(ProbePage{}.text(), "");
}

TEST(ProbePage, LongValuesWrapAtSpaces) {
    ProbePage page;
    std::string value;
    for (int i = 0; i < 60; ++i) value += "word" + std::to_string(i) + " ";
    value.pop_back();
    page.row("name", value);
    std::istringstream lines{page.text()};
    std::string joined;
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        EXPECT_LE(line.size(), 100U) << line;
        joined += (count == 0 ? "" : " ") + line.substr(22);
    }
    EXPECT_GT(count, 1U);
    EXPECT_EQ(joined, value);
}

TEST(ProbePage, AWordLongerThanALineStaysWhole) {
    ProbePage page;
    const std::string word(150, 'x');
    page.row("name", word);
    EXPECT_NE(page.text().find(word), std::string::npos);
}

}  // namespace
}  // namespace flowd::dpdk

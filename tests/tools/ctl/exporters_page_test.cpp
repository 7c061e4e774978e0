// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <algorithm>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"
#include "tools/ctl/pages.hpp"

namespace flowd::ctl {
namespace {

using CtlExportersPage = GoldenPage;

TEST_F(CtlExportersPage, LooksAsItDid) {
    const Look wide{.utf8 = true};
    expect_golden("exporters_wide", exporters_page(exporters(), wide), wide);
    const Look narrow{.width = 80, .utf8 = true};
    expect_golden("exporters_80", exporters_page(exporters(), narrow), narrow);
}

TEST_F(CtlExportersPage, FitsAnyWidthThatHasRoomForWhatMatters) {
    expect_to_fit([](const Look& look) { return exporters_page(exporters(), look); });
}

TEST_F(CtlExportersPage, SaysWhatItLeavesOut) {
    const auto last = [](const Json& json) { return exporters_page(json, {}).back().text(); };
    Json json = exporters();
    json["count"] = 7;
    json["total"] = 12345;
    EXPECT_EQ(last(json), "2 of 12,345 exporters, 7 match; --all or a larger --limit shows more.");
    json["exporters"] = Json(exporters_most, Json::object());
    json["count"] = 12345;
    EXPECT_EQ(last(json), "10,000 of 12,345 exporters; --search and --sort bring others up.");
    json["exporters"] = Json::array();
    json["count"] = 0;
    EXPECT_EQ(last(json), "No exporter matches, of 12,345 exporters.");
    json["total"] = 0;
    EXPECT_EQ(last(json), "No exporter has sent anything yet.");
}

TEST_F(CtlExportersPage, OthersHaveARowIfTheyHaveSentAnything) {
    Json json = exporters();
    EXPECT_EQ(exporters_page(json, {}).size(), 3U);
    json["other"] = exporter("other");
    const Page page = exporters_page(json, {});
    ASSERT_EQ(page.size(), 4U);
    EXPECT_NE(page.back().text().find("see flowctl exporter other"), std::string::npos);
}

TEST_F(CtlExportersPage, LossByNumbersThatCannotBeTrustedIsNotKnown) {
    Json json = exporters();
    json["exporters"][0]["loss_share"] = nullptr;
    json["exporters"][0]["rates"]["sequence_lost"] = 190;
    const std::string row = exporters_page(json, {.width = 200})[1].text();
    EXPECT_EQ(row.find("190"), std::string::npos) << row;
    EXPECT_NE(row.find(" ? "), std::string::npos) << row;
    const Json of_one = {{"exporter", json["exporters"][0]}};
    const std::string text = printed(exporter_page(of_one, Fields::left_out, {}), {});
    EXPECT_NE(text.find("numbers say nothing of loss"), std::string::npos) << text;
    EXPECT_EQ(text.find("190"), std::string::npos) << text;
}

TEST_F(CtlExportersPage, AHostileExporterWritesNothingToTheTerminal) {
    Json json = exporters();
    json["exporters"][0]["diagnosis"] =
        "\x1b]0;x\x07\x1b[2J\r\n\xE2\x80\xAE\xC2\x9B"
        "31m";
    json["exporters"][0]["address"] = "\x1b[31m192.0.2.1";
    json["exporters"][0]["protocols"][0] = "\x1b[5m";
    json["exporters"][0]["state"] = "\x1b[6m";
    const std::string text = printed(exporters_page(json, {.utf8 = true}), {.utf8 = true});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
    EXPECT_NE(text.find("\\u001b[2J"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

}  // namespace
}  // namespace flowd::ctl

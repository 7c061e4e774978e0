// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"
#include "tools/ctl/pages.hpp"

namespace flowd::ctl {
namespace {

using CtlTemplatesPage = GoldenPage;

Json two() {
    Json json = Json::parse(R"({"time":1790000000.5,"count":2})");
    json["templates"] = Json::array({flow_template(), flow_template()});
    json["templates"][1]["id"] = 257;
    json["templates"][1]["refresh_seconds"] = nullptr;
    json["templates"][1]["used"] = false;
    json["templates"][1]["port"] = 2055;
    return json;
}

TEST_F(CtlTemplatesPage, LooksAsItDid) {
    const Look look{.utf8 = true};
    expect_golden("templates", templates_page(two(), Fields::left_out, look), look);
    expect_golden("templates_fields", templates_page(two(), Fields::shown, look), look);
}

TEST_F(CtlTemplatesPage, FitsAnyWidth) {
    expect_to_fit([](const Look& look) { return templates_page(two(), Fields::shown, look); });
}

TEST_F(CtlTemplatesPage, SaysWhatItLeavesOut) {
    EXPECT_EQ(templates_page(first_templates(two(), 1), Fields::left_out, {}).back().text(),
              "  1 of 2 templates.");
    EXPECT_EQ(first_templates(two(), 2), two());
    EXPECT_EQ(first_templates(Json::array(), 1), Json::array());
    EXPECT_EQ(templates_page(Json::object(), Fields::left_out, {}).back().text(),
              "No templates have been announced.");
}

TEST_F(CtlTemplatesPage, ThoseOfOnePort) {
    const Json chosen = templates_at(two(), 2055);
    ASSERT_EQ(list(chosen, {"templates"}).size(), 1U);
    EXPECT_EQ(text(chosen["templates"][0], {"id"}), "257");
    EXPECT_EQ(count(chosen, {"count"}), 1U);
    EXPECT_TRUE(list(templates_at(two(), 1), {"templates"}).empty());
    EXPECT_EQ(templates_at(Json::array(), 1), Json::array());
}

}  // namespace
}  // namespace flowd::ctl

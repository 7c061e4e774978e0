// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"
#include "tools/ctl/pages.hpp"

namespace flowd::ctl {
namespace {

using CtlExporterPage = GoldenPage;

TEST_F(CtlExporterPage, LooksAsItDid) {
    const Look wide{.width = 120, .utf8 = true};
    expect_golden("exporter_120", exporter_page(xray(), Fields::shown, wide), wide);
    const Look narrow{.width = 64};
    expect_golden("exporter_64_ascii", exporter_page(xray(), Fields::left_out, narrow), narrow);
}

TEST_F(CtlExporterPage, FitsAnyWidth) {
    expect_to_fit([](const Look& look) { return exporter_page(xray(), Fields::shown, look); });
}

TEST_F(CtlExporterPage, TheDiagnosisComesFirst) {
    const Page page = exporter_page(xray(), Fields::left_out, {});
    EXPECT_EQ(page[2].text(), "Diagnosis");
    EXPECT_NE(page[3].text().find("count datagrams instead of records"), std::string::npos);
    Json healthy = xray();
    healthy["findings"] = Json::array();
    EXPECT_EQ(exporter_page(healthy, Fields::left_out, {})[3].text(),
              "  Healthy: nothing that flowd can see is wrong.");
}

TEST_F(CtlExporterPage, WhatAProtocolNeedsNotIsNotMissed) {
    Json v5 = xray();
    v5["exporter"]["protocols"] = Json::array({"NetFlow v5"});
    v5["xray"]["template_refresh_seconds"] = nullptr;
    v5["domains"][0]["sampling"] = Json::parse(R"({"rate":0,"source":"none","samplers":[]})");
    std::string text = printed(exporter_page(v5, Fields::left_out, {}), {});
    EXPECT_NE(text.find("templates       its protocol needs none\n"), std::string::npos) << text;
    EXPECT_NE(text.find("  it does not say  "), std::string::npos) << text;
    EXPECT_EQ(text.find("none   "), std::string::npos) << text;
    v5["exporter"]["protocols"].push_back("IPFIX");
    v5["domains"][0]["sampling"]["source"] = "options";
    text = printed(exporter_page(v5, Fields::left_out, {}), {});
    EXPECT_NE(text.find("no second announcement seen yet"), std::string::npos) << text;
    EXPECT_NE(text.find("unknown   options"), std::string::npos) << text;
}

TEST_F(CtlExporterPage, TheClockIsThatOfTheList) {
    Json late = xray();
    late["exporter"]["skew"]["last_seconds"] = 3599.6;
    const auto has_clock = [](const Page& page) {
        return printed(page, {}).find(" +1 h ") != std::string::npos;
    };
    EXPECT_TRUE(has_clock(exporter_page(late, Fields::left_out, {})));
    Json rows = exporters();
    rows["exporters"] = Json::array({late["exporter"]});
    EXPECT_TRUE(has_clock(exporters_page(rows, {})));
}

TEST_F(CtlExporterPage, OtherIsNeitherHealthyNorMeasured) {
    Json other = xray();
    other["exporter"]["address"] = "other";
    for (const char* part : {"findings", "domains", "templates"}) other[part] = Json::array();
    const std::string text = printed(exporter_page(other, Fields::left_out, {}), {});
    EXPECT_NE(text.find("Not an exporter, but what has no row of its own"), std::string::npos);
    EXPECT_NE(text.find("unknown_template"), std::string::npos);
    EXPECT_EQ(text.find("Healthy"), std::string::npos);
    EXPECT_EQ(text.find("Measured"), std::string::npos);
    expect_to_fit([&](const Look& look) { return exporter_page(other, Fields::shown, look); });
}

TEST_F(CtlExporterPage, AnswersFromAnotherWorldAreNoTrouble) {
    for (const char* body : {"{}", "[]", R"({"domains":[null],"templates":[{}],"findings":[7]})",
                             R"({"xray":{"deviations":[{}],"flow_seconds":{"samples":1}}})"}) {
        EXPECT_FALSE(exporter_page(Json::parse(body), Fields::shown, {.width = 80}).empty());
    }
}

}  // namespace
}  // namespace flowd::ctl

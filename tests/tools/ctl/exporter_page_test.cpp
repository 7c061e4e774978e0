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

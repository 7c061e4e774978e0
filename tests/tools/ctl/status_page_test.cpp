// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"
#include "tools/ctl/pages.hpp"

namespace flowd::ctl {
namespace {

using CtlStatusPage = GoldenPage;

TEST_F(CtlStatusPage, LooksAsItDid) {
    const Look wide{.utf8 = true};
    expect_golden("status_wide", status_page(status(), wide), wide);
    const Look narrow{.width = 72};
    expect_golden("status_72_ascii", status_page(status(), narrow), narrow);
    const Look exact{.width = 100, .utf8 = true, .exact = true, .bytes = true};
    expect_golden("status_exact_bytes", status_page(status(), exact), exact);
}

TEST_F(CtlStatusPage, FitsAnyWidth) {
    expect_to_fit([](const Look& look) { return status_page(status(), look); });
}

TEST_F(CtlStatusPage, ASumThatIsWrongIsSaid) {
    Json wrong = status();
    wrong["totals"]["decoded"] = 12200;
    wrong["totals"]["delivered"] = 4950;
    const std::string text = printed(status_page(wrong, {}), {});
    EXPECT_NE(text.find("100 are missing"), std::string::npos) << text;
    EXPECT_NE(text.find("50 too many"), std::string::npos) << text;
    EXPECT_EQ(text.find("adds up"), std::string::npos) << text;
}

TEST_F(CtlStatusPage, AnswersFromAnotherWorldAreNoTrouble) {
    for (const char* body : {"{}", "[]", R"({"rx":[null,7,"x"],"totals":{"drops":[]}})",
                             R"({"problems":[{}],"transports":[{"rings":[{"capacity":0}]}]})",
                             R"({"history":{"flows":["x",null,-1,1e308]},"rates":{"flows":1e308}})",
                             R"({"health":{"state":["x"],"reason":{}}})"}) {
        EXPECT_FALSE(status_page(Json::parse(body), {.width = 80}).empty());
    }
}

}  // namespace
}  // namespace flowd::ctl

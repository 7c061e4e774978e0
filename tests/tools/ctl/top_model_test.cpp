// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/top_model.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "tools/ctl/fixtures.hpp"

namespace flowd::ctl {
namespace {

/// Addresses in the order in which the server gave them.
Report report_of(const TopModel& model, std::initializer_list<const char*> addresses) {
    Report report;
    report.question = model.question();
    report.status = status();
    report.exporters = Json::parse(R"({"time":1790000000})");
    report.exporters["count"] = addresses.size();
    report.exporters["exporters"] = Json::array();
    for (const char* each : addresses) report.exporters["exporters"].push_back(exporter(each));
    return report;
}

class CtlTopModel : public testing::Test {
protected:
    void SetUp() override {
        model.take(report_of(model, {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}));
        model.set_rows(3);
    }
    void type(std::string_view text) {
        for (const char each : text) model.press(Key::character, each);
    }
    TopModel model{"", false, ""};
};

TEST_F(CtlTopModel, ArrowsMoveAndScroll) {
    EXPECT_EQ(model.selected(), 0U);
    for (int i = 0; i < 3; ++i) model.press(Key::down);
    EXPECT_EQ(model.selected(), 3U);
    EXPECT_EQ(model.first(), 1U);
    model.press(Key::end);
    EXPECT_EQ(model.selected(), 4U);
    EXPECT_EQ(model.first(), 2U);
    model.press(Key::down);
    EXPECT_EQ(model.selected(), 4U);
    model.press(Key::page_up);
    EXPECT_EQ(model.selected(), 1U);
    EXPECT_EQ(model.first(), 1U);
    model.press(Key::home);
    EXPECT_EQ(model.first(), 0U);
    model.press(Key::up);
    EXPECT_EQ(model.selected(), 0U);
    model.press(Key::page_down);
    EXPECT_EQ(model.selected(), 3U);
}

TEST_F(CtlTopModel, TheSelectedExporterIsFollowedButNotFromTheFirstRow) {
    model.take(report_of(model, {"10.0.0.9", "10.0.0.1"}));
    EXPECT_EQ(model.selected(), 0U);
    model.press(Key::down);
    model.take(report_of(model, {"10.0.0.1", "10.0.0.9", "10.0.0.3"}));
    EXPECT_EQ(model.selected(), 0U);
    model.take(report_of(model, {"10.0.0.9"}));
    EXPECT_EQ(model.selected(), 0U);
    model.take(report_of(model, {}));
    EXPECT_EQ(model.selected(), 0U);
    model.press(Key::down);
    model.press(Key::enter);
    EXPECT_EQ(model.mode(), Mode::list);
}

TEST_F(CtlTopModel, LettersSortAndAgainTurnItRound) {
    type("L");
    EXPECT_EQ(model.sort(), "lost");
    EXPECT_FALSE(model.reversed());
    type("L");
    EXPECT_TRUE(model.reversed());
    type("P");
    EXPECT_EQ(model.sort(), "flows");
    EXPECT_FALSE(model.reversed());
    type("I");
    EXPECT_TRUE(model.reversed());
    EXPECT_NE(model.question().exporters.find("sort=flows&order=asc"), std::string::npos);
}

TEST_F(CtlTopModel, TheMenuSorts) {
    model.press(Key::sort);
    EXPECT_EQ(model.mode(), Mode::sort);
    EXPECT_EQ(model.menu(), 1U);
    model.press(Key::down);
    model.press(Key::enter);
    EXPECT_EQ(model.mode(), Mode::list);
    EXPECT_EQ(model.sort(), "datagrams");
    type(">");
    model.press(Key::home);
    model.press(Key::escape);
    EXPECT_EQ(model.sort(), "datagrams");
}

TEST_F(CtlTopModel, AnAnswerToAnOldQuestionIsLeft) {
    Report old = report_of(model, {"10.0.0.9"});
    type("L");
    model.take(std::move(old));
    EXPECT_EQ(model.exporters()["exporters"].size(), 5U);
}

TEST_F(CtlTopModel, SearchJumpsToTheNextThatMatches) {
    type("/0.3");
    EXPECT_EQ(model.mode(), Mode::search);
    EXPECT_EQ(model.selected(), 2U);
    type("x");
    EXPECT_FALSE(model.found());
    EXPECT_EQ(model.selected(), 2U);
    for (int i = 0; i < 4; ++i) model.press(Key::backspace);
    EXPECT_TRUE(model.found());
    type("10.0");
    EXPECT_EQ(model.selected(), 2U);
    model.press(Key::search);
    EXPECT_EQ(model.selected(), 3U);
    model.press(Key::search);
    model.press(Key::search);
    EXPECT_EQ(model.selected(), 0U);
    model.press(Key::enter);
    EXPECT_EQ(model.mode(), Mode::list);
    type("/");
    type("q");
    EXPECT_FALSE(model.done());
    model.press(Key::escape);
    EXPECT_EQ(model.mode(), Mode::list);
}

TEST_F(CtlTopModel, TheFilterIsAskedOfTheServer) {
    type("\\ipfix");
    EXPECT_EQ(model.mode(), Mode::filter);
    EXPECT_NE(model.question().exporters.find("search=ipfix"), std::string::npos);
    model.press(Key::enter);
    EXPECT_EQ(model.filter(), "ipfix");
    model.press(Key::filter);
    EXPECT_EQ(model.typed(), "ipfix");
    model.press(Key::escape);
    EXPECT_EQ(model.filter(), "");
}

TEST_F(CtlTopModel, EnterOpensTheXrayAndEscapeClosesIt) {
    model.press(Key::down);
    model.press(Key::enter);
    EXPECT_EQ(model.mode(), Mode::xray);
    EXPECT_EQ(model.question().xray, "/api/exporters/10.0.0.2");
    EXPECT_TRUE(model.xray().is_null());
    Report report;
    report.question = model.question();
    report.xray = xray();
    model.take(std::move(report));
    EXPECT_TRUE(model.xray().is_object());
    model.set_lines(100, 20);
    model.press(Key::end);
    EXPECT_EQ(model.scroll(), 80U);
    model.press(Key::page_down);
    EXPECT_EQ(model.scroll(), 80U);
    model.press(Key::up);
    model.press(Key::page_up);
    EXPECT_EQ(model.scroll(), 59U);
    model.set_lines(10, 20);
    EXPECT_EQ(model.scroll(), 0U);
    model.press(Key::escape);
    EXPECT_EQ(model.mode(), Mode::list);
    EXPECT_EQ(model.question().xray, "");
}

TEST_F(CtlTopModel, QEndsItAndF10DoesEverywhere) {
    for (const Key open : {Key::help, Key::search, Key::filter, Key::sort, Key::enter}) {
        TopModel other{"", false, ""};
        other.take(report_of(other, {"10.0.0.1"}));
        other.press(open);
        other.press(Key::character, 'q');
        EXPECT_FALSE(other.done());
        other.press(Key::quit);
        EXPECT_TRUE(other.done());
    }
    type("q");
    EXPECT_TRUE(model.done());
}

TEST_F(CtlTopModel, SpacePausesAndGoesOn) {
    type(" ");
    EXPECT_TRUE(model.paused());
    type(" ");
    EXPECT_FALSE(model.paused());
}

}  // namespace
}  // namespace flowd::ctl

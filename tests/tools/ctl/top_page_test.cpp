// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/top_page.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"

namespace flowd::ctl {
namespace {

class CtlTopPage : public GoldenPage {
protected:
    void SetUp() override {
        GoldenPage::SetUp();
        Report report;
        report.question = model.question();
        report.status = status();
        report.exporters = exporters();
        model.take(std::move(report));
    }
    void open_xray() {
        model.press(Key::enter);
        Report report;
        report.question = model.question();
        report.xray = xray();
        model.take(std::move(report));
    }
    TopModel model{"", false, ""};
};

TEST_F(CtlTopPage, LooksAsItDid) {
    const Look look{.width = 100, .utf8 = true};
    expect_golden("top_100x16", top_screen(model, look, 16), look);
    model.press(Key::sort);
    expect_golden("top_sort", top_screen(model, look, 18), look);
    model.press(Key::escape);
    model.press(Key::help);
    expect_golden("top_help", top_screen(model, look, 30), look);
    model.press(Key::escape);
    open_xray();
    expect_golden("top_xray", top_screen(model, look, 24), look);
}

TEST_F(CtlTopPage, EveryScreenIsFilledAndNoLineIsTooWide) {
    for (const Key key :
         {Key::escape, Key::help, Key::sort, Key::search, Key::filter, Key::enter}) {
        model.press(key);
        for (std::size_t height = 1; height < 50; height += 4) {
            for (std::size_t width = 10; width < 200; width += 13) {
                const Page page = top_screen(model, {.width = width, .utf8 = true}, height);
                ASSERT_EQ(page.size(), height) << width;
                for (const Line& line : page) ASSERT_LE(line.width(), width);
            }
        }
        model.press(Key::escape);
    }
}

TEST_F(CtlTopPage, ManyWorkersShareLines) {
    Json many = status();
    for (int i = 1; i < 64; ++i) {
        many["rx"].push_back(many["rx"][0]);
        many["rx"].back()["worker"] = i;
    }
    Report report;
    report.question = model.question();
    report.status = many;
    report.exporters = exporters();
    model.take(std::move(report));
    const Page page = top_screen(model, {.width = 200, .utf8 = true}, 40);
    const std::string text = printed(page, {.utf8 = true});
    EXPECT_NE(text.find("2001:db8::1"), std::string::npos) << text;
}

TEST_F(CtlTopPage, ABrokenConnectionIsSaidAndTheLastNumbersStay) {
    Report report;
    report.failure = "/run/flowd/flowd.sock: Connection refused";
    model.take(std::move(report));
    const std::string text = printed(top_screen(model, {.width = 100}, 20), {});
    EXPECT_NE(text.find("no answer: /run/flowd/flowd.sock: Connection refused"), std::string::npos);
    EXPECT_NE(text.find("192.0.2.1"), std::string::npos);
}

TEST_F(CtlTopPage, ThatNothingAnswersIsSaidOnce) {
    Report report;
    report.failure = "nothing answers: /run/flowd/flowd.sock: Connection refused";
    model.take(std::move(report));
    const std::string text = printed(top_screen(model, {.width = 100}, 20), {});
    EXPECT_NE(text.find("\nnothing answers: /run"), std::string::npos) << text;
    EXPECT_EQ(text.find("no answer"), std::string::npos) << text;
}

TEST_F(CtlTopPage, KeysAreLeftOutWholeWhereThereIsNoRoom) {
    const auto last = [this](std::size_t width) {
        std::string line = top_screen(model, {.width = width}, 20).back().text();
        return line.substr(0, line.find_last_not_of(' ') + 1);
    };
    EXPECT_EQ(last(60), "F1Help F3Search F4Filter F6SortBy EnterX-ray F10Quit     1/2");
    EXPECT_EQ(last(40), "F1Help F4Filter EnterX-ray F10Quit   1/2");
    EXPECT_EQ(last(10), "F10Quit");
}

TEST_F(CtlTopPage, ASearchThatFindsNothingSaysSoUntilTheNextKey) {
    const auto text = [this] { return printed(top_screen(model, {.width = 60}, 20), {}); };
    model.press(Key::search);
    for (const char letter : std::string{"nobody at all"}) model.press(Key::character, letter);
    EXPECT_NE(text().find("Search: nobody at all_  nothing like it"), std::string::npos) << text();
    model.press(Key::enter);
    EXPECT_NE(text().find("nothing like \"nobody at all\""), std::string::npos) << text();
    model.press(Key::down);
    EXPECT_EQ(text().find("nothing like"), std::string::npos) << text();
    model.press(Key::search);
    model.press(Key::character, '$');
    model.press(Key::escape);
    EXPECT_EQ(text().find("nothing like"), std::string::npos) << text();
}

TEST_F(CtlTopPage, TheFilterIsCalledOne) {
    model.press(Key::filter);
    for (const char letter : std::string{"sflow"}) model.press(Key::character, letter);
    model.press(Key::enter);
    const std::string text = printed(top_screen(model, {.width = 60}, 20), {});
    EXPECT_NE(text.find(" filter: sflow "), std::string::npos) << text;
}

TEST_F(CtlTopPage, EverySortKeyMarksItsColumn) {
    for (const SortKey& each : sort_keys()) {
        TopModel sorted{std::string{each.key}, false, ""};
        Report report;
        report.question = sorted.question();
        report.status = status();
        report.exporters = exporters();
        sorted.take(std::move(report));
        const std::string text = printed(top_screen(sorted, {.width = 200}, 20), {});
        const std::string mark = each.descends ? "v" : "^";
        constexpr std::pair<const char*, const char*> titles[]{
            {"address", "exporter"}, {"flows", "flows/s"},      {"datagrams", "datagrams/s"},
            {"bytes", "bits/s"},     {"lost", "lost/s"},        {"dropped", "dropped/s"},
            {"last_seen", "seen"},   {"findings", "diagnosis"}, {"protocols", "protocol"},
            {"sampling", "sampling"}};
        for (const auto& [key, title] : titles) {
            EXPECT_EQ(text.find(title + mark) != std::string::npos, key == each.key)
                << each.key << ' ' << title << '\n'
                << text;
        }
    }
}

TEST_F(CtlTopPage, TheHelpIsWrapped) {
    model.press(Key::help);
    const std::string text = printed(top_screen(model, {.width = 60}, 40), {});
    EXPECT_EQ(text.find("..."), text.find("... datagrams")) << text;
    EXPECT_NE(text.find("\n               a finding's code\n"), std::string::npos) << text;
}

TEST_F(CtlTopPage, TheSelectedRowIsMarked) {
    model.press(Key::down);
    const Page page = top_screen(model, {.width = 100}, 20);
    std::string selected;
    for (const Line& line : page) {
        for (const Span& span : line.spans()) {
            if (span.style == Style::selected) selected += span.text;
        }
    }
    EXPECT_TRUE(selected.starts_with("2001:db8::1")) << selected;
    EXPECT_EQ(selected.size(), 100U);
}

TEST_F(CtlTopPage, ABatchHasAllRowsAndNoKeys) {
    const std::string text = printed(top_batch(model, {}), {});
    EXPECT_NE(text.find("192.0.2.1"), std::string::npos);
    EXPECT_NE(text.find("2001:db8::1"), std::string::npos);
    EXPECT_EQ(text.find("F10"), std::string::npos);
}

}  // namespace
}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/top_page.hpp"

#include <gtest/gtest.h>

#include <utility>

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

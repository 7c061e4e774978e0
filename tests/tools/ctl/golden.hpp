// SPDX-License-Identifier: BSD-3-Clause
// Pages against what they looked like when a person last looked at them. FLOWD_UPDATE_GOLDEN=1
// writes them anew: read the difference before it is kept.
#pragma once

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "tools/ctl/page.hpp"

namespace flowd::ctl {

class GoldenPage : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_NE(std::setlocale(LC_CTYPE, "C.utf8"), nullptr);
        setenv("TZ", "UTC", 1);
        tzset();
    }

    static void expect_golden(const std::string& name, const Page& page, const Look& look) {
        const std::string path =
            std::string{FLOWD_SOURCE_ROOT} + "/tests/tools/ctl/golden/" + name + ".txt";
        const std::string text = printed(page, look);
        if (std::getenv("FLOWD_UPDATE_GOLDEN") != nullptr) std::ofstream{path} << text;
        std::ifstream file{path};
        ASSERT_TRUE(file) << path;
        std::ostringstream wanted;
        wanted << file.rdbuf();
        EXPECT_EQ(text, wanted.str()) << name;
    }

    /// No line is wider, whatever the width.
    template <class Render>
    static void expect_to_fit(Render&& render) {
        for (std::size_t width = 20; width < 160; width += 7) {
            const Look look{.width = width, .utf8 = true};
            std::istringstream lines{printed(render(look), look)};
            for (std::string line; std::getline(lines, line);) {
                EXPECT_LE(Line{line}.width(), width) << line;
            }
        }
    }
};

}  // namespace flowd::ctl

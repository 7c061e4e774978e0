// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/help.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/options.hpp"

namespace flowd::ctl {
namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(CtlHelp, NamesEveryCommandAndEveryCommonOption) {
    const std::string help = help_text(80);
    for (const Command& each : commands()) {
        EXPECT_TRUE(contains(help, "\n  " + std::string{each.name})) << each.name;
    }
    Options unused;
    for (const Option& each : options_into(unused)) {
        const std::string flag = "--" + std::string{each.row.flag};
        EXPECT_EQ(contains(help, flag + " ") || contains(help, flag + "\n"), each.commands.empty())
            << flag;
    }
    EXPECT_TRUE(contains(help, "5  There is no such exporter"));
}

TEST(CtlHelp, OfACommandListsItsOwnOptions) {
    Options unused;
    for (const Command& command : commands()) {
        const std::string help = help_text(command.name, 80);
        for (const Option& each : options_into(unused)) {
            const bool own = !each.commands.empty() && takes(command.name, each);
            EXPECT_EQ(contains(help, "--" + std::string{each.row.flag} + " ") ||
                          contains(help, "--" + std::string{each.row.flag} + "\n"),
                      own)
                << command.name << ' ' << each.row.flag;
        }
    }
    EXPECT_EQ(help_text("nothing", 80), "");
}

TEST(CtlHelp, FitsATerminal) {
    for (const std::size_t width : {60U, 80U}) {
        std::string all = help_text(width);
        for (const Command& each : commands()) all += help_text(each.name, width);
        std::istringstream lines{all};
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), width) << line;
    }
    EXPECT_TRUE(contains(help_text("exporter", 60), "domains,\nsampling and"));
}

TEST(CtlHelp, TheManualKnowsWhatTheHelpKnows) {
    std::string manual = print_docs("man");
    Options unused;
    for (const Option& each : options_into(unused)) {
        std::string flag = "\\-\\-";
        for (const char letter : each.row.flag) {
            flag += letter == '-' ? "\\-" : std::string{letter};
        }
        EXPECT_TRUE(contains(manual, "\\fB" + flag + "\\fR")) << flag;
    }
    for (const Command& each : commands()) {
        EXPECT_TRUE(contains(manual, ".SS " + std::string{each.name})) << each.name;
    }
    EXPECT_EQ(print_docs("other"), "");
}

}  // namespace
}  // namespace flowd::ctl

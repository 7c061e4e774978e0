// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/options.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tools/ctl/commands.hpp"

namespace flowd::ctl {
namespace {

using Words = std::vector<const char*>;

Options read(const Words& arguments) {
    Options options;
    const Failure failure = read_arguments(arguments, options);
    EXPECT_EQ(failure.sentence, "");
    return options;
}

std::string complaint(const Words& arguments) {
    Options options;
    return read_arguments(arguments, options).sentence;
}

TEST(CtlOptions, MayStandAnywhereWithOneDashOrTwo) {
    for (const Words& words :
         {Words{"--json", "--sort", "lost", "exporters"}, Words{"exporters", "-sort=lost", "-json"},
          Words{"exporters", "--sort=lost", "--json=true"}}) {
        const Options options = read(words);
        EXPECT_EQ(options.command, "exporters");
        EXPECT_TRUE(options.json);
        EXPECT_EQ(options.sort, "lost");
    }
}

TEST(CtlOptions, LettersTakeTheirValueInAnyWay) {
    for (const Words& words :
         {Words{"top", "-d", "2", "-n", "5", "-b"}, Words{"top", "-d2", "-n5", "-b"},
          Words{"-b", "-n=5", "-d=2", "top"}}) {
        const Options options = read(words);
        EXPECT_EQ(options.delay, "2");
        EXPECT_EQ(options.count, 5);
        EXPECT_TRUE(options.batch);
    }
    EXPECT_TRUE(read({"status", "-no-color"}).no_color);
}

TEST(CtlOptions, ArgumentsFollowTheCommand) {
    const Options options = read({"exporter", "192.0.2.1", "--templates"});
    EXPECT_EQ(options.arguments, std::vector<std::string>{"192.0.2.1"});
    EXPECT_EQ(read({"log", "--", "debug"}).arguments, std::vector<std::string>{"debug"});
    EXPECT_EQ(read({"capture", "192.0.2.1", "-o", "-"}).out, "-");
}

TEST(CtlOptions, MistakesAreSentences) {
    EXPECT_EQ(complaint({"statsu"}), "\"statsu\" is no command; did you mean status?");
    EXPECT_EQ(complaint({"status", "--jsno"}), "unknown option --jsno; did you mean --json?");
    EXPECT_EQ(complaint({"exporter"}), "exporter: needs ADDRESS[:PORT] | other");
    EXPECT_EQ(complaint({"status", "now"}), "status: \"now\" is left over");
    EXPECT_EQ(complaint({"status", "--sort", "lost"}),
              "--sort: is an option of exporters, top, not of status");
    EXPECT_EQ(complaint({"exporters", "--all", "--limit", "2"}), "--all and --limit: one of them");
    EXPECT_EQ(complaint({"exporters", "--sort"}), "--sort: needs a value");
    EXPECT_NE(complaint({"exporters", "--sort", "x"}).find("is not one of"), std::string::npos);
    EXPECT_NE(complaint({"exporters", "--limit", "0"}).find("1"), std::string::npos);
    EXPECT_NE(complaint({"exporters", "--limit", "20000"}).find("10000"), std::string::npos);
    EXPECT_NE(complaint({"status", "-x"}).find("unknown option -x"), std::string::npos);
    EXPECT_EQ(complaint({"\x1b[2J"}), "\"\\u001b[2J\" is no command");
}

TEST(CtlOptions, HelpIsGivenWhateverElseIsMissing) {
    EXPECT_TRUE(read({"exporter", "--help"}).help);
    EXPECT_TRUE(read({"-h"}).help);
}

TEST(CtlOptions, NamesAndLettersAreUniqueAndCommandsExist) {
    Options unused;
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const Option& each : options_into(unused)) {
        EXPECT_TRUE(names.insert(each.row.flag).second) << each.row.flag;
        if (each.letter != 0) {
            EXPECT_TRUE(letters.insert(each.letter).second) << each.letter;
        }
        EXPECT_EQ(each.argument.empty(), std::holds_alternative<bool*>(each.row.target));
        bool taken = false;
        for (const Command& command : commands()) taken = taken || takes(command.name, each);
        EXPECT_TRUE(taken) << each.row.flag;
    }
}

TEST(CtlOptions, SecondsAreNumbersOrDurations) {
    EXPECT_EQ(*parse_seconds("2"), 2);
    EXPECT_EQ(*parse_seconds("0.5"), 0.5);
    EXPECT_EQ(*parse_seconds("500ms"), 0.5);
    EXPECT_EQ(*parse_seconds("1m30s"), 90);
    for (const char* bad : {"", "0", "-1", "x", "0.01", "100000", "1e3", "nan"}) {
        EXPECT_FALSE(parse_seconds(bad)) << bad;
    }
}

TEST(CtlOptions, SizesHavePowersOf1024) {
    EXPECT_EQ(*parse_size("65536"), 65536);
    EXPECT_EQ(*parse_size("64M"), 64 << 20);
    EXPECT_EQ(*parse_size("1g"), 1 << 30);
    for (const char* bad : {"", "M", "0", "-1", "1T", "1.5M", "9999999999G", "1MB"}) {
        EXPECT_FALSE(parse_size(bad)) << bad;
    }
}

TEST(CtlOptions, WhatIsKeptHasTheLimitsOfFlowd) {
    EXPECT_EQ(parse_keep("30")->seconds, 30);
    EXPECT_EQ(parse_keep("30")->bytes, 64 << 20);
    EXPECT_EQ(parse_keep("1h:1G")->seconds, 3600);
    EXPECT_EQ(parse_keep("1h:1G")->bytes, 1 << 30);
    EXPECT_EQ(parse_keep("1:1048576")->bytes, 1 << 20);
    for (const char* bad : {"", "0", "0.5", "1.5", "3601", "100000", "x", ":64M"}) {
        const auto keep = parse_keep(bad);
        ASSERT_FALSE(keep) << bad;
        EXPECT_NE(keep.error().sentence.find("from 1 to 3600"), std::string::npos) << bad;
    }
    for (const char* bad : {"10:1", "10:1048575", "10:1073741825", "10:2G"}) {
        const auto keep = parse_keep(bad);
        ASSERT_FALSE(keep) << bad;
        EXPECT_NE(keep.error().sentence.find("from 1M to 1G"), std::string::npos) << bad;
    }
    EXPECT_FALSE(parse_keep("10:"));
}

TEST(CtlOptions, ExportersAreAddressesWithOrWithoutAPort) {
    const auto parsed = [](const char* text) {
        const auto exporter = parse_exporter(text);
        EXPECT_TRUE(exporter) << text;
        return exporter ? exporter->address + "|" + std::to_string(exporter->port) : "";
    };
    EXPECT_EQ(parsed("192.0.2.1"), "192.0.2.1|0");
    EXPECT_EQ(parsed("192.0.2.1:2055"), "192.0.2.1|2055");
    EXPECT_EQ(parsed("2001:db8::1"), "2001:db8::1|0");
    EXPECT_EQ(parsed("[2001:db8::1]:2055"), "2001:db8::1|2055");
    EXPECT_EQ(parsed("[2001:db8::1]"), "2001:db8::1|0");
    EXPECT_EQ(parsed("other"), "other|0");
    EXPECT_TRUE(parse_exporter("other")->is_other());
    EXPECT_FALSE(parse_exporter("192.0.2.1")->is_other());
    for (const char* bad :
         {"", "x", "192.0.2", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:1x",
          "[::1", "[::1]x", "[]:1", "192.0.2.1/24", "a:b", "others", "other:7"}) {
        EXPECT_FALSE(parse_exporter(bad)) << bad;
    }
}

}  // namespace
}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
// Manual pages and completion know every setting, and roff reads what was meant.
#include "config/manual.hpp"

#include <gtest/gtest.h>

#include "config/all_rows.hpp"

namespace flowd::config {
namespace {

/// As roff writes it: each dash stays one.
std::string in_roff(std::string_view text) {
    std::string out;
    for (const char character : text) {
        if (character == '-') out += '\\';
        out += character;
    }
    return out;
}

TEST(Manual, HasEveryKeyUnderItsTable) {
    AllSettings all;
    const Schema schema = all.schema();
    const std::string page = manual_of_keys(schema);
    for (const Setting& each : schema.settings()) {
        if (each.row.key.empty()) continue;
        const std::size_t at = page.find(".TP\n.B " + in_roff(each.row.key) + "\n");
        ASSERT_NE(at, std::string::npos) << each.row.key;
        const std::size_t table = page.rfind("\n.SS [", at);
        const std::string_view key = each.row.key;
        const std::string name{key.substr(0, key.rfind('.'))};
        if (table != std::string::npos && key.find('.') != std::string_view::npos) {
            EXPECT_EQ(page.compare(table, 6 + name.size() + 1, "\n.SS [" + name + "]"), 0) << key;
        }
    }
}

TEST(Manual, HasEveryFlagAndGoflow2sAtTheEnd) {
    AllSettings all;
    const Schema schema = all.schema();
    const std::string page = manual_of_flags(schema);
    const std::size_t goflow2 = page.find(".SS Goflow2\n");
    ASSERT_NE(goflow2, std::string::npos);
    EXPECT_EQ(page.find(".SS ", goflow2 + 1), std::string::npos);
    for (const Setting& each : schema.settings()) {
        if (each.row.flag.empty()) continue;
        const std::size_t at = page.find(".TP\n\\fB\\-" + in_roff(each.row.flag) + "\\fR");
        ASSERT_NE(at, std::string::npos) << each.row.flag;
        const bool is_goflow2s =
            each.row.effect == Effect::accepted || each.row.effect == Effect::missing;
        EXPECT_EQ(at > goflow2, is_goflow2s) << each.row.flag;
    }
}

TEST(Manual, WhatRoffWouldTakeForItselfIsEscaped) {
    std::string name = "x";
    const Schema schema{{{.key = "a.b-c",
                          .flag = "b-c",
                          .target = &name,
                          .help = "'quoted', \\n and well-known."}}};
    const std::string page = manual_of_keys(schema);
    EXPECT_EQ(page,
              ".SS [a]\n.TP\n.B a.b\\-c\n\\&'quoted', \\en and well\\-known.\n.br\n"
              "Default \"x\"; flag \\-b\\-c.\n");
}

TEST(Completion, KnowsFlagsChoicesAndFiles) {
    std::string mode = "fast";
    std::string path;
    std::int64_t count = 1;
    bool on = false;
    const Schema schema{
        {{.key = "", .flag = "mode", .target = &mode, .help = "Mode.", .choices = {"fast", "slow"}},
         {.key = "", .flag = "path", .target = &path, .help = "File to write."},
         {.key = "", .flag = "count", .target = &count, .help = "Count."},
         {.key = "", .flag = "on", .target = &on, .help = "On."}}};
    const std::string text = bash_completion(schema);
    EXPECT_NE(text.find("        -mode|--mode)\n            mapfile -t COMPREPLY < <(compgen -W "
                        "'fast slow' -- \"$word\")\n"),
              std::string::npos);
    EXPECT_NE(text.find("        -path|--path)\n            compopt -o filenames\n"),
              std::string::npos);
    EXPECT_NE(text.find("        -count|--count)\n            COMPREPLY=()\n"), std::string::npos);
    EXPECT_EQ(text.find("-on|--on)"), std::string::npos) << "a switch takes no next word";
    EXPECT_NE(text.find("-W 'mode path count on' --"), std::string::npos);
}

TEST(PrintDocs, ChoosesByName) {
    AllSettings all;
    const Schema schema = all.schema();
    EXPECT_EQ(print_docs(schema, "keys"), manual_of_keys(schema));
    EXPECT_EQ(print_docs(schema, "flags"), manual_of_flags(schema));
    EXPECT_EQ(print_docs(schema, "bash"), bash_completion(schema));
}

}  // namespace
}  // namespace flowd::config

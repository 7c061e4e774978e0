// SPDX-License-Identifier: BSD-3-Clause
// YAML as a tree, and the limits that hold while it is read.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "config/mapping/value.hpp"

namespace flowd::mapping {
namespace {

std::string failure(const std::string& text) {
    const auto value = parse_yaml(text, "m");
    return value ? "" : value.error().sentence;
}

TEST(Yaml, BecomesATreeWithLines) {
    const auto root = parse_yaml("a: 1\nb:\n  - x\n  - {c: \"y z\"}\nd:\n", "m");
    ASSERT_TRUE(root) << root.error().sentence;
    ASSERT_EQ(root->kind, Value::Kind::table);
    ASSERT_EQ(root->items.size(), 3U);
    EXPECT_EQ(root->find("a")->text, "1");
    EXPECT_EQ(root->find("a")->line, 1U);
    const Value* list = root->find("b");
    ASSERT_EQ(list->kind, Value::Kind::list);
    EXPECT_EQ(list->line, 2U);
    EXPECT_EQ(list->items[0].text, "x");
    EXPECT_EQ(list->items[0].line, 3U);
    EXPECT_EQ(list->items[1].find("c")->text, "y z");
    EXPECT_EQ(root->find("d")->kind, Value::Kind::nothing);
    EXPECT_EQ(root->find("e"), nullptr);
    EXPECT_EQ(list->find("c"), nullptr) << "a list has no members";
}

TEST(Yaml, TheFirstDocumentCounts) {
    const auto root = parse_yaml("--- {a: 1}\n--- {b: 2}\n", "m");
    ASSERT_TRUE(root);
    EXPECT_NE(root->find("a"), nullptr);
    EXPECT_EQ(root->find("b"), nullptr);
}

TEST(Yaml, AnAliasIsACopyWithItsOwnLine) {
    const auto root = parse_yaml("a: &x {c: 1}\nb: *x\n", "m");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->find("b")->find("c")->text, "1");
    EXPECT_EQ(root->find("b")->line, 2U);
    EXPECT_EQ(failure("a: &x [*x]\n"), "m:1: an alias stands for itself");
    EXPECT_TRUE(failure("a: *nowhere\n").starts_with("m:1: "));
}

TEST(Yaml, AKeyIsAText) { EXPECT_EQ(failure("? [a]\n: 1\n"), "m:1: a key is no text"); }

TEST(Yaml, DepthIsLimited) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(failure(nested(depth_max)), "");
    EXPECT_EQ(failure(nested(depth_max + 1)), "m:1: nested deeper than 12 levels");
    EXPECT_EQ(failure(std::string(1'000'000, '[')), "m:1: nested deeper than 12 levels");
    EXPECT_EQ(failure("a: &x [[[[[[]]]]]]\nb: [[[[[[*x]]]]]]\n"),
              "m:2: nested deeper than 12 levels");
}

TEST(Yaml, WhatAliasesStandForCounts) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 1; j < 10; ++j) bomb += ", " + before;
        bomb += "]\n";
    }
    EXPECT_EQ(failure(bomb), "m:4: more than 8000 values");
    std::string long_list = "a: [";
    for (std::size_t i = 0; i < values_max; ++i) long_list += "1,";
    EXPECT_EQ(failure(long_list + "]"), "m:1: more than 8000 values");
}

TEST(Yaml, TextsAreLimited) {
    EXPECT_EQ(failure("a: " + std::string(text_size_max, 'x')), "");
    EXPECT_EQ(failure("a: " + std::string(text_size_max + 1, 'x')),
              "m:1: a text of 257 bytes is above 256");
}

/// yaml-cpp looks far ahead for some of these; a file of the largest size still ends soon.
TEST(Yaml, HostileFilesEndSoon) {
    constexpr std::size_t size = 1024 * 1024;
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string part : {"[",           "{",     "- ",  "? ",   "a: ",  "&a ",
                                   "*a ",         "!!x ",  "'",   "\"",   "#",    "|\n",
                                   "\n",          "\t",    "[a,", "{a: ", "- - ", "\xff",
                                   "%YAML 1.2\n", "---\n", "a\n", "<<: ", "\\",   "a:\n- "}) {
        std::string text;
        text.reserve(size + part.size());
        while (text.size() < size) text += part;
        static_cast<void>(failure(text));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{600});
}

}  // namespace
}  // namespace flowd::mapping

// SPDX-License-Identifier: BSD-3-Clause
// TOML as the same tree.
#include <gtest/gtest.h>

#include <string>

#include "config/mapping/value.hpp"

namespace flowd::mapping {
namespace {

std::string failure(const std::string& text) {
    const auto value = parse_toml(text, "m");
    return value ? "" : value.error().sentence;
}

TEST(Toml, BecomesATreeInTheOrderOfTheFile) {
    const auto root = parse_toml("b = 0x10\na = [true, 'x']\n[[t]]\nc = 1\n[[t]]\nc = 2\n", "m");
    ASSERT_TRUE(root) << root.error().sentence;
    ASSERT_EQ(root->items.size(), 3U);
    EXPECT_EQ(root->items[0].key, "b");
    EXPECT_EQ(root->items[0].text, "16");
    EXPECT_EQ(root->items[1].items[0].text, "true");
    EXPECT_EQ(root->items[1].items[1].text, "x");
    const Value* tables = root->find("t");
    ASSERT_EQ(tables->kind, Value::Kind::list);
    ASSERT_EQ(tables->items.size(), 2U);
    EXPECT_EQ(tables->items[1].find("c")->text, "2");
    EXPECT_EQ(tables->items[1].find("c")->line, 6U);
}

TEST(Toml, WhatFitsNowhereIsNamedByItsKind) {
    const auto root = parse_toml("a = 1.5\nb = 2024-01-01\n", "m");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->find("a")->text, "a number with a fraction");
    EXPECT_EQ(root->find("b")->text, "a date or time");
}

TEST(Toml, LimitsHold) {
    EXPECT_EQ(failure("a = " + std::string(12, '[') + std::string(12, ']')),
              "m:1: nested deeper than 12 levels");
    EXPECT_NE(failure("a = " + std::string(100'000, '[')), "");
    EXPECT_EQ(failure("a = '" + std::string(257, 'x') + "'"),
              "m:1: a text of 257 bytes is above 256");
    EXPECT_EQ(failure(std::string(257, 'x') + " = 1"), "m:1: a text of 257 bytes is above 256");
    std::string many = "a = [";
    for (std::size_t i = 0; i < values_max; ++i) many += "1,";
    EXPECT_EQ(failure(many + "]"), "m:1: more than 8000 values");
}

TEST(Toml, AFaultHasItsLine) {
    EXPECT_TRUE(failure("a = 1\na = 2\n").starts_with("m:2: "));
    EXPECT_TRUE(failure("a = 1\n[\n").starts_with("m:2: "));
}

}  // namespace
}  // namespace flowd::mapping

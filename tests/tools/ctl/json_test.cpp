// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/json.hpp"

#include <gtest/gtest.h>

namespace flowd::ctl {
namespace {

TEST(CtlJson, WhatIsMissingOrOfAnotherKindIsNothing) {
    const Json json = Json::parse(R"({"a":{"b":[1]},"s":"x","n":null,"t":true})");
    EXPECT_EQ(count(json, {"a", "c", "d"}), 0U);
    EXPECT_EQ(number(json, {"s"}), 0);
    EXPECT_EQ(integer(json, {"t"}), 0);
    EXPECT_FALSE(truth(json, {"s"}));
    EXPECT_TRUE(truth(json, {"t"}));
    EXPECT_FALSE(has(json, {"n"}));
    EXPECT_EQ(list(json, {"s"}).size(), 0U);
    EXPECT_EQ(list(json, {"a", "b"}).size(), 1U);
    EXPECT_EQ(text(json, {"x"}), "");
    EXPECT_EQ(count(Json{}, {"a"}), 0U);
    EXPECT_EQ(count(Json::array({1}), {"a"}), 0U);
}

TEST(CtlJson, NumbersKeepAllTheirDigits) {
    const Json json = Json::parse(
        R"({"most":18446744073709551615,"less":-5,"float":2.9,"huge":1e300,"minus":-1.5})");
    EXPECT_EQ(count(json, {"most"}), UINT64_MAX);
    EXPECT_EQ(integer(json, {"most"}), INT64_MAX);
    EXPECT_EQ(count(json, {"less"}), 0U);
    EXPECT_EQ(integer(json, {"less"}), -5);
    EXPECT_EQ(count(json, {"float"}), 2U);
    EXPECT_EQ(count(json, {"huge"}), 0U);
    EXPECT_EQ(integer(json, {"huge"}), 0);
    EXPECT_EQ(integer(json, {"minus"}), -1);
    EXPECT_EQ(count(json, {"minus"}), 0U);
}

TEST(CtlJson, TextsAreSafe) {
    const Json json = Json::parse(R"({"s":"\u001b[2J\u202e","o":{"k":"\u0007"},"n":7})");
    EXPECT_EQ(text(json, {"s"}), "\\u001b[2J\\u202e");
    EXPECT_EQ(text(json, {"o"}), R"({"k":"\u0007"})");
    EXPECT_EQ(text(json, {"n"}), "7");
}

}  // namespace
}  // namespace flowd::ctl

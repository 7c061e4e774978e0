// SPDX-License-Identifier: BSD-3-Clause
#include "config/cores.hpp"

#include <gtest/gtest.h>

namespace flowd::config {
namespace {

TEST(Cores, AutoIsNone) {
    const auto cores = parse_cores("auto");
    ASSERT_TRUE(cores);
    EXPECT_TRUE(cores->empty());
}

TEST(Cores, NumbersAndRangesStandInTheirOrder) {
    const auto cores = parse_cores("8, 2-5,0");
    ASSERT_TRUE(cores) << cores.error().sentence;
    EXPECT_EQ(*cores, (std::vector<unsigned>{8, 2, 3, 4, 5, 0}));
}

TEST(Cores, WhatIsNoListIsSaid) {
    for (const char* text : {"", "a", "1-", "-1", "5-2", "1,,2", "1024", "0-99999999"}) {
        const auto cores = parse_cores(text);
        ASSERT_FALSE(cores) << text;
        EXPECT_NE(cores.error().sentence.find("list of CPUs"), std::string::npos) << text;
    }
    EXPECT_EQ(parse_cores("1-3,2").error().sentence, "\"1-3,2\": CPU 2 is there twice");
}

}  // namespace
}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/words.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

TEST(Words, NumbersHaveCommas) {
    EXPECT_EQ(thousands_text(0), "0");
    EXPECT_EQ(thousands_text(999), "999");
    EXPECT_EQ(thousands_text(31'402), "31,402");
    EXPECT_EQ(thousands_text(1'234'567), "1,234,567");
}

TEST(Words, SharesSayAsMuchAsTheyKnow) {
    EXPECT_EQ(share_text(0.073), "7.3 %");
    EXPECT_EQ(share_text(0.5), "50 %");
    EXPECT_EQ(share_text(0.0004), "0.04 %");
    EXPECT_EQ(share_text(0), "0 %");
}

TEST(Words, SpansHaveTheUnitThatFits) {
    EXPECT_EQ(span_text(0.4), "0.4 s");
    EXPECT_EQ(span_text(42), "42 s");
    EXPECT_EQ(span_text(720), "12 min");
    EXPECT_EQ(span_text(5400), "90 min");
    EXPECT_EQ(span_text(9000), "2.5 h");
    EXPECT_EQ(span_text(3 * 86400), "3 days");
}

TEST(Words, MomentsAreUtc) {
    EXPECT_EQ(moment_text(1'700'000'000), "2023-11-14 22:13:20 UTC");
    EXPECT_EQ(times_text(1), "once");
    EXPECT_EQ(times_text(2), "twice");
    EXPECT_EQ(times_text(1700), "1,700 times");
}

}  // namespace
}  // namespace flowd

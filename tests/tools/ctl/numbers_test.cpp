// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/numbers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace flowd::ctl {
namespace {

TEST(CtlNumbers, DigitsAreInGroupsOfThree) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
    EXPECT_EQ(grouped_signed(-1234), "-1,234");
    EXPECT_EQ(grouped_signed(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(CtlNumbers, PowersOfAThousandHaveThreeDigits) {
    EXPECT_EQ(si(0), "0");
    EXPECT_EQ(si(0.04), "<0.1");
    EXPECT_EQ(si(0.5), "0.5");
    EXPECT_EQ(si(3), "3");
    EXPECT_EQ(si(9.96), "10");
    EXPECT_EQ(si(999), "999");
    EXPECT_EQ(si(999.6), "1.00k");
    EXPECT_EQ(si(1234), "1.23k");
    EXPECT_EQ(si(9996), "10.0k");
    EXPECT_EQ(si(99'960), "100k");
    EXPECT_EQ(si(999'600), "1.00M");
    EXPECT_EQ(si(12.3e9), "12.3G");
    EXPECT_EQ(si(1.8e19), "18.0E");
    EXPECT_EQ(si(-1234), "-1.23k");
    EXPECT_EQ(si(NAN), "?");
    EXPECT_EQ(si(INFINITY), "?");
}

TEST(CtlNumbers, ExactHasAllDigitsAndATenth) {
    EXPECT_EQ(exact(1234567), "1,234,567");
    EXPECT_EQ(exact(12.34), "12.3");
    EXPECT_EQ(exact(0.01), "<0.1");
    EXPECT_EQ(exact(999.96), "1,000");
    EXPECT_EQ(exact(-2.5), "-2.5");
}

TEST(CtlNumbers, SomethingIsNeverNothingNorAll) {
    EXPECT_EQ(percent(0), "0%");
    EXPECT_EQ(percent(0.00001), "<0.01%");
    EXPECT_EQ(percent(0.0004), "0.04%");
    EXPECT_EQ(percent(0.012), "1.2%");
    EXPECT_EQ(percent(0.42), "42%");
    EXPECT_EQ(percent(0.997), "99.7%");
    EXPECT_EQ(percent(0.99999), ">99.9%");
    EXPECT_EQ(percent(1), "100%");
}

TEST(CtlNumbers, SpansHaveTheirTwoLargestUnits) {
    EXPECT_EQ(span(0), "0 s");
    EXPECT_EQ(span(0.25), "250 ms");
    EXPECT_EQ(span(1), "1 s");
    EXPECT_EQ(span(2.54), "2.5 s");
    EXPECT_EQ(span(59.9), "1 min");
    EXPECT_EQ(span(200), "3 min 20 s");
    EXPECT_EQ(span(3600), "1 h");
    EXPECT_EQ(span(273'600), "3 d 4 h");
    EXPECT_EQ(span(86'400 + 59), "1 d");
    EXPECT_EQ(span(-3), "-3 s");
    EXPECT_EQ(short_span(0.5), "0s");
    EXPECT_EQ(short_span(59), "59s");
    EXPECT_EQ(short_span(3599), "59m");
    EXPECT_EQ(short_span(400'000), "4d");
}

TEST(CtlNumbers, MomentsAreLocalTime) {
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(moment(1'790'000'000), "2026-09-21 14:13:20");
    EXPECT_EQ(time_of_day(1'790'000'000.9), "14:13:20");
    EXPECT_EQ(moment(0), "never");
    EXPECT_EQ(moment(-5), "never");
    EXPECT_EQ(moment(1e300), "never");
    EXPECT_EQ(moment(NAN), "never");
}

}  // namespace
}  // namespace flowd::ctl

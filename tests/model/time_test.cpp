// SPDX-License-Identifier: BSD-3-Clause
// Times against numbers worked out by hand: every unit, the wraps of 32 and 64 bits, and where
// goflow2 counts differently.
#include "flow/model/time.hpp"

#include <gtest/gtest.h>

namespace flow {
namespace {

using enum Transform;

constexpr std::uint64_t billion = 1'000'000'000;
constexpr std::uint64_t seconds_now = 1'704'067'200;

Origin header(std::uint32_t uptime_ms, std::uint32_t nanoseconds = 0) {
    return {.sampler = {},
            .export_seconds = seconds_now,
            .export_nanoseconds = nanoseconds,
            .uptime_ms = uptime_ms};
}

TEST(Time, OfAnUptimeStampIsTheHeadersLessTheAge) {
    const Origin origin = header(10'000);
    EXPECT_EQ(time_value(s_of_uptime, 7'500, origin), seconds_now - 2);
    EXPECT_EQ(time_value(ms_of_uptime, 7'500, origin), seconds_now * 1000 - 2'500);
    EXPECT_EQ(time_value(ns_of_uptime, 7'500, origin), seconds_now * billion - 2'500'000'000);
}

TEST(Time, OfAnUptimeStampSurvivesTheWrapOfTheCounter) {
    const Origin origin = header(1'000);  // wrapped a second ago
    EXPECT_EQ(time_value(s_of_uptime, UINT32_MAX - 999, origin), seconds_now - 2);
    EXPECT_EQ(time_value(ms_of_uptime, UINT32_MAX - 999, origin), seconds_now * 1000 - 2'000);
    EXPECT_EQ(time_value(ns_of_uptime, UINT32_MAX - 999, origin), (seconds_now - 2) * billion);
}

// The header was written before the flow ended; goflow2 puts it 49.7 days back.
TEST(Time, OfAnUptimeStampMayBeAfterTheHeader) {
    const Origin origin = header(10'000);
    EXPECT_EQ(time_value(s_of_uptime, 12'000, origin), seconds_now + 2);
    EXPECT_EQ(time_value(ms_of_uptime, 12'000, origin), seconds_now * 1000 + 2'000);
    EXPECT_EQ(time_value(ns_of_uptime, 12'000, origin), (seconds_now + 2) * billion);
    const std::uint64_t age_ms = (std::uint64_t{1} << 32) - 2'000;
    EXPECT_EQ(time_value(s_of_uptime_wrapped, 12'000, origin), seconds_now - age_ms / 1000);
    EXPECT_EQ(time_value(ms_of_uptime_wrapped, 12'000, origin), seconds_now * 1000 - age_ms);
    EXPECT_EQ(time_value(ns_of_uptime_wrapped, 12'000, origin),
              seconds_now * billion - age_ms * 1'000'000);
}

TEST(Time, OfGoflow2V2sNetflow9HasNoWrap) {
    EXPECT_EQ(time_value(ns_of_uptime_wide, 1'000, header(2'000)), (seconds_now - 1) * billion)
        << "goflow2's own test";
    EXPECT_EQ(time_value(ns_of_uptime_wide, 12'000, header(10'000)), (seconds_now + 2) * billion);
    const std::uint64_t stamp = UINT32_MAX - 999;
    EXPECT_EQ(time_value(ns_of_uptime_wide, stamp, header(1'000)),
              seconds_now * billion + (stamp - 1'000) * 1'000'000)
        << "behind a wrap it is 49.7 days late";
}

// Only times in nanoseconds know the rest of NetFlow v5's header.
TEST(Time, OfTheHeaderHasNanosecondsInGoflow2V2Only) {
    const Origin origin = header(10'000, 999'999'999);
    EXPECT_EQ(time_value(s_of_uptime, 10'000, origin), seconds_now);
    EXPECT_EQ(time_value(ms_of_uptime, 10'000, origin), seconds_now * 1000);
    EXPECT_EQ(time_value(ns_of_uptime, 10'000, origin), seconds_now * billion + 999'999'999);
    EXPECT_EQ(time_value(ns_of_uptime_wrapped, 10'000, origin),
              seconds_now * billion + 999'999'999);
    EXPECT_EQ(time_value(ns_of_export, 5, origin), seconds_now * billion + 999'999'999);
}

TEST(Time, OfSecondsAndMillisecondsIsScaled) {
    const Origin origin{};
    EXPECT_EQ(time_value(s_of_seconds, seconds_now, origin), seconds_now);
    EXPECT_EQ(time_value(ms_of_seconds, seconds_now, origin), seconds_now * 1000);
    EXPECT_EQ(time_value(ns_of_seconds, seconds_now, origin), seconds_now * billion);
    EXPECT_EQ(time_value(s_of_milliseconds, 1'999, origin), 1U) << "rounded down";
    EXPECT_EQ(time_value(ms_of_milliseconds, 1'999, origin), 1'999U);
    EXPECT_EQ(time_value(ns_of_milliseconds, 1'999, origin), 1'999'000'000U);
    for (const Transform transform : {s_of_seconds, ms_of_seconds, ns_of_seconds, s_of_milliseconds,
                                      ms_of_milliseconds, ns_of_milliseconds}) {
        EXPECT_EQ(time_value(transform, 0, header(1, 1)), 0U) << "no time stays none";
    }
}

TEST(Time, ThatIsTooLargeWraps) {
    const Origin origin{};
    EXPECT_EQ(time_value(ms_of_seconds, UINT64_MAX, origin), std::uint64_t{0} - 1'000);
    EXPECT_EQ(time_value(ns_of_seconds, UINT64_MAX, origin), std::uint64_t{0} - billion);
}

TEST(Time, OfNtpCountsFrom1900) {
    const Origin origin{};
    const std::uint64_t half = (ntp_unix_offset + 900) << 32 | 0x8000'0000;
    EXPECT_EQ(time_value(s_of_ntp, half, origin), 900U);
    EXPECT_EQ(time_value(ms_of_ntp, half, origin), 900'500U);
    EXPECT_EQ(time_value(ns_of_ntp, half, origin), 900'500'000'000U);
    EXPECT_EQ(time_value(ns_of_ntp_unchecked, half, origin), 900'500'000'000U);
}

TEST(Time, OfNtpHasTheDigitsOfGoflow2) {
    const Origin origin{};
    EXPECT_EQ(time_value(ns_of_ntp, 0xebe5'0e38'c50c'c000, origin), 1'748'668'344'769'725'799U);
    EXPECT_EQ(ntp_ns(ntp_unix_offset << 32 | UINT32_MAX), 999'999'999U) << "cut, not rounded";
    EXPECT_EQ(ntp_ns(ntp_unix_offset << 32 | 1), 0U);
}

TEST(Time, OfNtpSparesZeroUnlessGoflow2IsAsked) {
    const Origin origin = header(1, 1);
    EXPECT_EQ(time_value(s_of_ntp, 0, origin), 0U);
    EXPECT_EQ(time_value(ms_of_ntp, 0, origin), 0U);
    EXPECT_EQ(time_value(ns_of_ntp, 0, origin), 0U);
    EXPECT_EQ(time_value(ns_of_ntp_unchecked, 0, origin),
              std::uint64_t{0} - ntp_unix_offset * billion);
}

TEST(Time, OfADeltaCountsBackFromTheHeader) {
    const Origin origin = header(0, 7);
    EXPECT_EQ(time_value(s_of_delta_us, 2'999'999, origin), seconds_now - 2);
    EXPECT_EQ(time_value(ms_of_delta_us, 2'999'999, origin), seconds_now * 1000 - 2'999);
    EXPECT_EQ(time_value(ns_of_delta_us, 2'999'999, origin),
              seconds_now * billion + 7 - 2'999'999'000);
}

// RFC 7011 has NTP's format in elements 154 to 157; goflow2 v1 reads plain integers.
TEST(Time, OfGoflow2V1sMicrosecondsAndNanosecondsIsAPlainNumber) {
    const Origin origin{};
    EXPECT_EQ(time_value(s_of_microseconds, 2'999'999, origin), 2U);
    EXPECT_EQ(time_value(ms_of_microseconds, 2'999'999, origin), 2'999U);
    EXPECT_EQ(time_value(s_of_nanoseconds, 2'999'999'999, origin), 2U);
    EXPECT_EQ(time_value(ms_of_nanoseconds, 2'999'999'999, origin), 2'999U);
}

TEST(Time, IsWhatTheTransformSays) {
    EXPECT_FALSE(is_time(number));
    EXPECT_FALSE(is_time(sampler_id));
    EXPECT_TRUE(is_time(s_of_uptime));
    EXPECT_TRUE(is_time(ns_of_export));
    EXPECT_FALSE(is_goflow2_time(ns_of_export));
    EXPECT_TRUE(is_goflow2_time(s_of_uptime_wrapped));
    EXPECT_TRUE(is_goflow2_time(ns_of_ntp_unchecked));
}

TEST(MsSinceInit, IsTheSumAndItsNearestWrapToTheExport) {
    const std::uint64_t wrap = std::uint64_t{1} << 32;
    Origin at;
    at.export_seconds = 1'700'000'000;
    const std::uint64_t now = 1'700'000'000'000;
    EXPECT_EQ(ms_since_init(now - 5'000, 3'000, at), now - 2'000);
    EXPECT_EQ(ms_since_init(now - 5'000, 9'000, at), now + 4'000) << "behind the export";
    EXPECT_EQ(ms_since_init(now - wrap - 5'000, 3'000, at), now - 2'000);
    EXPECT_EQ(ms_since_init(now - wrap / 2, 0, at), now + wrap / 2) << "as near as the other";
    EXPECT_EQ(ms_since_init(now - wrap / 2 + 1, 0, at), now - wrap / 2 + 1);
    EXPECT_EQ(ms_since_init(1'000, 500, Origin{}), 1'500u) << "no export time";
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/token_bucket.hpp"

#include <gtest/gtest.h>

namespace flowd::dpdk::host {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

std::uint32_t taken(TokenBucket& bucket, std::uint64_t now_ns) {
    std::uint32_t count = 0;
    while (count < 1'000'000 && bucket.take(now_ns)) ++count;
    return count;
}

TEST(TokenBucket, GivesATenthAtOnce) {
    TokenBucket bucket{1000};
    EXPECT_EQ(taken(bucket, 5 * second), 100);
}

TEST(TokenBucket, GivesTheRateOverTime) {
    TokenBucket bucket{1000};
    std::uint32_t count = 0;
    for (std::uint64_t now = second; now < 11 * second; now += 10'000'000) {
        count += taken(bucket, now);
    }
    EXPECT_NEAR(count, 10'000, 101);
}

TEST(TokenBucket, ZeroGivesNothing) {
    TokenBucket bucket{0};
    EXPECT_FALSE(bucket.take(0));
    EXPECT_FALSE(bucket.take(100 * second));
}

TEST(TokenBucket, OneASecondGivesOne) {
    TokenBucket bucket{1};
    EXPECT_EQ(taken(bucket, second), 1);
    EXPECT_EQ(taken(bucket, 2 * second - 1), 0);
    EXPECT_EQ(taken(bucket, 2 * second), 1);
}

TEST(TokenBucket, AClockThatStepsBackGivesNothing) {
    TokenBucket bucket{10};
    EXPECT_EQ(taken(bucket, 100 * second), 1);
    EXPECT_EQ(taken(bucket, 50 * second), 0);
}

TEST(TokenBucket, TheLargestRateAndLeapDoNotOverflow) {
    TokenBucket bucket{UINT32_MAX};
    EXPECT_TRUE(bucket.take(UINT64_MAX));
    EXPECT_TRUE(bucket.take(0));
    EXPECT_TRUE(bucket.take(UINT64_MAX));
}

}  // namespace
}  // namespace flowd::dpdk::host

// SPDX-License-Identifier: BSD-3-Clause
#include "transport/spool/bucket.hpp"

#include <gtest/gtest.h>

namespace flowd::spool {
namespace {

TEST(Bucket, ZeroIsNoLimit) {
    Bucket bucket{0};
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(bucket.open(0));
        bucket.spend(1 << 30);
    }
}

TEST(Bucket, LetsPassWhatItsRateSays) {
    Bucket bucket{1'000'000};
    std::uint64_t passed = 0;
    const std::uint64_t start = 1'000'000'000;
    for (std::uint64_t ms = 0; ms < 10'000; ++ms) {
        while (bucket.open(start + ms * 1'000'000)) {
            bucket.spend(10'000);
            passed += 10'000;
        }
    }
    EXPECT_GE(passed, 10'000'000U);
    EXPECT_LE(passed, 10'200'000U) << "a tenth of a second's worth and a batch on top";
}

}  // namespace
}  // namespace flowd::spool

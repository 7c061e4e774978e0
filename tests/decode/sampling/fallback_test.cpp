// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sampling/fallback.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/netflow_builder.hpp"

namespace flow::sampling {
namespace {

using test::ipv4;

Address ipv6(std::uint8_t first, std::uint8_t last) {
    std::array<std::uint8_t, 16> octets{};
    octets.front() = first;
    octets.back() = last;
    return Address::from(octets);
}

TEST(SamplingFallback, TakesTheLongestPrefix) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(10, 0, 0, 0), 8, 100},
                                                  {ipv4(10, 1, 0, 0), 16, 200},
                                                  {ipv4(10, 1, 2, 3), 32, 300},
                                                  {ipv4(10, 1, 2, 0), 23, 400},
                                                  {ipv6(0x20, 0), 3, 500}};
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 9, 9, 9)), 100u);
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 1, 9, 9)), 200u);
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 1, 2, 3)), 300u);
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 1, 3, 3)), 400u);
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 1, 4, 3)), 200u);
    EXPECT_EQ(configured_rate(fallbacks, ipv4(11, 0, 0, 0)), 0u);
    EXPECT_EQ(configured_rate(fallbacks, ipv6(0x3f, 1)), 500u);
    EXPECT_EQ(configured_rate(fallbacks, ipv6(0x40, 1)), 0u);
    EXPECT_EQ(configured_rate({}, ipv4(10, 0, 0, 1)), 0u);
}

TEST(SamplingFallback, OfNoBitsIsForTheWholeFamily) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(0, 0, 0, 0), 0, 7}};
    EXPECT_EQ(configured_rate(fallbacks, ipv4(203, 0, 113, 9)), 7u);
    EXPECT_EQ(configured_rate(fallbacks, ipv6(0x20, 1)), 0u);
}

TEST(SamplingFallback, WithMoreBitsThanTheAddressIsForNobody) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(10, 0, 0, 1), 33, 7}};
    EXPECT_EQ(configured_rate(fallbacks, ipv4(10, 0, 0, 1)), 0u);
}

}  // namespace
}  // namespace flow::sampling

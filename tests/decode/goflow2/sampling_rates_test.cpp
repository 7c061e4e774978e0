// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/sampling_rates.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flow::goflow2 {
namespace {

RateKey key(unsigned host, std::uint32_t domain = 1, std::uint32_t version = 9) {
    return {test::ipv4(192, 0, host >> 8, host & 255), domain, version};
}

TEST(Goflow2SamplingRates, AnUnknownRateIsZero) {
    const SamplingRates rates{4, 1};
    EXPECT_EQ(rates.find(key(1)), 0u);
}

TEST(Goflow2SamplingRates, TheLastRateCounts) {
    SamplingRates rates{4, 1};
    rates.store(key(1), 100);
    rates.store(key(1), 200);
    EXPECT_EQ(rates.find(key(1)), 200u);
    EXPECT_EQ(rates.size(), 1u);
}

TEST(Goflow2SamplingRates, AddressDomainAndVersionTellThemApart) {
    SamplingRates rates{4, 1};
    rates.store(key(1, 1, 9), 100);
    EXPECT_EQ(rates.find(key(2, 1, 9)), 0u);
    EXPECT_EQ(rates.find(key(1, 2, 9)), 0u);
    EXPECT_EQ(rates.find(key(1, 1, 10)), 0u);
}

TEST(Goflow2SamplingRates, TheOldestGivesWay) {
    SamplingRates rates{8, 1};
    for (unsigned i = 0; i < 1000; ++i) rates.store(key(i), i + 1);
    EXPECT_EQ(rates.size(), 8u);
    for (unsigned i = 0; i < 1000; ++i) EXPECT_EQ(rates.find(key(i)), i < 992 ? 0 : i + 1);
}

TEST(Goflow2SamplingRates, WithoutRoomNothingIsRemembered) {
    SamplingRates rates{0, 1};
    rates.store(key(1), 100);
    EXPECT_EQ(rates.find(key(1)), 0u);
}

}  // namespace
}  // namespace flow::goflow2

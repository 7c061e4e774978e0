// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sampling/rates.hpp"

#include <gtest/gtest.h>

namespace flow::sampling {
namespace {

Announcement for_all(std::uint64_t rate) { return {.rate = rate}; }
Announcement of(std::uint64_t sampler, std::uint64_t rate) {
    return {.rate = rate, .sampler = sampler, .has_sampler = true};
}

TEST(Rates, KnowNothingAtFirst) {
    const Rates rates{};
    EXPECT_TRUE(rates.empty());
    EXPECT_EQ(rates.rate(), 0u);
    EXPECT_TRUE(rates.samplers().empty());
}

TEST(Rates, KeepTheLastOneForAll) {
    Rates rates{};
    EXPECT_TRUE(rates.announce(for_all(100)));
    EXPECT_FALSE(rates.announce(for_all(100))) << "nothing new";
    EXPECT_TRUE(rates.announce(for_all(200)));
    EXPECT_EQ(rates.rate(), 200u);
    EXPECT_FALSE(rates.announce(for_all(0))) << "says nothing";
    EXPECT_EQ(rates.rate(), 200u);
}

TEST(Rates, OfTheOnlySamplerAreThatOfAll) {
    Rates rates{};
    EXPECT_TRUE(rates.announce(of(1, 5000)));
    EXPECT_EQ(rates.rate(), 5000u);
    EXPECT_TRUE(rates.announce(of(2, 5000)));
    EXPECT_EQ(rates.rate(), 5000u) << "they agree";
    EXPECT_TRUE(rates.announce(of(2, 10)));
    EXPECT_EQ(rates.rate(), 0u) << "nobody knows which";
    EXPECT_TRUE(rates.announce(for_all(7)));
    EXPECT_EQ(rates.rate(), 7u);
    ASSERT_EQ(rates.samplers().size(), 2u);
    EXPECT_EQ(rates.samplers()[0].sampler, 1u);
    EXPECT_EQ(rates.samplers()[1].rate, 10u);
}

TEST(Rates, AreBounded) {
    Rates rates{};
    for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_TRUE(rates.announce(of(i, i + 1)));
    ASSERT_EQ(rates.samplers().size(), Rates::samplers_max);
    for (const SamplerRate& each : rates.samplers()) {
        EXPECT_GE(each.sampler, 1000u - Rates::samplers_max) << "the last ones";
        EXPECT_EQ(each.rate, each.sampler + 1);
    }
}

}  // namespace
}  // namespace flow::sampling

// SPDX-License-Identifier: BSD-3-Clause
// What options records say about sampling, in every form that exporters use, and how it is kept.
#include "flow/decode/sampling/rates.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/netflow_builder.hpp"

namespace flow {
namespace {

using test::ByteBuilder;
using test::Fields;
using test::ipv4;

/// One options record of numbers.
SamplingOption option(const Fields& fields, const std::vector<std::uint64_t>& values) {
    ByteBuilder bytes;
    std::vector<FieldExtent> extents;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        extents.push_back({static_cast<std::uint16_t>(bytes.size()), fields[i].length});
        bytes.number(values[i], fields[i].length);
    }
    const Template layout{.version = 10, .options = true, .id = 256, .fields = fields};
    return read_sampling(layout, Record{bytes.bytes(), extents});
}

TEST(SamplingOption, IsReadInAnyWidth) {
    for (const std::uint16_t width : {1, 2, 4, 8}) {
        EXPECT_EQ(option({{34, width}}, {100}).rate, 100U) << width;
        EXPECT_EQ(option({{50, width}}, {100}).rate, 100U) << width;
        EXPECT_EQ(option({{305, width}}, {100}).rate, 100U) << width;
    }
    EXPECT_EQ(option({{34, 9}}, {100}).rate, 0U) << "no number has nine bytes";
    EXPECT_EQ(option({{34, 0}}, {0}).rate, 0U);
}

TEST(SamplingOption, OfIntervalAndSpaceIsTheirPeriod) {
    EXPECT_EQ(option({{305, 4}, {306, 4}}, {1, 999}).rate, 1000U);
    EXPECT_EQ(option({{306, 4}, {305, 4}}, {990, 10}).rate, 100U);
    EXPECT_EQ(option({{305, 4}, {306, 4}}, {10, 0}).rate, 1U) << "every packet";
    EXPECT_EQ(option({{306, 4}}, {990}).rate, 0U) << "a space alone says nothing";
    EXPECT_EQ(option({{305, 8}, {306, 8}}, {2, ~std::uint64_t{0}}).rate, 0U) << "it wraps";
}

TEST(SamplingOption, OfSizeAndPopulationIsTheirRatio) {
    EXPECT_EQ(option({{309, 4}, {310, 4}}, {2, 256}).rate, 128U);
    EXPECT_EQ(option({{309, 4}, {310, 4}}, {0, 256}).rate, 0U);
    EXPECT_EQ(option({{305, 4}, {309, 4}, {310, 4}}, {1, 1, 256}).rate, 256U)
        << "as Cisco routers send it";
    EXPECT_EQ(option({{305, 4}, {309, 4}, {310, 4}}, {10, 0, 256}).rate, 10U);
    EXPECT_EQ(option({{305, 4}, {306, 4}, {309, 4}, {310, 4}}, {1, 9, 1, 256}).rate, 10U)
        << "a period is exact";
}

TEST(SamplingOption, PrefersWhatIsMoreExact) {
    EXPECT_EQ(option({{34, 4}, {50, 4}, {305, 4}}, {1, 2, 3}).rate, 3U);
    EXPECT_EQ(option({{34, 4}, {50, 4}}, {1, 2}).rate, 2U);
    EXPECT_EQ(option({{34, 4}, {50, 4}}, {7, 0}).rate, 7U);
    EXPECT_EQ(option({{34, 4, 9}}, {7}).rate, 0U) << "an enterprise's element is another one";
}

TEST(SamplingOption, NamesItsSampler) {
    for (const std::uint16_t id : {48, 302}) {
        const SamplingOption found = option({{id, 2}, {50, 4}}, {5, 100});
        EXPECT_TRUE(found.has_sampler);
        EXPECT_EQ(found.sampler, 5U);
    }
    EXPECT_FALSE(option({{50, 4}}, {100}).has_sampler);
}

class Rates : public ::testing::Test {
protected:
    static SamplingRates::Key key(unsigned host, std::uint32_t domain = 1) {
        return {ipv4(192, 0, 2, host), domain, 9};
    }
    [[nodiscard]] std::uint64_t rate(const SamplingRates::Key& of) const {
        Origin origin;
        rates_.apply(of, origin);
        return origin.sampling_rate;
    }

    SamplingRates rates_{4, 1};
};

TEST_F(Rates, AreOfOneExporterDomainAndVersion) {
    rates_.learn(key(1), {.rate = 100});
    EXPECT_EQ(rate(key(1)), 100U);
    EXPECT_EQ(rate(key(2)), 0U);
    EXPECT_EQ(rate(key(1, 2)), 0U);
    SamplingRates::Key ipfix = key(1);
    ipfix.version = 10;
    EXPECT_EQ(rate(ipfix), 0U);
}

TEST_F(Rates, ChangeWithTheLastWordButNotBySilence) {
    rates_.learn(key(1), {.rate = 100});
    rates_.learn(key(1), {.rate = 0});
    EXPECT_EQ(rate(key(1)), 100U);
    rates_.learn(key(1), {.rate = 200});
    EXPECT_EQ(rate(key(1)), 200U);
    EXPECT_EQ(rates_.size(), 1U);
}

TEST_F(Rates, OfSamplersAreKeptApart) {
    for (std::uint64_t sampler = 1; sampler <= SamplingRates::samplers_max + 1; ++sampler) {
        rates_.learn(key(1), {.rate = 10 * sampler, .has_sampler = true, .sampler = sampler});
    }
    rates_.learn(key(1), {.rate = 7, .has_sampler = true, .sampler = 3});
    Origin origin;
    rates_.apply(key(1), origin);
    ASSERT_EQ(origin.samplers.size(), SamplingRates::samplers_max);
    std::uint64_t of_3 = 0;
    for (const SamplerRate& each : origin.samplers) {
        EXPECT_NE(each.sampler, 1U) << "the oldest gave way";
        if (each.sampler == 3) of_3 = each.rate;
    }
    EXPECT_EQ(of_3, 7U);
}

TEST_F(Rates, BeyondTheLimitReplaceTheOldest) {
    for (unsigned host = 1; host <= 6; ++host) rates_.learn(key(host), {.rate = host});
    EXPECT_EQ(rates_.size(), 4U);
    EXPECT_EQ(rate(key(1)), 0U);
    EXPECT_EQ(rate(key(2)), 0U);
    for (unsigned host = 3; host <= 6; ++host) EXPECT_EQ(rate(key(host)), host);
}

}  // namespace
}  // namespace flow

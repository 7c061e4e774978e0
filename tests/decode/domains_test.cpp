// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/domains.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

namespace flow {
namespace {

constexpr std::uint32_t now = 1'700'000'000;
constexpr DomainLimits limits{.domains_max = 8, .domains_per_exporter_max = 4};

constexpr Domain domain_of(ExporterIndex exporter, std::uint32_t id = 1,
                           std::uint8_t version = 10) {
    return {exporter, id, version};
}

void give_rate(DomainState* state) {
    ASSERT_NE(state, nullptr);
    state->rates.announce({.rate = 100});
}

TEST(Domains, KeepTheirState) {
    Domains domains{limits, 4, 1};
    give_rate(domains.enter(domain_of(1), now));
    EXPECT_EQ(domains.enter(domain_of(1, 2), now)->rates.rate(), 0u);
    EXPECT_EQ(domains.enter(domain_of(1, 1, 9), now)->rates.rate(), 0u);
    EXPECT_EQ(domains.enter(domain_of(2), now)->rates.rate(), 0u);
    EXPECT_EQ(domains.enter(domain_of(1), now)->rates.rate(), 100u);
    EXPECT_EQ(domains.enter(domain_of(1), now)->rates.rate(), 100u) << "of the datagram before";
    ASSERT_NE(domains.find(domain_of(1)), nullptr);
    EXPECT_EQ(domains.find(domain_of(1))->rates.rate(), 100u);
    EXPECT_EQ(domains.find(domain_of(3)), nullptr);
    EXPECT_EQ(domains.size(), 4u);
    EXPECT_EQ(domains.count_of(1), 3u);
}

TEST(Domains, OfTheSharedExporterAreNotKept) {
    Domains domains{limits, 4, 1};
    EXPECT_EQ(domains.enter(domain_of(0), now), nullptr);
    EXPECT_EQ(domains.size(), 0u);
}

TEST(Domains, WithoutRatesGiveWay) {
    Domains domains{limits, 4, 1};
    for (std::uint32_t id = 0; id < 100; ++id) {
        ASSERT_NE(domains.enter(domain_of(1, id), now), nullptr);
        ASSERT_LE(domains.count_of(1), 4u);
    }
    EXPECT_EQ(domains.evictions(), 96u);
    for (ExporterIndex exporter = 2; exporter <= 4; ++exporter) {
        for (std::uint32_t id = 0; id < 4; ++id) {
            ASSERT_NE(domains.enter(domain_of(exporter, id), now), nullptr);
        }
    }
    EXPECT_EQ(domains.size(), 8u);
}

TEST(Domains, WithRatesAreKeptUntilTheyAreStale) {
    Domains domains{limits, 4, 1};
    for (std::uint32_t id = 0; id < 4; ++id) give_rate(domains.enter(domain_of(1, id), now));
    EXPECT_EQ(domains.enter(domain_of(1, 9), now + 100), nullptr);
    EXPECT_NE(domains.enter(domain_of(2, 9), now + 100), nullptr) << "another exporter has room";
    EXPECT_NE(domains.enter(domain_of(1, 9), now + Domains::stale_after_seconds + 1), nullptr);
    EXPECT_EQ(domains.evictions(), 1u);
    EXPECT_EQ(domains.enter(domain_of(1, 9), now)->rates.rate(), 0u) << "nothing is inherited";
}

TEST(Domains, AreForgottenWithTheirExporter) {
    Domains domains{limits, 4, 1};
    for (std::uint32_t id = 0; id < 3; ++id) give_rate(domains.enter(domain_of(1, id), now));
    give_rate(domains.enter(domain_of(2), now));
    give_rate(domains.enter(domain_of(1, 2), now));
    domains.forget(1);
    EXPECT_EQ(domains.size(), 1u);
    EXPECT_EQ(domains.find(domain_of(1, 2)), nullptr);
    EXPECT_EQ(domains.enter(domain_of(1, 2), now)->rates.rate(), 0u) << "also the last one";
    EXPECT_EQ(domains.enter(domain_of(2), now)->rates.rate(), 100u);
}

TEST(Domains, AreWalkedInSteps) {
    Domains domains{limits, 4, 1};
    for (std::uint32_t id = 0; id < 3; ++id) {
        for (const ExporterIndex exporter : {1u, 2u}) {
            ASSERT_NE(domains.enter(domain_of(exporter, id), now), nullptr);
        }
    }
    domains.forget(1);
    std::uint32_t seen = 0;
    std::uint32_t steps = 0;
    for (std::uint32_t at = 0; at != domains.end_slot(); ++steps) {
        at = domains.visit(at, 2, [&](const DomainState& state) {
            EXPECT_EQ(state.domain.exporter, 2u);
            ++seen;
        });
    }
    EXPECT_EQ(seen, 3u);
    EXPECT_EQ(steps, 3u);
}

// Random calls, held against a map.
TEST(Domains, AgreeWithAMap) {
    using Key = std::tuple<ExporterIndex, std::uint32_t, std::uint8_t>;
    Domains domains{{.domains_max = 64, .domains_per_exporter_max = 64}, 6, 17};
    std::map<Key, std::uint64_t> model;
    std::mt19937_64 random{29};
    for (int round = 0; round < 50'000; ++round) {
        const Domain domain{static_cast<ExporterIndex>(1 + random() % 6),
                            static_cast<std::uint32_t>(random() % 5),
                            static_cast<std::uint8_t>(9 + random() % 2)};
        if (random() % 50 == 0) {
            domains.forget(domain.exporter);
            std::erase_if(model, [&](const auto& each) {
                return std::get<0>(each.first) == domain.exporter;
            });
        } else {
            DomainState* const state = domains.enter(domain, now);
            ASSERT_NE(state, nullptr);
            auto& rate = model[{domain.exporter, domain.id, domain.version}];
            ASSERT_EQ(state->rates.rate(), rate);
            rate = 1 + random() % 9;
            state->rates.announce({.rate = rate});
        }
        ASSERT_EQ(domains.size(), model.size());
    }
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Whose turn it is, from where, and when templates come.
#include "tools/gen/fleet.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace flowd::gen {
namespace {

constexpr Moment now{.unix_seconds = 1'700'000'000, .uptime_ms = 0};

std::map<std::uint32_t, int> sent_by(Fleet& fleet, int count) {
    std::map<std::uint32_t, int> counts;
    for (int i = 0; i < count; ++i) ++counts[fleet.next(now).exporter];
    return counts;
}

TEST(GenFleet, EqualExportersAndTheirDomainsTakeTurns) {
    Fleet fleet{{.exporters = 3, .domains = 2, .records = 4}};
    const auto counts = sent_by(fleet, 12);
    EXPECT_EQ(counts, (std::map<std::uint32_t, int>{{1, 4}, {2, 4}, {3, 4}}));
    ASSERT_EQ(fleet.domains().size(), 6U);
    for (const Domain& domain : fleet.domains()) {
        EXPECT_EQ(domain.datagrams, 2U);
        EXPECT_EQ(domain.flows, 8U);
        EXPECT_EQ(domain.templates, 1U);
    }
}

TEST(GenFleet, AnElephantSendsHalf) {
    Fleet fleet{{.exporters = 5, .weights = Weights::elephant}};
    EXPECT_EQ(sent_by(fleet, 800),
              (std::map<std::uint32_t, int>{{1, 400}, {2, 100}, {3, 100}, {4, 100}, {5, 100}}));
    Fleet alone{{.exporters = 1, .weights = Weights::elephant}};
    EXPECT_EQ(sent_by(alone, 10), (std::map<std::uint32_t, int>{{1, 10}}));
}

TEST(GenFleet, ZipfFallsWithTheRank) {
    Fleet fleet{{.exporters = 10, .weights = Weights::zipf, .seed = 5}};
    auto counts = sent_by(fleet, 29290);  // the harmonic number of ten is 2.929
    EXPECT_NEAR(counts[1], 10000, 500);
    EXPECT_NEAR(counts[2], 5000, 400);
    EXPECT_NEAR(counts[10], 1000, 200);
}

TEST(GenFleet, TheSameSeedIsTheSameTraffic) {
    const FleetPlan plan{
        .exporters = 50, .random_ports = true, .weights = Weights::zipf, .seed = 9};
    Fleet one{plan};
    Fleet other{plan};
    for (int i = 0; i < 200; ++i) {
        const Sent& a = one.next(now);
        const Sent& b = other.next(now);
        EXPECT_EQ(a.exporter, b.exporter);
        EXPECT_EQ(a.port, b.port);
    }
}

TEST(GenFleet, PortsAreStableOrNot) {
    Fleet stable{{.exporters = 1}};
    Fleet random{{.exporters = 1, .random_ports = true}};
    std::set<std::uint16_t> of_stable;
    std::set<std::uint16_t> of_random;
    for (int i = 0; i < 100; ++i) {
        of_stable.insert(stable.next(now).port);
        of_random.insert(random.next(now).port);
    }
    EXPECT_EQ(of_stable.size(), 1U);
    EXPECT_GT(of_random.size(), 90U);
}

TEST(GenFleet, TemplatesComeFirstAndAgainAndChange) {
    Fleet fleet{{.exporters = 1, .template_every = 4, .redefine_every = 10}};
    std::vector<std::uint32_t> announced;
    for (std::uint32_t i = 0; i < 21; ++i) {
        const std::uint32_t before = fleet.domains()[0].templates;
        static_cast<void>(fleet.next(now));
        if (fleet.domains()[0].templates != before) announced.push_back(i);
    }
    EXPECT_EQ(announced, (std::vector<std::uint32_t>{0, 4, 8, 10, 12, 16, 20}));
    EXPECT_EQ(fleet.domains()[0].generation, 2U + 2U) << "of 2 at first, two more";
}

TEST(GenFleet, OnlyProtocolsWithTemplatesHaveThem) {
    Fleet fleet{{.exporters = 4, .mixed = true, .redefine_every = 2}};
    static_cast<void>(sent_by(fleet, 40));
    EXPECT_EQ(fleet.domains()[0].templates, 0U);
    EXPECT_EQ(fleet.domains()[1].templates, 5U);
    EXPECT_EQ(fleet.domains()[2].templates, 5U);
    EXPECT_EQ(fleet.domains()[3].templates, 0U);
    EXPECT_EQ(fleet.protocol_of(5), Protocol::netflow5);
}

TEST(GenFleet, EverySecondExporterHasAnIPv6Address) {
    Fleet fleet{{.exporters = 70000, .ipv6 = true}};
    std::array<std::uint8_t, 16> address{};
    ASSERT_EQ(fleet.address_of(65537, address), 4);
    EXPECT_EQ(address, (std::array<std::uint8_t, 16>{10, 1, 0, 1}));
    ASSERT_EQ(fleet.address_of(65538, address), 16);
    EXPECT_EQ(address, (std::array<std::uint8_t, 16>{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                     1, 0, 2}));
    EXPECT_EQ(fleet.next(now).address_size, 4);
    EXPECT_EQ(fleet.next(now).address_size, 16);
}

}  // namespace
}  // namespace flowd::gen

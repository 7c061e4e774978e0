// SPDX-License-Identifier: BSD-3-Clause
#include "http/metrics/budget.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "http/metrics/made_up.hpp"

namespace flowd::metrics {
namespace {

using test::made_up;

std::uint64_t datagrams_of(const Shown& shown) {
    std::uint64_t sum = shown.other.totals.datagrams;
    for (const ExporterView* each : shown.exporters) sum += each->totals.datagrams;
    return sum;
}

TEST(Budget, EveryExporterIsShownWhereThereIsRoom) {
    const Observation seen = made_up(5);
    const Shown shown = choose(seen, 5);
    EXPECT_EQ(shown.exporters.size(), 5u);
    EXPECT_EQ(shown.others, 0u);
    EXPECT_EQ(shown.other.totals.datagrams, seen.other.totals.datagrams);
}

TEST(Budget, TheRestIsAddedToOther) {
    const Observation seen = made_up(20);
    for (const std::size_t exporters_max : {0u, 1u, 7u, 19u}) {
        const Shown shown = choose(seen, exporters_max);
        EXPECT_EQ(shown.exporters.size(), exporters_max);
        EXPECT_EQ(shown.others, 20 - exporters_max);
        EXPECT_EQ(datagrams_of(shown), seen.box.datagrams - seen.box.missed);
        // Both equations hold for "other" as they do for each.
        EXPECT_EQ(shown.other.totals.datagram_imbalance(), 0);
        EXPECT_EQ(shown.other.totals.flow_imbalance(), 0);
    }
}

TEST(Budget, TheBusiestAreShown) {
    Observation seen = made_up(4);
    seen.exporters[0].rates.flows = 10;
    seen.exporters[1].rates.flows = 1000;
    seen.exporters[2].rates.flows = 0;
    seen.exporters[3].rates.flows = 100;
    const Shown shown = choose(seen, 2);
    ASSERT_EQ(shown.exporters.size(), 2u);
    EXPECT_EQ(shown.exporters[0], &seen.exporters[1]);
    EXPECT_EQ(shown.exporters[1], &seen.exporters[3]);
}

TEST(Budget, ExportersOfAboutTheSameRateDoNotChangePlaces) {
    Observation seen = made_up(2);
    seen.exporters[0].totals.flows = 2'000'000;
    seen.exporters[1].totals.flows = 1'000'000;
    for (const double rate : {1030.0, 1100.0, 1500.0, 2000.0}) {
        seen.exporters[0].rates.flows = 1600;
        seen.exporters[1].rates.flows = rate;
        EXPECT_EQ(choose(seen, 1).exporters[0], &seen.exporters[0]) << rate;
    }
    seen.exporters[1].rates.flows = 4000;
    EXPECT_EQ(choose(seen, 1).exporters[0], &seen.exporters[1]);
}

TEST(Budget, DomainsAddUpToTheirExporter) {
    Observation seen = made_up(1);
    ExporterView& exporter = seen.exporters[0];
    for (std::uint32_t id = 1; id < 40; ++id) {
        exporter.domains.push_back(exporter.domains[0]);
        exporter.domains.back().id = id;
        exporter.domains.back().rates.flows = std::ldexp(1, static_cast<int>(id));
        exporter.totals.datagrams += exporter.domains[0].totals.datagrams;
    }
    exporter.totals.datagrams += 5;  // of no domain
    const std::vector<ShownDomain> shown = choose_domains({&exporter}, 100);
    ASSERT_EQ(shown.size(), 17u);
    EXPECT_EQ(shown[0].domain.id, 39u);
    EXPECT_TRUE(shown[16].others);
    std::uint64_t sum = 0;
    for (const ShownDomain& each : shown) sum += each.domain.totals.datagrams;
    EXPECT_EQ(sum, exporter.totals.datagrams);
}

TEST(Budget, ExportersWithOneDomainHaveNoSeriesOfDomains) {
    Observation seen = made_up(4);  // only the last has two
    const Shown shown = choose(seen, 10);
    const std::vector<ShownDomain> domains = choose_domains(shown.exporters, 10);
    ASSERT_EQ(domains.size(), 3u);
    EXPECT_EQ(domains[0].exporter, &seen.exporters[3]);
    EXPECT_TRUE(choose_domains(shown.exporters, 2).empty());
}

}  // namespace
}  // namespace flowd::metrics

// SPDX-License-Identifier: BSD-3-Clause
// Sums over domains, and differences of counters that wrap, go back, come and go.
#include "metrics/exporter_counts.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace flowd {
namespace {

using flow::Deviation;
using flow::Traits;

constexpr auto missing = static_cast<std::size_t>(Deviation::template_missing);

ExporterView view_of(std::vector<DomainView> domains) {
    ExporterView view;
    view.domains = std::move(domains);
    return view;
}

DomainView domain(std::uint32_t id, std::uint64_t flows) {
    DomainView view;
    view.id = id;
    view.version = 9;
    view.totals.flows = flows;
    return view;
}

TEST(ExporterCounts, AreSumsOverRows) {
    std::vector<Traits> traits(2);
    traits[0].datagrams = 10;
    traits[0].deviations[missing] = {3, 0};
    traits[1].datagrams = 5;
    traits[1].deviations[missing] = {4, 0};
    traits[1].reassembled = 2;
    const ExporterCounts sum = count(view_of({domain(1, 7), domain(2, 8)}), traits, 1000);
    EXPECT_EQ(sum.seconds, 1000u);
    EXPECT_EQ(sum.datagrams, 15u);
    EXPECT_EQ(sum.reassembled, 2u);
    EXPECT_EQ(sum.deviations[missing], 7u);
    ASSERT_EQ(sum.domains.size(), 2u);
    EXPECT_EQ(sum.domains[1].flows, 8u);
}

TEST(ExporterCounts, DifferencesAreRightWhereARowsCountersWrap) {
    std::vector<Traits> traits(2);
    traits[0].datagrams = UINT32_MAX - 10;
    traits[0].deviations[missing] = {UINT32_MAX, 0};
    traits[1].datagrams = 1'000'000;
    const ExporterView view;
    const ExporterCounts before = count(view, traits, 1000);
    traits[0].datagrams += 111;
    traits[0].deviations[missing].count += 21;
    traits[1].datagrams += 1000;
    const ExporterCounts lately = difference(count(view, traits, 1300), before);
    EXPECT_EQ(lately.seconds, 300u);
    EXPECT_EQ(lately.datagrams, 1111u);
    EXPECT_EQ(lately.deviations[missing], 21u);
}

TEST(ExporterCounts, WhatHasGoneBackHasNotMoved) {
    std::vector<Traits> traits(1);
    traits[0].datagrams = 5000;
    traits[0].time_faults[0] = {30, 0};
    ExporterView view = view_of({domain(1, 500)});
    view.totals.decoded = 5000;
    const ExporterCounts before = count(view, traits, 1000);
    traits[0] = {};
    traits[0].datagrams = 20;
    view.totals.decoded = 20;
    view.domains[0].totals.flows = 10;
    const ExporterCounts lately = difference(count(view, traits, 900), before);
    EXPECT_EQ(lately.seconds, 0u) << "a clock was set";
    EXPECT_EQ(lately.datagrams, 0u);
    EXPECT_EQ(lately.decoded, 0u);
    EXPECT_EQ(lately.time_faults[0], 0u);
    EXPECT_EQ(lately.domains[0].flows, 0u);
}

TEST(ExporterCounts, IpfixNumbersRecordsOfOptionsToo) {
    DomainView ipfix = domain(1, 7);
    ipfix.version = 10;
    ipfix.totals.set_records = {1, 1, 7, 100};
    DomainView netflow9 = domain(2, 7);
    netflow9.totals.set_records = ipfix.totals.set_records;
    const ExporterCounts sum = count(view_of({ipfix, netflow9}), {}, 1000);
    EXPECT_EQ(sum.domains[0].flows, 107u);
    EXPECT_EQ(sum.domains[1].flows, 7u) << "counts datagrams anyway";
}

TEST(ExporterCounts, DomainsThatCameAreNew) {
    const std::vector<Traits> traits;
    const ExporterCounts before =
        count(view_of({domain(1, 100), domain(2, 200), domain(4, 400)}), traits, 1000);
    const ExporterCounts now =
        count(view_of({domain(2, 201), domain(3, 30), domain(4, 404)}), traits, 1001);
    const ExporterCounts lately = difference(now, before);
    ASSERT_EQ(lately.domains.size(), 3u);
    EXPECT_EQ(lately.domains[0].flows, 1u);
    EXPECT_EQ(lately.domains[1].flows, 30u);
    EXPECT_EQ(lately.domains[2].flows, 4u);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
#include "control/examiner.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

using flow::test::ipv4;
constexpr std::uint32_t now = 1'700'000'000;

flow::Traits traits_of(const flow::Address& exporter, std::uint32_t domain, double skew_seconds,
                       std::uint32_t seen = now) {
    flow::Traits traits{};
    traits.own({.exporter = exporter, .port = 0, .version = 9, .domain = domain});
    traits.datagrams = 100;
    traits.seen_seconds = seen;
    traits.export_seconds = now;
    traits.payload_size_max = static_cast<std::uint16_t>(1000 + domain);
    traits.skew_last_ns = traits.skew_least_ns = traits.skew_most_ns =
        static_cast<std::int64_t>(skew_seconds * 1e9);
    return traits;
}

ExporterView view_of(const flow::Address& exporter, const std::vector<std::uint32_t>& domains) {
    ExporterView view;
    view.address = exporter;
    view.first_seen = view.last_seen = now;
    for (const std::uint32_t id : domains) {
        DomainView& domain = view.domains.emplace_back();
        domain.version = 9;
        domain.id = id;
    }
    return view;
}

TEST(Examiner, GivesEachExporterWhatIsIts) {
    Observation observation;
    observation.taken_at_ns = now * 1'000'000'000ull;
    observation.exporters = {view_of(ipv4(10, 0, 0, 1), {1, 2}), view_of(ipv4(10, 0, 0, 2), {1}),
                             view_of(ipv4(10, 0, 0, 3), {})};
    TemplateView seldom;
    seldom.layout.key.exporter = ipv4(10, 0, 0, 2);
    seldom.layout.key.version = 9;
    seldom.refresh_seconds = 3600;
    seldom.last_seen = now;
    observation.templates = {seldom};
    std::vector<flow::Traits> traits{
        traits_of(ipv4(10, 0, 0, 2), 1, -0.3), traits_of(ipv4(10, 0, 0, 1), 2, 3600),
        traits_of(ipv4(10, 0, 0, 1), 1, 0.5), traits_of(ipv4(10, 0, 0, 9), 1, 99999)};
    Examiner{}.examine(traits, observation);

    const ExporterView& first = observation.exporters[0];
    ASSERT_EQ(first.findings.size(), 1u);
    EXPECT_EQ(first.findings[0].code, "clock_ahead");
    EXPECT_EQ(first.skew.last_seconds, 3600);
    EXPECT_EQ(first.domains[0].skew.last_seconds, 0.5);
    EXPECT_EQ(first.domains[1].skew.last_seconds, 3600);
    EXPECT_EQ(first.payload_size_max, 1002);
    EXPECT_FALSE(first.xray.template_refresh_seconds);

    const ExporterView& second = observation.exporters[1];
    ASSERT_EQ(second.findings.size(), 1u);
    EXPECT_EQ(second.findings[0].code, "templates_rare");
    EXPECT_EQ(second.xray.template_refresh_seconds, 3600);

    const ExporterView& third = observation.exporters[2];
    EXPECT_TRUE(third.findings.empty());
    EXPECT_FALSE(third.skew.known);
}

TEST(Examiner, AReplayIsJudgedByTheTimesOfItsCapture) {
    constexpr std::uint32_t then = now - 100'000'000;
    Observation observation;
    observation.ingress = "replay";
    observation.taken_at_ns = now * 1'000'000'000ull;
    observation.exporters = {view_of(ipv4(10, 0, 0, 1), {1}), view_of(ipv4(10, 0, 0, 2), {1})};
    for (ExporterView& each : observation.exporters) each.first_seen = then - 500;
    observation.exporters[0].last_seen = then;
    observation.exporters[1].last_seen = then - 300;
    std::vector<flow::Traits> traits{traits_of(ipv4(10, 0, 0, 1), 1, 3600, then),
                                     traits_of(ipv4(10, 0, 0, 2), 1, 0, then - 300)};
    const std::vector<ExporterView> untouched = observation.exporters;
    Examiner{}.examine(traits, observation);
    ASSERT_EQ(observation.exporters[0].findings.size(), 1u);
    EXPECT_EQ(observation.exporters[0].findings[0].code, "clock_ahead");
    EXPECT_TRUE(observation.exporters[0].skew.known);
    ASSERT_EQ(observation.exporters[1].findings.size(), 1u);
    EXPECT_EQ(observation.exporters[1].findings[0].code, "silent");

    observation.exporters = untouched;
    observation.other.last_seen = then + 500;
    Examiner{}.examine(traits, observation);
    ASSERT_EQ(observation.exporters[0].findings.size(), 2u) << "all others went on";
}

TEST(Examiner, OfADomainThatHasMovedTheNewerRowCounts) {
    Observation observation;
    observation.taken_at_ns = now * 1'000'000'000ull;
    observation.exporters = {view_of(ipv4(10, 0, 0, 1), {1})};
    std::vector<flow::Traits> traits{traits_of(ipv4(10, 0, 0, 1), 1, 1, now),
                                     traits_of(ipv4(10, 0, 0, 1), 1, 5000, now - 700)};
    Examiner{}.examine(traits, observation);
    EXPECT_EQ(observation.exporters[0].skew.last_seconds, 1);
    EXPECT_TRUE(observation.exporters[0].findings.empty());
}

/// Addresses and what is known of each; the first of them have a clock that is off.
struct Many {
    explicit Many(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto address = ipv4(10, 0, static_cast<unsigned>(i >> 8), i & 255);
            observation.exporters.push_back(view_of(address, {1}));
            traits.push_back(traits_of(address, 1, 3600));
        }
        observation.taken_at_ns = now * 1'000'000'000ull;
    }
    [[nodiscard]] std::size_t with_findings() const {
        std::size_t count = 0;
        for (const ExporterView& each : observation.exporters) count += !each.findings.empty();
        return count;
    }

    Observation observation;
    std::vector<flow::Traits> traits;
};

TEST(Examiner, OfVeryManyExportersEachHasItsTurn) {
    Many many{2500};
    Examiner examiner;
    examiner.examine(many.traits, many.observation);
    EXPECT_EQ(many.with_findings(), 2500u) << "nobody waits for the first time";
    for (flow::Traits& each : many.traits) each.skew_last_ns = 0;
    std::size_t before = 2500;
    for (int turn = 0; turn < 3; ++turn) {
        examiner.examine(many.traits, many.observation);
        const std::size_t left = many.with_findings();
        EXPECT_LE(before - left, Examiner::at_a_time);
        EXPECT_LT(left, before);
        before = left;
    }
    EXPECT_EQ(before, 0u);
}

TEST(Examiner, WhatWasSaidOfAnExporterStaysWithIt) {
    Many many{1500};
    Examiner examiner;
    for (std::size_t i = 0; i < 1500; i += 2) many.traits[i].skew_last_ns = 0;
    examiner.examine(many.traits, many.observation);
    many.observation.exporters.erase(many.observation.exporters.begin());
    examiner.examine(many.traits, many.observation);
    for (std::size_t i = 0; i < 1499; ++i) {
        EXPECT_EQ(many.observation.exporters[i].findings.empty(), i % 2 == 1) << i;
    }
}

TEST(Examiner, AFindingEndsSomeMinutesAfterItsCause) {
    Observation observation;
    observation.exporters = {view_of(ipv4(10, 0, 0, 1), {1})};
    std::vector<flow::Traits> traits{traits_of(ipv4(10, 0, 0, 1), 1, 0)};
    ExporterView& view = observation.exporters[0];
    Examiner examiner;
    constexpr auto index = static_cast<std::size_t>(flow::Error::protocol_not_here);
    std::uint32_t ended = 0;
    std::uint32_t began = 0;
    for (std::uint32_t passed = 0; passed < 5000; passed += 10) {
        observation.taken_at_ns = (now + passed) * 1'000'000'000ull;
        view.last_seen = traits[0].seen_seconds = now + passed;
        view.totals.datagrams = traits[0].datagrams = passed * 10;
        view.totals.decoded = view.totals.datagrams;
        view.totals.drops[index] = passed < 1000 ? 0 : passed < 3000 ? 3 : 6;
        examiner.examine(traits, observation);
        const bool found = !view.findings.empty();
        EXPECT_TRUE(found || (passed != 1000 && passed != 3000)) << passed;
        if (found && began == 0) began = passed;
        if (!found && began != 0 && ended == 0) ended = passed;
    }
    EXPECT_EQ(began, 1000u);
    EXPECT_GE(ended, 1000 + Examiner::period_seconds);
    EXPECT_LE(ended, 1010 + 2 * Examiner::period_seconds);
    EXPECT_TRUE(view.findings.empty());
}

TEST(Examiner, ASlowExporterIsJudgedByALongerTime) {
    Observation observation;
    observation.exporters = {view_of(ipv4(10, 0, 0, 1), {1})};
    std::vector<flow::Traits> traits{traits_of(ipv4(10, 0, 0, 1), 1, 0)};
    ExporterView& view = observation.exporters[0];
    Examiner examiner;
    // A datagram a minute comes, and every third is lost.
    for (std::uint32_t passed = 0; passed < 20'000; passed += 60) {
        observation.taken_at_ns = (now + passed) * 1'000'000'000ull;
        view.last_seen = traits[0].seen_seconds = traits[0].gap_seconds = now + passed;
        Totals& totals = view.domains[0].totals;
        totals.datagrams = view.totals.datagrams = view.totals.decoded = passed / 60;
        traits[0].datagrams = passed / 60;
        totals.sequence.lost = passed / 60 / 2;
        examiner.examine(traits, observation);
        if (passed < 3600) continue;
        ASSERT_EQ(view.findings.size(), 1u) << passed;
        EXPECT_EQ(view.findings[0].code, "loss_upstream");
    }
}

}  // namespace
}  // namespace flowd

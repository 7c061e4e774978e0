// SPDX-License-Identifier: BSD-3-Clause
#include "control/examinations.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

constexpr std::uint32_t now = 1'700'000'000;

/// So many exporters; the third has a template that comes once an hour, which is a finding.
Observation observation_of(unsigned exporters) {
    Observation observation;
    observation.taken_at_ns = now * 1'000'000'000ull;
    for (unsigned i = 0; i < exporters; ++i) {
        ExporterView& view = observation.exporters.emplace_back();
        view.address = flow::test::ipv4(10, 0, i / 256, i % 256);
        view.first_seen = view.last_seen = now;
    }
    TemplateView& seldom = observation.templates.emplace_back();
    seldom.layout.key.exporter = observation.exporters.at(2).address;
    seldom.layout.key.version = 9;
    seldom.refresh_seconds = 3600;
    seldom.last_seen = now;
    return observation;
}

TEST(Examinations, FewExportersAreExaminedEachTime) {
    Examinations examinations{false};
    Observation observation = observation_of(3);
    examinations.fill({}, observation);
    ASSERT_EQ(observation.exporters[2].findings.size(), 1U);
    EXPECT_EQ(observation.exporters[2].findings[0].code, "templates_rare");
    observation.templates.clear();
    examinations.fill({}, observation);
    EXPECT_TRUE(observation.exporters[2].findings.empty());
}

TEST(Examinations, ManyKeepWhatWasFoundUntilTheNext) {
    Examinations examinations{false};
    Observation observation = observation_of(4000);
    examinations.fill({}, observation);
    ASSERT_EQ(observation.exporters[2].findings.size(), 1U);
    for (int i = 0; i < 2; ++i) {
        // Another page of memory, with somebody else's findings in it, and another exporter.
        Observation next = observation_of(4001);
        next.exporters.erase(next.exporters.begin());
        next.templates.clear();
        next.exporters[0].findings = observation.exporters[2].findings;
        next.exporters[0].skew.known = true;
        examinations.fill({}, next);
        EXPECT_TRUE(next.exporters[0].findings.empty());
        EXPECT_FALSE(next.exporters[0].skew.known);
        ASSERT_EQ(next.exporters[1].findings.size(), 1U);
        EXPECT_EQ(next.exporters[1].xray.template_refresh_seconds, 3600);
        EXPECT_TRUE(next.exporters.back().findings.empty());
    }
    observation.templates.clear();
    examinations.fill({}, observation);
    EXPECT_TRUE(observation.exporters[2].findings.empty());
}

}  // namespace
}  // namespace flowd

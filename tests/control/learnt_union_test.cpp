// SPDX-License-Identifier: BSD-3-Clause
#include "control/learnt_union.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

struct Entry {
    unsigned host;
    std::uint16_t id;
    std::uint16_t field;  ///< the template's only one
    bool confirmed;
};

void add(LearntUnion& all, const std::vector<Entry>& entries) {
    const auto page = std::make_unique<LearntPage>();
    for (const Entry& each : entries) {
        const auto at = static_cast<std::uint16_t>(page->field_count++);
        page->fields[at] = {each.field, 4, 0};
        page->templates[page->template_count++] = {
            .key = {flow::test::ipv4(192, 0, 2, each.host), 0, 9, 1},
            .id = each.id,
            .scope_count = 0,
            .field_count = 1,
            .first_field = at,
            .options = false,
            .confirmed = each.confirmed,
            .history = {.announcements = each.id}};
    }
    all.add(*page);
}

std::vector<unsigned> fields(const LearntUnion& all) {
    std::vector<unsigned> found;
    for (const auto& each : all.state().templates) found.push_back(each.fields.at(0).id);
    return found;
}

TEST(LearntUnion, PutsPagesTogether) {
    LearntUnion all;
    add(all, {{1, 256, 8, true}, {1, 257, 9, true}});
    add(all, {{2, 256, 10, true}});
    EXPECT_EQ(fields(all), (std::vector<unsigned>{8, 9, 10}));
    EXPECT_EQ(all.state().templates[2].key.exporter, flow::test::ipv4(192, 0, 2, 2));
    EXPECT_EQ(all.state().templates[1].history.announcements, 257u);
}

TEST(LearntUnion, PrefersWhatWasHeardToWhatWasRestored) {
    LearntUnion all;
    add(all, {{1, 256, 8, true}, {2, 256, 1, false}});
    add(all, {{1, 256, 1, false}, {2, 256, 8, true}});
    EXPECT_EQ(fields(all), (std::vector<unsigned>{8, 8}));
}

TEST(LearntUnion, TakesTheLastOfEquals) {
    LearntUnion all;
    add(all, {{1, 256, 8, true}, {2, 256, 8, false}});
    add(all, {{1, 256, 9, true}, {2, 256, 9, false}});
    EXPECT_EQ(fields(all), (std::vector<unsigned>{9, 9}));
}

TEST(LearntUnion, HasSamplingRatesToo) {
    LearntUnion all;
    for (const bool confirmed : {true, false}) {
        const auto page = std::make_unique<LearntPage>();
        page->sampling_count = 1;
        page->sampling[0].key = {flow::test::ipv4(192, 0, 2, 1), 7, 10, 3};
        page->sampling[0].rate = confirmed ? 100 : 1;
        page->sampling[0].samplers[0] = {4, 40};
        page->sampling[0].sampler_count = 1;
        page->sampling[0].confirmed = confirmed;
        all.add(*page);
    }
    ASSERT_EQ(all.state().sampling.size(), 1u);
    EXPECT_EQ(all.state().sampling[0].rate, 100u);
    EXPECT_EQ(all.state().sampling[0].key.port, 7);
    ASSERT_EQ(all.state().sampling[0].samplers.size(), 1u);
    EXPECT_EQ(all.state().sampling[0].samplers[0].rate, 40u);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
#include "worker/learnt_page.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

using flow::test::ipv4;

class LearntPageTest : public testing::Test {
protected:
    static constexpr std::uint32_t now = 1'700'000'000;

    void teach(unsigned host, std::uint16_t id, std::size_t field_count) {
        flow::LearntTemplate learnt{.key = key(host), .id = id};
        learnt.fields.assign(field_count, flow::TemplateField{8, 4, host});
        ASSERT_TRUE(state_->restore(learnt, now));
    }
    static flow::StateKey key(unsigned host) { return {ipv4(192, 0, 2, host), 0, 9, 7}; }

    /// All pages of a walk; every one within its bounds.
    std::vector<std::unique_ptr<LearntPage>> pages() const {
        std::vector<std::unique_ptr<LearntPage>> found;
        LearntWalk walk;
        do {
            found.push_back(std::make_unique<LearntPage>());
            fill(*found.back(), walk, *state_);
            EXPECT_LE(found.back()->template_count, LearntPage::templates_max);
            EXPECT_LE(found.back()->sampling_count, LearntPage::sampling_max);
            EXPECT_LE(found.back()->field_count, LearntPage::fields_max);
            EXPECT_LT(found.size(), 1000u) << "a walk ends";
        } while (!found.back()->last);
        return found;
    }

    flow::DecodeStats stats_;
    std::unique_ptr<flow::ShardState> state_ = std::make_unique<flow::ShardState>(
        flow::ShardLimits{.templates = {.exporters_max = 100, .templates_max = 5000}}, stats_);
};

TEST_F(LearntPageTest, OfNothingIsTheLastOne) {
    ASSERT_EQ(pages().size(), 1u);
    EXPECT_EQ(pages()[0]->template_count, 0u);
    EXPECT_EQ(pages()[0]->sampling_count, 0u);
}

TEST_F(LearntPageTest, HasWhatWasLearnt) {
    teach(1, 300, 3);
    ASSERT_TRUE(state_->restore(
        flow::LearntSampling{.key = key(2), .rate = 1000, .samplers = {{5, 50}}}, now));
    const auto all = pages();
    ASSERT_EQ(all.size(), 1u);
    ASSERT_EQ(all[0]->template_count, 1u);
    const LearntPage::TemplateEntry& entry = all[0]->templates[0];
    EXPECT_EQ(entry.key, key(1));
    EXPECT_EQ(entry.id, 300);
    EXPECT_EQ(entry.field_count, 3);
    EXPECT_FALSE(entry.options);
    EXPECT_FALSE(entry.confirmed) << "it is an earlier run's";
    EXPECT_EQ(all[0]->fields[entry.first_field].enterprise, 1u);
    ASSERT_EQ(all[0]->sampling_count, 1u);
    EXPECT_EQ(all[0]->sampling[0].key, key(2));
    EXPECT_EQ(all[0]->sampling[0].rate, 1000u);
    ASSERT_EQ(all[0]->sampling[0].sampler_count, 1u);
    EXPECT_EQ(all[0]->sampling[0].samplers[0].rate, 50u);
}

TEST_F(LearntPageTest, HasTheHistoryOfATemplate) {
    teach(1, 300, 1);
    EXPECT_EQ(pages()[0]->templates[0].history, flow::TemplateHistory{}) << "none in this run";
    state_->templates.set_now(now + 5);
    const flow::Domain domain{state_->exporters.find(ipv4(192, 0, 2, 1), 0), 7, 9};
    const std::vector<flow::TemplateField> fields{{8, 4, 1}};
    ASSERT_TRUE(state_->templates.put(domain, {.id = 300, .fields = fields}));
    EXPECT_EQ(pages()[0]->templates[0].history.first_seen, now + 5);
    EXPECT_EQ(pages()[0]->templates[0].history.announcements, 1u);
}

TEST_F(LearntPageTest, FollowsAnotherUntilAllIsCopiedOnce) {
    for (unsigned host = 1; host <= 60; ++host) {
        for (std::uint16_t id = 256; id < 300; ++id) teach(host, id, 1 + id % 40);
        teach(host, 300, flow::template_fields_max);
        ASSERT_TRUE(state_->restore(flow::LearntSampling{.key = key(host), .rate = host}, now));
    }
    std::set<std::pair<unsigned, std::uint16_t>> seen;
    std::set<std::uint64_t> rates;
    for (const auto& page : pages()) {
        for (std::uint32_t i = 0; i < page->template_count; ++i) {
            const LearntPage::TemplateEntry& entry = page->templates[i];
            EXPECT_TRUE(seen.emplace(entry.key.exporter.octets[3], entry.id).second);
            EXPECT_EQ(page->fields[entry.first_field + entry.field_count - 1u].enterprise,
                      entry.key.exporter.octets[3]);
        }
        for (std::uint32_t i = 0; i < page->sampling_count; ++i) {
            rates.insert(page->sampling[i].rate);
        }
    }
    EXPECT_EQ(seen.size(), 60u * 45u);
    EXPECT_EQ(rates.size(), 60u);
}

}  // namespace
}  // namespace flowd

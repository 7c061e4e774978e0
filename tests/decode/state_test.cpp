// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/state.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr std::uint32_t now = 1'700'000'000;
constexpr ShardLimits limits{
    .templates = {.exporters_max = 2, .templates_max = 4, .templates_per_exporter_max = 4}};

StateKey key_of(const Address& exporter, std::uint32_t domain = 7) {
    return {.exporter = exporter, .port = 0, .version = 10, .domain = domain};
}

TEST(ShardState, RestoresATemplateUntilItIsContradicted) {
    DecodeStats stats;
    ShardState state{limits, stats};
    const LearntTemplate learnt{
        .key = key_of(ipv4(10, 0, 0, 1)), .id = 256, .fields = {{8, 4}, {12, 4}}};
    const auto restored = state.restore(learnt, now);
    ASSERT_TRUE(restored);
    EXPECT_TRUE(restored->changed);
    const Domain domain{1, 7, 10};
    ASSERT_NE(state.templates.find(domain, 256), nullptr);
    EXPECT_EQ(state.exporters.address(1), ipv4(10, 0, 0, 1));
    EXPECT_EQ(state.exporters.template_count(1), 1u);
    const Fields same{{8, 4}, {12, 4}};
    EXPECT_FALSE(state.templates.put(domain, {.id = 256, .fields = same})->changed);
    const Fields other{{8, 4}};
    EXPECT_TRUE(state.templates.put(domain, {.id = 256, .fields = other})->changed);
}

TEST(ShardState, RestoresAnOptionsTemplateWithWhatItSays) {
    DecodeStats stats;
    ShardState state{limits, stats};
    const LearntTemplate learnt{.key = key_of(ipv4(10, 0, 0, 1)),
                                .id = 256,
                                .options = true,
                                .scope_count = 1,
                                .fields = {{149, 4}, {34, 4}}};
    const auto restored = state.restore(learnt, now);
    ASSERT_TRUE(restored);
    EXPECT_TRUE(state.options[restored->layout->slot].has_rate());
    EXPECT_EQ(restored->layout->scope_count, 1);
}

TEST(ShardState, RefusesToRestoreNonsense) {
    DecodeStats stats;
    ShardState state{limits, stats};
    LearntTemplate learnt{.key = key_of(ipv4(10, 0, 0, 1)), .id = 255, .fields = {{8, 4}}};
    EXPECT_EQ(state.restore(learnt, now).error(), Error::bad_template);
    learnt.id = 256;
    learnt.key.version = 5;
    EXPECT_EQ(state.restore(learnt, now).error(), Error::bad_template);
    EXPECT_FALSE(state.restore(LearntSampling{}, now));
}

TEST(ShardState, RestoresRates) {
    DecodeStats stats;
    ShardState state{limits, stats};
    const LearntSampling learnt{
        .key = key_of(ipv4(10, 0, 0, 1)), .rate = 100, .samplers = {{1, 10}, {2, 20}}};
    EXPECT_TRUE(state.restore(learnt, now));
    EXPECT_EQ(state.rate_of(Domain{1, 7, 10}).rate, 100u);
    ASSERT_NE(state.domains.find({1, 7, 10}), nullptr);
    EXPECT_EQ(state.domains.find({1, 7, 10})->rates.samplers().size(), 2u);
    EXPECT_EQ(state.key_of(Domain{1, 7, 10}), learnt.key);
}

TEST(ShardState, RestoresOnlyAsFarAsThereIsRoom) {
    DecodeStats stats;
    ShardState state{limits, stats};
    for (unsigned i = 0; i < 4; ++i) {
        const LearntTemplate learnt{
            .key = key_of(ipv4(10, 0, 0, 1 + i)), .id = 256, .fields = {{8, 4}}};
        EXPECT_EQ(static_cast<bool>(state.restore(learnt, now)), i < 2);
    }
}

TEST(ShardState, ForgetsAllOfAnEvictedExporter) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(10, 0, 0, 1), 32, 50}};
    ShardLimits one = limits;
    one.templates.exporters_max = 1;
    one.sampling = {.fallbacks = fallbacks, .across_domains = true};
    DecodeStats stats;
    ShardState state{one, stats};
    const ExporterIndex first = state.enter(ipv4(10, 0, 0, 1), 0, now);
    EXPECT_EQ(state.rate_of(first, nullptr).rate, 50u);
    state.announce(first, state.domains.enter({first, 7, 10}, now), {.rate = 9});
    EXPECT_EQ(state.rate_of(first, nullptr).rate, 9u);
    const ExporterIndex second = state.enter(ipv4(10, 0, 0, 2), 0, now);
    ASSERT_EQ(second, first);
    EXPECT_EQ(stats.exporters_evicted, 1u);
    EXPECT_EQ(state.rate_of(Domain{second, 7, 10}).rate, 0u);
    EXPECT_EQ(state.domains.size(), 0u);
}

}  // namespace
}  // namespace flow

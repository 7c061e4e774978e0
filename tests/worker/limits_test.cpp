// SPDX-License-Identifier: BSD-3-Clause
#include "worker/limits.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flowd {
namespace {

using flow::Dialect;
using flow::TemplateKey;

TEST(PipelineLimits, AreTheConfigurations) {
    config::Config config;
    config.exporters_max = 11;
    config.templates_max = 12;
    config.templates_per_exporter_max = 13;
    config.domains_max = 14;
    config.learnt.park_bytes = 15'000;
    config.learnt.park_age_ms = 1'500;
    config.sampling.across_domains = true;
    const std::array<flow::SamplingFallback, 1> fallbacks{};
    const flow::PipelineLimits limits =
        pipeline_limits(config, Dialect::standard, false, fallbacks);
    EXPECT_EQ(limits.templates.exporters_max, 11u);
    EXPECT_EQ(limits.templates.templates_max, 12u);
    EXPECT_EQ(limits.templates.templates_per_exporter_max, 13u);
    EXPECT_EQ(limits.domains.domains_max, 14u);
    EXPECT_EQ(limits.park.bytes_max, 15'000u);
    EXPECT_EQ(limits.park.age_max_ms, 1'500u);
    EXPECT_TRUE(limits.sampling.across_domains);
    EXPECT_EQ(limits.sampling.fallbacks.data(), fallbacks.data());
    EXPECT_EQ(limits.template_key, TemplateKey::address);
}

TEST(PipelineLimits, HaveTheKeyThatIsGivenElseThatOfTheReading) {
    config::Config config;
    const auto key = [&](Dialect dialect, bool given) {
        return pipeline_limits(config, dialect, given, {}).template_key;
    };
    EXPECT_EQ(key(Dialect::goflow2_v1, false), TemplateKey::address);
    EXPECT_EQ(key(Dialect::goflow2_v2, false), TemplateKey::address_port);
    EXPECT_EQ(key(Dialect::goflow2_v2, true), TemplateKey::address);
    config.learnt.template_key = "address_port";
    for (const Dialect each : {Dialect::standard, Dialect::goflow2_v1, Dialect::goflow2_v2}) {
        EXPECT_EQ(key(each, true), TemplateKey::address_port);
    }
}

TEST(PipelineLimits, LetNothingWaitInGoflow2sReadings) {
    const flow::PipelineLimits limits =
        pipeline_limits(config::Config{}, Dialect::standard, false, {});
    EXPECT_GT(limits.shard(Dialect::standard).park.bytes_max, 0u);
    EXPECT_EQ(limits.shard(Dialect::goflow2_v1).park.bytes_max, 0u);
    EXPECT_EQ(limits.shard(Dialect::goflow2_v2).park.bytes_max, 0u);
}

}  // namespace
}  // namespace flowd

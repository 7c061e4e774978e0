// SPDX-License-Identifier: BSD-3-Clause
#include "config/reload.hpp"

#include <gtest/gtest.h>

#include "config/config.hpp"

namespace flowd::config {
namespace {

class ReloadTest : public testing::Test {
protected:
    Config running_;
    Config fresh_;
    Schema running_schema_{rows(running_)};
    Schema fresh_schema_{rows(fresh_)};
};

TEST_F(ReloadTest, TheSameConfigurationChangesNothing) {
    const Reload reload = compare(running_schema_, fresh_schema_);
    EXPECT_TRUE(reload.changed.empty());
    EXPECT_TRUE(reload.refused.empty());
}

TEST_F(ReloadTest, LiveRowsChangeAndSealedOnesAreRefused) {
    fresh_.live.log_level = "debug";
    fresh_.live.balance.interval_ms = 0;
    fresh_.format = "text";
    const Reload reload = compare(running_schema_, fresh_schema_);
    EXPECT_EQ(reload.changed, (std::vector<std::string>{"shard.interval_ms", "log.level"}));
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "output.format");
    EXPECT_EQ(reload.refused[0].sentence,
              "output.format: cannot change while flowd runs; a restart takes it");
    EXPECT_EQ(running_.format, "json");
}

TEST_F(ReloadTest, RowsAreLiveExactlyWhenTheirTargetsAre) {
    const auto* const begin = reinterpret_cast<const char*>(&running_.live);
    const auto* const end = begin + sizeof running_.live;
    std::size_t live = 0;
    for (const Setting& each : running_schema_.settings()) {
        const auto* const target = std::visit(
            [](auto* pointer) { return reinterpret_cast<const char*>(pointer); }, each.row.target);
        const bool inside = target >= begin && target < end;
        EXPECT_EQ(inside, each.row.lifetime == Lifetime::live) << each.row.key;
        if (inside) ++live;
    }
    EXPECT_EQ(live, 6u);
}

TEST(Reload, AnotherNumberOfTablesIsRefused) {
    Config config;
    const auto make = [] { return Schema{{}}; };
    Schema running{rows(config)};
    Schema fresh{rows(config)};
    running.allow_array({"port", make, {}});
    fresh.allow_array({"port", make, {}});
    fresh.array("port")->elements.push_back(make());
    const Reload reload = compare(running, fresh);
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "[[port]]");
}

}  // namespace
}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// The rows of [dpdk]: defaults within limits, no key twice.
#include "ingress/dpdk/options.hpp"

#include <gtest/gtest.h>

#include <set>

namespace flowd::dpdk {
namespace {

TEST(DpdkRows, HaveAHelpAndADefaultWithinTheirLimits) {
    Options options;
    std::set<std::string_view> keys;
    for (const config::Row& row : rows(options)) {
        EXPECT_TRUE(row.help.ends_with('.')) << row.key;
        EXPECT_FALSE(row.key.empty() && row.flag.empty());
        const bool is_new = row.key.empty() || keys.insert(row.key).second;
        EXPECT_TRUE(is_new) << row.key;
        if (auto* const* number = std::get_if<std::int64_t*>(&row.target)) {
            EXPECT_GE(**number, row.min) << row.key;
            EXPECT_LE(**number, row.max) << row.key;
        }
    }
    EXPECT_EQ(keys.size(), 27U);
}

}  // namespace
}  // namespace flowd::dpdk

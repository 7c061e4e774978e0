// SPDX-License-Identifier: BSD-3-Clause
// goflow2's flags without effect: each says why.
#include "config/goflow2.hpp"

#include <gtest/gtest.h>

namespace flowd::config {
namespace {

TEST(Goflow2, FlagsAreFlagsOnlyAndSayWhyTheyDoNothing) {
    Goflow2 goflow2;
    const std::vector<Row> all = rows(goflow2);
    ASSERT_FALSE(all.empty());
    for (const Row& row : all) {
        EXPECT_TRUE(row.key.empty()) << row.flag;
        EXPECT_NE(row.effect, Effect::used) << row.flag;
        EXPECT_FALSE(row.help.empty()) << row.flag;
        EXPECT_FALSE(row.help.ends_with('.')) << row.flag << ": it ends another sentence";
    }
}

}  // namespace
}  // namespace flowd::config

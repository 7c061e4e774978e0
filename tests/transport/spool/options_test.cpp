// SPDX-License-Identifier: BSD-3-Clause
#include "transport/spool/options.hpp"

#include <gtest/gtest.h>

namespace flowd::spool {
namespace {

TEST(SpoolOptions, EveryRowIsOfTheSpoolAndHasAFlag) {
    Options options;
    for (const config::Row& row : rows(options)) {
        EXPECT_TRUE(row.key.starts_with("transport.spool.")) << row.key;
        EXPECT_TRUE(row.flag.starts_with("transport.spool.")) << row.flag;
        EXPECT_FALSE(row.help.empty());
    }
}

TEST(SpoolOptions, EachWorkerHasAFolder) {
    const Options options{.path = "/var/spool/flowd"};
    EXPECT_EQ(folder_of(options, 0), "/var/spool/flowd/0");
    EXPECT_EQ(folder_of(options, 11), "/var/spool/flowd/11");
}

}  // namespace
}  // namespace flowd::spool

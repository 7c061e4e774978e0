// SPDX-License-Identifier: BSD-3-Clause
#include "config/mac.hpp"

#include <gtest/gtest.h>

namespace flowd::config {
namespace {

TEST(Mac, SixPairsWithColonsAreAnAddress) {
    EXPECT_EQ(parse_mac("02:00:5e:AA:bb:01"),
              (std::array<std::uint8_t, 6>{2, 0, 0x5e, 0xaa, 0xbb, 1}));
}

TEST(Mac, AnythingElseIsNone) {
    for (const char* text : {"", "02:00:00:00:00", "02:00:00:00:00:01:", "02-00-00-00-00-01",
                             "02:00:00:00:00:0g", "2:00:00:00:00:001", "02:00:00:00:00:+1"}) {
        EXPECT_FALSE(parse_mac(text)) << text;
    }
}

}  // namespace
}  // namespace flowd::config

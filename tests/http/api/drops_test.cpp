// SPDX-License-Identifier: BSD-3-Clause
// Every reason, with its count.
#include <gtest/gtest.h>

#include <string>

#include "flow/base/error.hpp"
#include "http/api/api.hpp"
#include "http/api/parsed.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

class Drops : public testing::Test {
protected:
    Observation observation_ = made_up::observation(20);
};

TEST_F(Drops, DropsNameEveryReason) {
    const Json answer = parsed(drops(observation_));
    EXPECT_EQ(answer["datagrams"].size(), flow::error_count);  // "missed" for "none"
    EXPECT_EQ(answer["flows"].size(), 2 + loss_count);
    std::uint64_t sum = 0;
    for (const Json& each : answer["datagrams"]) {
        EXPECT_FALSE(each["help"].get<std::string>().empty()) << each["name"];
        sum += each["count"].get<std::uint64_t>();
    }
    EXPECT_EQ(sum, observation_.box.datagrams_dropped());
    EXPECT_EQ(answer["upstream"]["lost"], 360);
}

}  // namespace
}  // namespace flowd::http::api

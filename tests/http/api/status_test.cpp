// SPDX-License-Identifier: BSD-3-Clause
// Health and the box.
#include <gtest/gtest.h>

#include <string>

#include "http/api/api.hpp"
#include "http/api/parsed.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

class Status : public testing::Test {
protected:
    Observation observation_ = made_up::observation(20);
};

TEST_F(Status, HealthSaysWhy) {
    EXPECT_EQ(health({.health = Health::collecting}).status, 200);
    EXPECT_EQ(health({.health = Health::collecting}).body, "OK\n");
    EXPECT_EQ(health({.health = Health::draining}).status, 503);
    EXPECT_EQ(health({.health = Health::draining}).body, "Not OK\ndraining\n");
    EXPECT_EQ(health({.health = Health::failing, .reason = "port 0 is down"}).body,
              "Not OK\nfailing: port 0 is down\n");
    EXPECT_EQ(health({}).body, "Not OK\nstarting\n");
}

TEST_F(Status, StatusHasAsMuchHistoryAsIsAskedFor) {
    const auto points = [this](const char* query) {
        return parsed(status(observation_, {}, Request{.query = query}))["history"]["time"].size();
    };
    EXPECT_EQ(points(""), 120U);
    EXPECT_EQ(points("history=60"), 60U);
    EXPECT_EQ(points("history=1000"), 120U);
    EXPECT_FALSE(
        parsed(status(observation_, {}, Request{.query = "history=0"})).contains("history"));
    EXPECT_EQ(status(observation_, {}, Request{.query = "history=x"}).status, 400);
    const Json one = parsed(status(observation_, {}, Request{.query = "history=1"}))["history"];
    EXPECT_EQ(one["time"][0], 1'799'999'999);
    EXPECT_EQ(one["busy"][0], 0.75);
    EXPECT_EQ(one["in_flight"][0], 37);
}

TEST_F(Status, StatusShowsTheMachine) {
    const Json answer = parsed(status(observation_, {}, {}));
    EXPECT_EQ(answer["uptime_seconds"], 7'200);
    EXPECT_EQ(answer["rx"][0]["cpu"], -1);
    EXPECT_EQ(answer["rx"][1]["busy"], 0.75);
    EXPECT_EQ(answer["transports"][0]["drops"], (Json{{"ring_full", 108}}));
    EXPECT_EQ(answer["transports"][0]["statistics"]["brokers.\"b1\".rtt"], 0.0031);
    EXPECT_EQ(answer["ports"][0]["xstats"]["rx_q0_packets"], 12'345'678'901.0);
    EXPECT_EQ(answer["exporters"]["count"], 20);
    EXPECT_EQ(answer["exporters"]["with_findings"], 5);
}

}  // namespace
}  // namespace flowd::http::api

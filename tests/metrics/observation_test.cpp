// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/observation.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

TEST(Observation, ThePresentOfAReplayIsItsCapturesLatest) {
    Observation observation;
    observation.taken_at_ns = 2'000'000'000'000;
    observation.exporters.resize(2);
    observation.exporters[0].last_seen = 700;
    observation.exporters[1].last_seen = 900;
    observation.ingress = "udp";
    EXPECT_EQ(present_seconds(observation), 2'000U);
    observation.ingress = "replay";
    EXPECT_EQ(present_seconds(observation), 900U);
    observation.other.last_seen = 950;
    EXPECT_EQ(present_seconds(observation), 950U);
    observation.exporters.clear();
    observation.other.last_seen = 0;
    EXPECT_EQ(present_seconds(observation), 2'000U) << "nothing has come yet";
}

TEST(Observation, LossByNumbersThatCannotBeTrustedIsNoKnownLoss) {
    Observation observation;
    EXPECT_EQ(trusted_share_of_loss(observation), 1.0) << "nothing is lost";
    observation.exporters.resize(2);
    observation.exporters[0].rates.sequence_lost = 6;
    observation.exporters[1].rates.sequence_lost = 3;
    observation.other.rates.sequence_lost = 1;
    EXPECT_EQ(trusted_share_of_loss(observation), 1.0);
    observation.exporters[0].xray.sequence_trusted = false;
    EXPECT_DOUBLE_EQ(trusted_share_of_loss(observation), 0.4);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// Settings that exclude or need each other.
#include "config/config.hpp"

#include <gtest/gtest.h>

namespace flowd::config {
namespace {

TEST(Validate, TheDefaultIsGood) { EXPECT_EQ(validate(Config{}).sentence, ""); }

TEST(Validate, AReplayHasOneEnd) {
    Config config;
    config.replay.path = "capture.pcap";
    config.replay.loops = 5;
    EXPECT_EQ(validate(config).sentence, "");
    config.replay.seconds = 5;
    EXPECT_EQ(validate(config).sentence,
              "-replay.seconds: cannot go with -replay.loops, one of them ends the replay");
    config.replay.loops = 1;
    EXPECT_EQ(validate(config).sentence, "");
}

TEST(Validate, AReplayHasOnePace) {
    Config config;
    config.replay.path = "capture.pcap";
    config.replay.as_fast = true;
    EXPECT_EQ(validate(config).sentence, "");
    config.replay.timed = true;
    EXPECT_EQ(validate(config).sentence,
              "-replay.timed: cannot go with -replay.as-fast, a replay has one pace");
    config.replay.as_fast = false;
    config.replay.pps = 1000;
    EXPECT_EQ(validate(config).sentence,
              "-replay.timed: cannot go with -replay.pps, a replay has one pace");
    config.replay.timed = false;
    config.replay.seconds = 10;
    EXPECT_EQ(validate(config).sentence, "") << "an end and a pace go together";
}

TEST(Validate, ReplaySettingsNeedAReplay) {
    Config config;
    config.replay.timed = true;
    EXPECT_EQ(validate(config).sentence, "-replay.timed: needs -replay FILE");
    config.replay = {};
    config.replay.loops = 2;
    EXPECT_EQ(validate(config).sentence, "-replay.loops: needs -replay FILE");
    config.replay = {};
    config.replay.on_full = "drop";
    EXPECT_EQ(validate(config).sentence, "") << "a file may hold it for every replay";
}

TEST(Validate, ListenUrisAreRead) {
    Config config;
    config.listen = "netflow://:70000";
    EXPECT_EQ(validate(config).sentence, "listen: netflow://:70000: port 70000 is above 65535");
}

}  // namespace
}  // namespace flowd::config

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

TEST(Validate, RawMessagesAreNoProtobuf) {
    Config config;
    config.produce = "raw";
    EXPECT_EQ(validate(config).sentence, "");
    config.format = "bin";
    EXPECT_EQ(validate(config).sentence,
              "output.produce: raw needs output.format json or text; it is bin");
}

TEST(Validate, FallbackRatesAreRead) {
    Config config;
    config.sampling.fallback = {"100", "10.0.0.0/8=x"};
    EXPECT_EQ(validate(config).sentence,
              "sampling.fallback: \"10.0.0.0/8=x\": \"x\" is no sampling rate");
}

TEST(StatePath, AFileThatIsNamedWinsOverGoflow2sStore) {
    Config config;
    EXPECT_EQ(state_path(config), "");
    config.learnt.goflow2_path = "a.json";
    EXPECT_EQ(state_path(config), "") << "in memory";
    config.learnt.goflow2_store = "file";
    EXPECT_EQ(state_path(config), "a.json");
    config.learnt.path = "state";
    EXPECT_EQ(state_path(config), "state");
}

}  // namespace
}  // namespace flowd::config

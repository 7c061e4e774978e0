// SPDX-License-Identifier: BSD-3-Clause
// Flags become plans; what does not fit together is one sentence.
#include "tools/gen/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flowd::gen {
namespace {

std::string complaint(std::vector<const char*> arguments) {
    Options options;
    const Failure failure = read_arguments(arguments, options);
    if (failed(failure)) return failure.sentence;
    if (const auto fleet = fleet_plan(options); !fleet) return fleet.error().sentence;
    const auto frames = frame_plan(options);
    return frames ? std::string{} : frames.error().sentence;
}

TEST(GenOptions, DefaultsArePlans) { EXPECT_EQ(complaint({}), ""); }

TEST(GenOptions, FlagsReachThePlans) {
    Options options;
    const std::vector<const char*> arguments{"-exporters",
                                             "7",
                                             "-domains",
                                             "3",
                                             "-protocol=v9",
                                             "-weights",
                                             "elephant",
                                             "-ports",
                                             "random",
                                             "-spread",
                                             "flow",
                                             "-vlan",
                                             "12",
                                             "-fragment",
                                             "1500",
                                             "-mac",
                                             "02:00:0a:0B:00:09",
                                             "-destination",
                                             "198.51.100.7"};
    ASSERT_FALSE(failed(read_arguments(arguments, options)));
    const auto fleet = fleet_plan(options);
    ASSERT_TRUE(fleet);
    EXPECT_EQ(fleet->exporters, 7U);
    EXPECT_EQ(fleet->domains, 3U);
    EXPECT_EQ(fleet->protocol, Protocol::netflow9);
    EXPECT_EQ(fleet->weights, Weights::elephant);
    EXPECT_TRUE(fleet->random_ports);
    EXPECT_FALSE(fleet->mixed);
    EXPECT_EQ(spread_of(options), Spread::flow);
    const auto frames = frame_plan(options);
    ASSERT_TRUE(frames);
    EXPECT_EQ(frames->mac, (std::array<std::uint8_t, 6>{2, 0, 10, 11, 0, 9}));
    EXPECT_EQ(frames->destination, (std::array<std::uint8_t, 4>{198, 51, 100, 7}));
    EXPECT_EQ(frames->vlan, 12);
    EXPECT_EQ(frames->fragment, 1500);
}

TEST(GenOptions, ProductsAndAddressesHaveLimits) {
    EXPECT_EQ(complaint({"-exporters", "1048576", "-domains", "5"}),
              "-domains: 5 of each of 1048576 exporters are more than 4194304");
    EXPECT_EQ(complaint({"-exporters", "1048576", "-domains", "4"}), "");
    EXPECT_EQ(complaint({"-mac", "02:00:00:00:00"}),
              "-mac: \"02:00:00:00:00\" is no address such as 02:00:00:00:00:01");
    EXPECT_EQ(complaint({"-mac", "2:00:00:00:00:01"}),
              "-mac: \"2:00:00:00:00:01\" is no address such as 02:00:00:00:00:01");
    EXPECT_EQ(complaint({"-destination", "::1"}), "-destination: \"::1\" is no IPv4 address");
    EXPECT_EQ(complaint({"-destination6", "1.2.3.4"}),
              "-destination6: \"1.2.3.4\" is no IPv6 address");
}

TEST(GenOptions, FragmentsHaveRoomForTheirHeaders) {
    EXPECT_EQ(complaint({"-fragment", "67"}), "-fragment: 67 is below 68");
    EXPECT_EQ(complaint({"-fragment", "68"}), "");
    EXPECT_EQ(complaint({"-fragment", "1279", "-ipv6"}), "-fragment: 1279 is below 1280");
    EXPECT_EQ(complaint({"-fragment", "1280", "-ipv6"}), "");
    EXPECT_EQ(complaint({"-fragment", "1500", "-read", "a.pcap"}),
              "-fragment: a capture's frames are sent as they are");
}

TEST(GenOptions, UnknownFlagsAndValuesAreRefused) {
    EXPECT_NE(complaint({"-queue", "2"}), "");
    EXPECT_NE(complaint({"-queues", "65"}), "");
    EXPECT_NE(complaint({"-spread", "random"}), "");
    EXPECT_NE(complaint({"-records", "501"}), "");
    EXPECT_NE(complaint({"-domains", "0"}), "");
}

TEST(GenOptions, HelpNamesEveryChoice) {
    const std::string help = help_text();
    EXPECT_NE(help.find("-spread source|flow|round-robin (default \"source\")"), std::string::npos);
    EXPECT_NE(help.find("-weights equal|zipf|elephant"), std::string::npos);
}

}  // namespace
}  // namespace flowd::gen

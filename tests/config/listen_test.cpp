// SPDX-License-Identifier: BSD-3-Clause
// Listen URIs: what goflow2 takes, and one sentence for each thing that can be wrong.
#include "config/listen.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flowd::config {
namespace {

Listener one(std::string_view uri) {
    const Outcome<Listeners> parsed = parse_listen(uri);
    EXPECT_TRUE(parsed) << parsed.error().sentence;
    EXPECT_EQ(parsed->listeners.size(), 1U);
    return parsed->listeners.empty() ? Listener{} : parsed->listeners.front();
}

std::string complaint(std::string_view uris) {
    const Outcome<Listeners> parsed = parse_listen(uris);
    EXPECT_FALSE(parsed) << uris;
    return parsed.error().sentence;
}

TEST(Listen, GoflowsDefaultIsTwoListeners) {
    const Outcome<Listeners> parsed = parse_listen("sflow://:6343,netflow://:2055");
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->listeners.size(), 2U);
    EXPECT_EQ(parsed->listeners[0].accepts, (flow::Protocols{.sflow = true}));
    EXPECT_EQ(parsed->listeners[0].port, 6343);
    EXPECT_EQ(parsed->listeners[0].host, "");
    EXPECT_EQ(parsed->listeners[0].count, 1U);
    EXPECT_EQ(parsed->listeners[0].uri, "sflow://:6343");
    EXPECT_EQ(parsed->listeners[1].accepts, (flow::Protocols{.netflow5 = true, .netflow9 = true}));
    EXPECT_EQ(parsed->listeners[1].port, 2055);
    EXPECT_TRUE(parsed->notes.empty());
}

TEST(Listen, SchemesAreSetsOfProtocolsInAnyCase) {
    EXPECT_EQ(one("nfl://:1").accepts, (flow::Protocols{.netflow5 = true}));
    EXPECT_EQ(one("flow://:1").accepts, flow::Protocols::all());
    EXPECT_EQ(one("SFlow://:1").accepts, (flow::Protocols{.sflow = true}));
    EXPECT_EQ(scheme_protocols("flo"), flow::Protocols{});
    EXPECT_EQ(scheme_protocols(""), flow::Protocols{});
}

TEST(Listen, HostsAreAddressesNamesOrNothing) {
    EXPECT_EQ(one("flow://192.0.2.1:1").host, "192.0.2.1");
    EXPECT_EQ(one("flow://[2001:db8::1]:1").host, "2001:db8::1");
    EXPECT_EQ(one("flow://[::]:1").host, "::");
    EXPECT_EQ(one("flow://[fe80::1%25eth0]:1").host, "fe80::1%eth0");
    EXPECT_EQ(one("flow://[fe80::1%eth0]:1").host, "fe80::1%eth0");
    EXPECT_EQ(one("flow://collector-1.example.net:1").host, "collector-1.example.net");
    EXPECT_EQ(one("flow://localhost:1/").host, "localhost");
}

TEST(Listen, SpacesAroundACommaDoNotMatter) {
    const Outcome<Listeners> parsed = parse_listen(" sflow://:1 , netflow://:2 ");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->listeners[1].uri, "netflow://:2");
}

TEST(Listen, PortsGoFrom1To65535) {
    EXPECT_EQ(one("flow://:1").port, 1);
    EXPECT_EQ(one("flow://:65535").port, 65535);
    EXPECT_EQ(complaint("flow://:0"), "listen: flow://:0: port 0 is below 1");
    EXPECT_EQ(complaint("flow://:65536"), "listen: flow://:65536: port 65536 is above 65535");
    EXPECT_EQ(complaint("flow://:99999999999999999999"),
              "listen: flow://:99999999999999999999: port 99999999999999999999 is above 65535");
    EXPECT_EQ(complaint("flow://:"), "listen: flow://:: port is missing, 1 to 65535");
    EXPECT_EQ(complaint("flow://host"), "listen: flow://host: port is missing, 1 to 65535");
    EXPECT_EQ(complaint("flow://[::1]"), "listen: flow://[::1]: port is missing, 1 to 65535");
    EXPECT_EQ(complaint("flow://:20x5"),
              "listen: flow://:20x5: port \"20x5\" is not a number from 1 to 65535");
    EXPECT_EQ(complaint("flow://:-1"),
              "listen: flow://:-1: port \"-1\" is not a number from 1 to 65535");
}

TEST(Listen, CountsGoFrom1To64) {
    EXPECT_EQ(one("flow://:1?count=1").count, 1U);
    EXPECT_EQ(one("flow://:1?count=64").count, 64U);
    EXPECT_EQ(complaint("flow://:1?count=0"), "listen: flow://:1?count=0: count 0 is below 1");
    EXPECT_EQ(complaint("flow://:1?count=65"), "listen: flow://:1?count=65: count 65 is above 64");
    EXPECT_EQ(complaint("flow://:1?count=many"),
              "listen: flow://:1?count=many: count \"many\" is not an integer from 1 to 64");
    EXPECT_EQ(complaint("flow://:1?count="),
              "listen: flow://:1?count=: count \"\" is not an integer from 1 to 64");
}

TEST(Listen, GoflowsOtherOptionsAreNoted) {
    const Outcome<Listeners> parsed =
        parse_listen("netflow://:2055?count=2&workers=4&blocking=true&queue_size=1000000");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->listeners[0].count, 2U);
    ASSERT_EQ(parsed->notes.size(), 3U);
    EXPECT_NE(parsed->notes[0].find("workers has no effect in flowd: "), std::string::npos);
    EXPECT_NE(parsed->notes[1].find("blocking has no effect"), std::string::npos);
    EXPECT_NE(parsed->notes[2].find("queue_size has no effect"), std::string::npos);
}

TEST(Listen, EveryWrongPartIsNamed) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"", "empty URI between commas"},
        {"flow://:1,,flow://:2", "empty URI between commas"},
        {"flow://:1,", "empty URI between commas"},
        {":2055", ":2055: has no scheme"},
        {"udp://:1", "scheme \"udp\" is not one of sflow, netflow, nfl, flow"},
        {"://:1", "scheme \"\" is not one of"},
        {"flow://::1:2055", "host \"::1\" must stand in brackets"},
        {"flow://[::1:2055", "no closing bracket"},
        {"flow://[192.0.2.1]:1", "host \"192.0.2.1\" is not an IPv6 address"},
        {"flow://[]:1", "host \"\" is not an IPv6 address"},
        {"flow://[fe80::1%]:1", "is not an IPv6 address"},
        {"flow://[::1]x:1", "\"x:1\" after the host is not a port"},
        {"flow://192.0.2.300:1", "host \"192.0.2.300\" is not an IPv4 address"},
        {"flow://192.0.2:1", "is not an IPv4 address"},
        {"flow://a b:1", "host \"a b\" is neither an address nor a name"},
        {"flow://-a:1", "neither an address nor a name"},
        {"flow://*:1", "neither an address nor a name"},
        {"flow://user@host:1", "\"@host:1\" has no place here"},
        {"flow://:1/path", "\"/path\" has no place here"},
        {"flow://:1#x", "\"#x\" has no place here"},
        {"flow://:1?cuont=2", "option \"cuont\" is not one of count, workers, blocking"},
        {"flow://:1?count=1&count=2", "option \"count\" is there twice"},
        {"flow://:1?count", "option \"count\" has no value"},
        {"flow://:1?count=2&", "option \"\" has no value"},
        {"flow://:1?workers=a", "workers \"a\" is not an integer"},
        {"flow://:1?blocking=maybe", "blocking \"maybe\" is neither true nor false"},
        {"flow://:1?queue_size=big", "queue_size \"big\" is not an integer"},
    };
    for (const auto& [uris, expected] : cases) {
        const std::string sentence = complaint(uris);
        EXPECT_NE(sentence.find(expected), std::string::npos) << uris << " gave " << sentence;
        EXPECT_EQ(sentence.find('\n'), std::string::npos) << uris;
    }
}

TEST(Listen, TwoListenersDoNotShareAPort) {
    EXPECT_EQ(complaint("sflow://:2055,netflow://:2055"),
              "listen: netflow://:2055: host and port are taken by sflow://:2055; flow:// takes "
              "every protocol on one port");
    EXPECT_TRUE(parse_listen("sflow://127.0.0.1:2055,netflow://127.0.0.2:2055"));
}

TEST(Listen, CutAnywhereItNeverCrashesAndOnlyWholeUrisPass) {
    const std::string uri = "netflow://[2001:db8::1]:2055?count=12&workers=3";
    for (std::size_t size = 0; size <= uri.size(); ++size) {
        const Outcome<Listeners> parsed = parse_listen(uri.substr(0, size));
        if (parsed) {
            EXPECT_EQ(parsed->listeners.front().host, "2001:db8::1") << size;
        } else {
            EXPECT_FALSE(parsed.error().sentence.empty()) << size;
        }
    }
}

}  // namespace
}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// Layers by name, by number, by what is in front of them; parsers.
#include "config/mapping/layers.hpp"

#include <gtest/gtest.h>

namespace flowd::mapping {
namespace {

using flow::LayerKind;
using By = flow::LayerSelector::By;

constexpr Reading v1{.profile = flow::Profile::goflow2_v1};
constexpr Reading v2{.profile = flow::Profile::goflow2_v2};
constexpr Reading strict_v1{.profile = flow::Profile::goflow2_v1, .strict = true};
constexpr Reading strict_v2{.profile = flow::Profile::goflow2_v2, .strict = true};

std::uint32_t bit(LayerKind kind) { return flow::LayerSelector::bit(kind); }

std::uint32_t kinds(std::string_view name, const Reading& reading = v2) {
    const auto layer = find_layer(name, reading);
    return layer && layer->by == By::kinds ? layer->kinds : 0;
}

TEST(Layers, NamesAreKinds) {
    EXPECT_EQ(kinds("ethernet"), bit(LayerKind::ethernet));
    EXPECT_EQ(kinds("ip"), bit(LayerKind::ipv4) | bit(LayerKind::ipv6));
    EXPECT_EQ(kinds("ipv6eh"), bit(LayerKind::ipv6_routing) | bit(LayerKind::ipv6_fragment));
    EXPECT_EQ(kinds("ipv6eh_routing"), kinds("ipv6-route"));
    EXPECT_EQ(kinds("ipv6eh_fragment"), kinds("ipv6-frag"));
    EXPECT_EQ(kinds("icmpv6"), kinds("ipv6-icmp"));
    EXPECT_EQ(kinds("teredo"), bit(LayerKind::teredo));
    EXPECT_EQ(kinds("teredo-dst"), bit(LayerKind::teredo));
    EXPECT_EQ(kinds("udp", v1), bit(LayerKind::udp)) << "in both profiles";
    for (const char* name : {"", "UDP", "udp ", "arp", "1", "5", "-3", "custom"}) {
        EXPECT_FALSE(find_layer(name, v2)) << name;
    }
}

TEST(Layers, NumbersMeanWhatTheProfileMeans) {
    EXPECT_EQ(kinds("2"), bit(LayerKind::ethernet));
    EXPECT_EQ(kinds("3"), kinds("ip"));
    EXPECT_EQ(kinds("4"), bit(LayerKind::tcp) | bit(LayerKind::udp));
    EXPECT_EQ(find_layer("0", v1)->by, By::frame);
    EXPECT_EQ(find_layer("3", v1)->by, By::network);
    EXPECT_EQ(find_layer("7", v1)->by, By::payload);
    EXPECT_EQ(kinds("4", v1), bit(LayerKind::tcp) | bit(LayerKind::udp) | bit(LayerKind::icmp) |
                                  bit(LayerKind::icmpv6) | bit(LayerKind::gre));
    EXPECT_EQ(find_layer("0", v2)->by, By::frame);
    EXPECT_EQ(find_layer("7", v2)->by, By::payload);
}

TEST(Layers, StrictKnowsWhatThatVersionKnows) {
    EXPECT_FALSE(find_layer("0", strict_v2));
    EXPECT_FALSE(find_layer("7", strict_v2));
    EXPECT_FALSE(find_layer("vxlan", strict_v2));
    EXPECT_TRUE(find_layer("vxlan", v2));
    EXPECT_TRUE(find_layer("geneve", strict_v2));
    for (const char* name : {"0", "3", "4", "7"}) EXPECT_TRUE(find_layer(name, strict_v1)) << name;
    for (const char* name : {"2", "udp", "etype0x0800"}) {
        EXPECT_FALSE(find_layer(name, strict_v1)) << name;
    }
}

TEST(Layers, SomeAreBehindANumber) {
    const auto check = [](std::string_view name, By by, unsigned number) {
        const auto layer = find_layer(name, v2);
        ASSERT_TRUE(layer) << name;
        EXPECT_EQ(layer->by, by) << name;
        EXPECT_EQ(layer->number, number) << name;
    };
    check("etype0x86dd", By::ethertype, 0x86dd);
    check("etype2048", By::ethertype, 2048);
    check("proto47", By::protocol, 47);
    check("tcp179", By::tcp_port, 179);
    check("udp65535", By::udp_port, 65535);
    for (const char* name : {"etype", "etype0x", "etype65536", "etype0x10000", "proto256",
                             "proto-1", "tcp65536", "udp1x", "udp 1"}) {
        EXPECT_FALSE(find_layer(name, v2)) << name;
    }
}

TEST(Parsers, HaveGoflow2sNames) {
    EXPECT_EQ(find_parser("gre"), LayerKind::gre);
    EXPECT_EQ(find_parser("ipv6-icmp"), LayerKind::icmpv6);
    EXPECT_EQ(find_parser("teredo-dst"), LayerKind::teredo);
    for (const char* name : {"", "ip", "teredo", "icmpv6", "4"}) {
        EXPECT_FALSE(find_parser(name)) << name;
    }
}

TEST(Layers, ANearNameIsSuggested) {
    EXPECT_EQ(no_layer("genev"), "\"genev\" is no layer (did you mean geneve?)");
    EXPECT_EQ(no_layer("xxxxxxxx"), "\"xxxxxxxx\" is no layer");
    EXPECT_EQ(no_parser("teredo-src"), "\"teredo-src\" is no parser (did you mean teredo-dst?)");
}

}  // namespace
}  // namespace flowd::mapping

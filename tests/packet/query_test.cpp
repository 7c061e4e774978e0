// SPDX-License-Identifier: BSD-3-Clause
// for_each_layer(): each selector, outside and inside of tunnels, and goflow2 v1's places.
#include "flow/packet/query.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "flow/packet/dissect.hpp"
#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Packet;
using By = LayerSelector::By;
using Offsets = std::vector<std::size_t>;

Layers read(const Packet& packet, Dialect dialect = Dialect::standard) {
    Headers headers;
    Layers layers;
    dissect(packet.bytes(), FirstLayer::ethernet, {.dialect = dialect}, headers, layers);
    return layers;
}

Offsets find(const Layers& layers, LayerSelector selector, bool encapsulated = false) {
    Offsets offsets;
    for_each_layer(layers, {.selector = selector, .encapsulated = encapsulated},
                   [&](std::size_t offset) { offsets.push_back(offset); });
    return offsets;
}

constexpr std::uint32_t bit(LayerKind kind) { return LayerSelector::bit(kind); }

/// Ethernet, tag, IPv4, UDP, VXLAN, Ethernet, IPv6, TCP, 4 bytes.
Packet tunnel() {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(5, ethertype::ipv4).ipv4({.protocol = protocol::udp});
    packet.udp_to(port::vxlan).vxlan().ethernet(ethertype::ipv6).ipv6(0, protocol::tcp);
    return packet.tcp_of(6, 0).u32(0xfeedbeef);
}

TEST(Query, KindsMatchOutsideOrInside) {
    const Layers layers = read(tunnel());
    const std::uint32_t ip = bit(LayerKind::ipv4) | bit(LayerKind::ipv6);
    EXPECT_EQ(find(layers, {.kinds = ip}), Offsets{18});
    EXPECT_EQ(find(layers, {.kinds = ip}, true), Offsets{68});
    EXPECT_EQ(find(layers, {.kinds = bit(LayerKind::ethernet)}), Offsets{0});
    EXPECT_EQ(find(layers, {.kinds = bit(LayerKind::ethernet)}, true), Offsets{54});
    EXPECT_EQ(find(layers, {.kinds = bit(LayerKind::vxlan)}, true), Offsets{46});
    EXPECT_EQ(find(layers, {.kinds = bit(LayerKind::gre)}), Offsets{});
}

TEST(Query, SeveralLayersComeOutermostFirst) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(1, ethertype::vlan).tag(2, ethertype::ipv4).ipv4({});
    EXPECT_EQ(find(read(packet), {.kinds = bit(LayerKind::dot1q)}), (Offsets{14, 18}));
}

TEST(Query, WhatALayerIsFollowedBy) {
    const Layers layers = read(tunnel());
    EXPECT_EQ(find(layers, {.by = By::ethertype, .number = ethertype::vlan}), Offsets{14});
    EXPECT_EQ(find(layers, {.by = By::ethertype, .number = ethertype::ipv4}), Offsets{18});
    EXPECT_EQ(find(layers, {.by = By::ethertype, .number = ethertype::ipv6}), Offsets{});
    EXPECT_EQ(find(layers, {.by = By::ethertype, .number = ethertype::ipv6}, true), Offsets{68});
    EXPECT_EQ(find(layers, {.by = By::protocol, .number = 17}), Offsets{38});
    EXPECT_EQ(find(layers, {.by = By::protocol, .number = 6}, true), Offsets{108});
    EXPECT_EQ(find(layers, {.by = By::udp_port, .number = port::vxlan}, true), Offsets{46});
    EXPECT_EQ(find(layers, {.by = By::tcp_port, .number = port::vxlan}, true), Offsets{});
}

TEST(Query, FrameNetworkAndPayload) {
    const Layers layers = read(tunnel());
    EXPECT_EQ(find(layers, {.by = By::frame}), Offsets{0});
    EXPECT_EQ(find(layers, {.by = By::frame}, true), Offsets{});
    EXPECT_EQ(find(layers, {.by = By::network}), Offsets{18});
    EXPECT_EQ(find(layers, {.by = By::payload}), Offsets{46});
    EXPECT_EQ(find(layers, {.by = By::payload}, true), Offsets{132});
    EXPECT_EQ(find(read(Packet{}), {.by = By::frame}), Offsets{0});
    EXPECT_EQ(find(read(Packet{}), {.by = By::network}), Offsets{});
}

TEST(Query, TheKindsOfNothingMatchNothing) {
    EXPECT_EQ(find(read(tunnel()), {}), Offsets{});
    EXPECT_FALSE(is_kind({.kinds = ~0U}, LayerKind::custom));
}

TEST(Query, InGoflow2V1ThePlacesCount) {
    constexpr auto v1 = Dialect::goflow2_v1;
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(5, ethertype::ipv4).ipv4({.protocol = protocol::udp});
    const Layers layers = read(packet.udp(8).fill(8, 0), v1);
    const LayerSelector layer_4{.kinds = bit(LayerKind::tcp) | bit(LayerKind::udp)};
    EXPECT_EQ(find(layers, {.by = By::frame}), Offsets{0});
    EXPECT_EQ(find(layers, {.by = By::network}), Offsets{18});
    EXPECT_EQ(find(layers, layer_4), Offsets{38});
    EXPECT_EQ(find(layers, {.by = By::payload}), Offsets{46});
    EXPECT_EQ(find(layers, {.by = By::payload}, true), Offsets{});
    EXPECT_EQ(find(layers, {.kinds = bit(LayerKind::ipv4)}), Offsets{});

    // Whatever is there: layers 3 and 4 of ARP are where it stands.
    const Layers arp = read(Packet{}.ethernet(0x0806).fill(28, 0), v1);
    EXPECT_EQ(find(arp, {.by = By::network}), Offsets{14});
    EXPECT_EQ(find(arp, layer_4), Offsets{14});
    EXPECT_EQ(find(arp, {.by = By::payload}), Offsets{});
}

TEST(Query, InGoflow2V2AShortLayerIsFoundToo) {
    Packet packet;
    packet.ethernet(ethertype::ipv4).ipv4({.protocol = protocol::tcp}).fill(19, 0);
    const LayerSelector tcp{.kinds = bit(LayerKind::tcp)};
    EXPECT_EQ(find(read(packet, Dialect::goflow2_v2), tcp), Offsets{34});
    EXPECT_EQ(find(read(packet), tcp), Offsets{});
}

}  // namespace
}  // namespace flow::packet

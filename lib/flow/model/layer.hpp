// SPDX-License-Identifier: BSD-3-Clause
// The layers of a sampled packet, numbered as goflow2 v2's protobuf enum LayerStack; those that it
// does not have are flowd's own.
#pragma once

#include <cstdint>
#include <string_view>

namespace flow {

enum class LayerKind : std::uint8_t {
    ethernet = 0,
    ipv4 = 1,
    ipv6 = 2,
    tcp = 3,
    udp = 4,
    mpls = 5,
    dot1q = 6,
    icmp = 7,
    icmpv6 = 8,
    gre = 9,
    ipv6_routing = 10,
    ipv6_fragment = 11,
    geneve = 12,
    teredo = 13,
    // flowd's own.
    vxlan = 14,
    pppoe = 15,
    ipv6_options = 16,  ///< hop-by-hop and destination options, authentication header
    custom = 99,
};

/// As JSON and text print it.
[[nodiscard]] constexpr std::string_view layer_name(LayerKind kind) noexcept {
    switch (kind) {
        case LayerKind::ethernet: return "Ethernet";
        case LayerKind::ipv4: return "IPv4";
        case LayerKind::ipv6: return "IPv6";
        case LayerKind::tcp: return "TCP";
        case LayerKind::udp: return "UDP";
        case LayerKind::mpls: return "MPLS";
        case LayerKind::dot1q: return "Dot1Q";
        case LayerKind::icmp: return "ICMP";
        case LayerKind::icmpv6: return "ICMPv6";
        case LayerKind::gre: return "GRE";
        case LayerKind::ipv6_routing: return "IPv6HeaderRouting";
        case LayerKind::ipv6_fragment: return "IPv6HeaderFragment";
        case LayerKind::geneve: return "Geneve";
        case LayerKind::teredo: return "Teredo";
        case LayerKind::vxlan: return "VXLAN";
        case LayerKind::pppoe: return "PPPoE";
        case LayerKind::ipv6_options: return "IPv6HeaderOptions";
        case LayerKind::custom: return "Custom";
    }
    return {};
}

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// What walkers through layers share: how a header names its successor, and the table of ports.
#pragma once

#include <cstdint>
#include <span>

#include "flow/packet/layers.hpp"

namespace flow::packet {

/// The layer that a header announces.
struct Next {
    bool known = false;  ///< else the walk ends
    LayerKind kind{};
    Layer::By by = Layer::By::nothing;
    std::uint16_t number = 0;
};

[[nodiscard]] constexpr Next follow(LayerKind kind, Layer::By by = Layer::By::nothing,
                                    std::uint16_t number = 0) noexcept {
    return {.known = true, .kind = kind, .by = by, .number = number};
}

/// Kinds in the order in which a packet without tunnels has them, as goflow2 v2 groups them.
[[nodiscard]] constexpr unsigned layer_group(LayerKind kind) noexcept {
    switch (kind) {
        case LayerKind::ethernet: return 20;
        case LayerKind::dot1q:
        case LayerKind::mpls:
        case LayerKind::pppoe: return 25;
        case LayerKind::ipv4:
        case LayerKind::ipv6: return 30;
        case LayerKind::ipv6_routing:
        case LayerKind::ipv6_fragment:
        case LayerKind::ipv6_options: return 35;
        case LayerKind::tcp:
        case LayerKind::udp:
        case LayerKind::gre:
        case LayerKind::geneve:
        case LayerKind::teredo:
        case LayerKind::vxlan: return 40;
        case LayerKind::icmp:
        case LayerKind::icmpv6: return 70;
        case LayerKind::custom: break;
    }
    return 100;
}

struct Ports {
    bool tcp = false;  ///< else UDP
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
};

/// The destination is asked first, then the source; of several rules for one port the last counts.
[[nodiscard]] inline Next follow_port(std::span<const PortRule> rules, Ports ports) noexcept {
    const auto by = ports.tcp ? Layer::By::tcp_port : Layer::By::udp_port;
    Next next;
    for (const PortRule& rule : rules) {
        if (rule.tcp != ports.tcp || rule.port != ports.destination) continue;
        if (rule.direction != PortRule::Direction::source) next = follow(rule.kind, by, rule.port);
    }
    if (next.known) return next;
    for (const PortRule& rule : rules) {
        if (rule.tcp != ports.tcp || rule.port != ports.source) continue;
        if (rule.direction != PortRule::Direction::destination) {
            next = follow(rule.kind, by, rule.port);
        }
    }
    return next;
}

}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// What a host starts with.
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {
namespace {

void add_once(std::vector<flow::Address>& groups, const flow::Address& group) {
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
}

/// Groups that every host is in are never reported (RFC 3376 §4.2.12, RFC 3810 §6): all hosts, all
/// nodes, and IPv6 scopes that do not leave the node.
bool is_reported(flow::Bytes group) noexcept {
    if (!is_group(group)) return false;
    if (group.size() == 4) return flow::load_be32(group.data()) != 0xe000'0001U;
    const std::uint8_t scope = group[1] & 0x0f;
    if (scope < 2) return false;
    constexpr std::array<std::uint8_t, 16> all_nodes{0xff, 0x02, 0, 0, 0, 0, 0, 0,
                                                     0,    0,    0, 0, 0, 0, 0, 1};
    return !same(group, all_nodes);
}

}  // namespace

State::State(const Identity& identity)
    : mac{identity.mac},
      vlans{identity.vlans},
      addresses{identity},
      bucket{identity.replies_per_second},
      gateways_seen(identity.gateways.size()),
      claims_seen(addresses.all().size()) {
    for (const std::uint16_t vlan : vlans) segments.push_back({.vlan = vlan});
    if (segments.empty()) segments.push_back({});
    for (const flow::Address& each : identity.gateways) gateways.push_back({.address = each});
    for (const flow::Address& each : identity.groups) {
        if (is_reported(each.bytes())) add_once(each.size == 4 ? groups_ipv4 : groups_ipv6, each);
    }
    for (const OwnAddress& each : addresses.all()) {
        if (each.address.size != 16) continue;
        add_once(groups_ipv6, solicited_node_of(each.address.bytes()));
    }
    for (Segment& each : segments) {
        if (groups_ipv4.empty()) each.ipv4.due_ns = never;
        if (groups_ipv6.empty()) each.ipv6.due_ns = never;
    }
    // Neighbours do not start in step.
    random = 0x9e37'79b9'0000'0001U ^ std::uint64_t{flow::load_be32(mac.data() + 2)} << 16;
}

Segment* State::segment_of(const Link& link) noexcept {
    constexpr std::size_t tag_size = 4;
    if (link.tags.size() > tag_size) return nullptr;
    for (Segment& each : segments) {
        if (each.vlan == link.vlan) return &each;
    }
    return nullptr;
}

}  // namespace flowd::dpdk::host

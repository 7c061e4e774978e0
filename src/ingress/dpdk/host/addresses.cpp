// SPDX-License-Identifier: BSD-3-Clause
// What is ours, looked up by the bytes of a header. Few addresses: a walk is the fastest table.
#include "ingress/dpdk/host/addresses.hpp"

#include <algorithm>
#include <array>

#include "ingress/dpdk/host/link.hpp"

namespace flowd::dpdk::host {
namespace {

/// EUI-64 from EUI-48, the universal bit inverted.
flow::Address link_local_of(const Mac& mac) noexcept {
    const std::array<std::uint8_t, 16> octets{
        0xfe,   0x80,   0,    0,    0,      0,      0,     0, static_cast<std::uint8_t>(mac[0] ^ 2),
        mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
    return flow::Address::from(octets);
}

bool in_subnet(const OwnAddress& own, flow::Bytes target) noexcept {
    if (own.address.size != target.size()) return false;
    const std::size_t whole = own.bits / 8U;
    if (!same(own.address.bytes().first(whole), target.first(whole))) return false;
    const unsigned rest = own.bits % 8U;
    if (rest == 0) return true;
    return ((own.address.octets[whole] ^ target[whole]) >> (8 - rest)) == 0;
}

bool wants_ipv6(const Identity& identity) noexcept {
    const auto is_ipv6 = [](const flow::Address& each) { return each.size == 16; };
    return std::any_of(identity.addresses.begin(), identity.addresses.end(),
                       [&](const Prefix& each) { return is_ipv6(each.address); }) ||
           std::any_of(identity.gateways.begin(), identity.gateways.end(), is_ipv6) ||
           std::any_of(identity.groups.begin(), identity.groups.end(), is_ipv6);
}

}  // namespace

bool is_link_local(flow::Bytes address) noexcept {
    return address.size() == 16 && address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

bool is_group(flow::Bytes address) noexcept {
    if (address.size() == 4) return address[0] >> 4 == 14;
    return address.size() == 16 && address[0] == 0xff;
}

flow::Address solicited_node_of(flow::Bytes address) noexcept {
    std::array<std::uint8_t, 16> group{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
    std::copy_n(address.end() - 3, 3, group.end() - 3);
    return flow::Address::from(group);
}

bool is_host(flow::Bytes address) noexcept {
    // 0/8 and 127/8 are no hosts of a link; 224/4 and 240/4 are groups and reserved.
    if (address.size() == 4) return address[0] != 0 && address[0] != 127 && address[0] < 224;
    if (address.size() != 16 || is_group(address)) return false;
    // ::/96 holds :: and ::1, and ::ffff:0:0/96 is IPv4 (RFC 4291 §2.5.5).
    if (std::any_of(address.begin(), address.begin() + 10, [](auto each) { return each != 0; })) {
        return true;
    }
    return !(address[10] == 0 && address[11] == 0) && !(address[10] == 0xff && address[11] == 0xff);
}

Addresses::Addresses(const Identity& identity) {
    bool has_link_local = false;
    for (const Prefix& each : identity.addresses) {
        all_.push_back({.address = each.address, .bits = each.bits});
        has_link_local = has_link_local || is_link_local(each.address.bytes());
    }
    if (wants_ipv6(identity) && !has_link_local) {
        all_.push_back({.address = link_local_of(identity.mac), .bits = 64});
    }
}

OwnAddress* Addresses::find(flow::Bytes wire) noexcept {
    for (OwnAddress& each : all_) {
        if (same(each.address.bytes(), wire)) return &each;
    }
    return nullptr;
}

bool Addresses::is_solicited_node(flow::Bytes group) const noexcept {
    return std::any_of(all_.begin(), all_.end(), [&](const OwnAddress& each) {
        return each.address.size == 16 &&
               same(solicited_node_of(each.address.bytes()).bytes(), group);
    });
}

bool Addresses::is_broadcast(flow::Bytes wire) const noexcept {
    if (wire.size() != 4) return false;
    return std::any_of(all_.begin(), all_.end(), [&](const OwnAddress& each) {
        if (each.bits > 30 || !in_subnet(each, wire)) return false;  // RFC 3021: /31 has none
        const std::uint32_t mask = 0xffff'ffffU >> each.bits;
        const std::uint32_t host = flow::load_be32(wire.data()) & mask;
        return host == mask || host == 0;
    });
}

const OwnAddress* Addresses::source_for(const flow::Address& target) const noexcept {
    for (const OwnAddress& each : all_) {
        if (each.claim == Claim::ready && in_subnet(each, target.bytes())) return &each;
    }
    return nullptr;
}

const OwnAddress* Addresses::source_for_reports(std::uint8_t size) const noexcept {
    for (const OwnAddress& each : all_) {
        const bool fits = size == 4 || is_link_local(each.address.bytes());
        if (each.claim == Claim::ready && each.address.size == size && fits) return &each;
    }
    return nullptr;
}

}  // namespace flowd::dpdk::host

// SPDX-License-Identifier: BSD-3-Clause
// Per sampled header. Each function fills the group of one layer and passes on what is behind it.
// MPLS: RFC 3032 §2.1. PPPoE: RFC 2516 §4. IPv4: RFC 791 §3.1. IPv6: RFC 8200 §3.
#include "flow/packet/dissect.hpp"

#include <algorithm>
#include <limits>

#include "flow/packet/extensions.hpp"
#include "flow/packet/goflow2/v1.hpp"
#include "flow/packet/goflow2/v2.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/packet/vlan.hpp"
#include "flow/packet/walk.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {
namespace {

[[nodiscard]] constexpr bool starts_with_ports(std::uint8_t number) noexcept {
    return number == protocol::tcp || number == protocol::udp || number == protocol::sctp ||
           number == protocol::dccp || number == protocol::udp_lite;
}

/// `segment` starts with the header of `headers.protocol`.
void read_transport(Headers& headers, Bytes segment) noexcept {
    wire::Cursor in{segment};
    if (headers.protocol == protocol::icmp || headers.protocol == protocol::icmpv6) {
        const auto icmp = in.block<2>();
        headers.has_icmp = !in.failed();
        headers.icmp_type = icmp.u8<0>();
        headers.icmp_code = icmp.u8<1>();
        return;
    }
    if (!starts_with_ports(headers.protocol)) return;
    const auto ports = in.block<4>();
    headers.has_ports = !in.failed();
    headers.source_port = ports.u16<0>();
    headers.destination_port = ports.u16<2>();
    if (headers.protocol == protocol::tcp) headers.tcp_flags = in.block<10>().u8<9>();
}

void read_ipv4(Headers& headers, Bytes packet) noexcept {
    wire::Cursor in{packet};
    const auto header = in.block<20>();
    const std::size_t header_size = (header.u8<0>() & 0x0fU) * 4U;
    if (in.failed() || header.u8<0>() >> 4 != 4 || header_size < 20) return;
    headers.has_ip = true;
    headers.tos = header.u8<1>();
    headers.fragment_id = header.u16<4>();
    headers.ip_flags = header.u8<6>() >> 5;
    headers.fragment_offset = header.u16<6>() & 0x1fff;
    headers.ttl = header.u8<8>();
    headers.protocol = header.u8<9>();
    headers.source = header.bytes<12, 4>();
    headers.destination = header.bytes<16, 4>();
    in.skip(header_size - 20);
    if (headers.fragment_offset == 0) read_transport(headers, in.rest());
}

void read_ipv6(Headers& headers, Bytes packet) noexcept {
    wire::Cursor in{packet};
    const auto header = in.block<40>();
    const std::uint32_t first_word = header.u32<0>();
    if (in.failed() || first_word >> 28 != 6) return;
    headers.has_ip = true;
    headers.tos = static_cast<std::uint8_t>(first_word >> 20);
    headers.flow_label = first_word & 0xfffff;
    headers.ttl = header.u8<7>();
    headers.source = header.bytes<8, 16>();
    headers.destination = header.bytes<24, 16>();

    const UpperLayer upper = walk_extensions(header.u8<6>(), in.rest());
    headers.protocol = upper.protocol;
    headers.ip_flags = upper.fragment_flags;
    headers.fragment_id = upper.fragment_id;
    headers.fragment_offset = upper.fragment_offset;
    if (upper.reached && upper.fragment_offset == 0) read_transport(headers, upper.payload);
}

/// Behind the bottom of the stack nothing says what comes; guess IP from the version
/// nibble. A pseudowire's control word starts with 0 (RFC 4385 §3) and so is left alone.
void read_behind_mpls(Headers& headers, Bytes rest) noexcept {
    if (rest.empty()) return;
    switch (rest.front() >> 4) {
        case 4:
            headers.ethertype = ethertype::ipv4;
            read_ipv4(headers, rest);
            break;
        case 6:
            headers.ethertype = ethertype::ipv6;
            read_ipv6(headers, rest);
            break;
        default: break;
    }
}

/// Labels up to the bottom bit, the reserved ones (RFC 3032 §2.1: 0 to 15) like any other.
void read_mpls(Headers& headers, wire::Cursor in) noexcept {
    for (std::size_t index = 0; index < mpls_labels_max; ++index) {
        const std::uint32_t entry = in.u32();
        if (in.failed()) return;
        const MplsLabel label{.label = entry >> 12, .ttl = static_cast<std::uint8_t>(entry)};
        headers.has_mpls = true;
        headers.mpls_count = static_cast<std::uint16_t>(index + 1);
        (index < headers.mpls.size() ? headers.mpls[index] : headers.mpls_last) = label;
        const bool bottom = (entry & 0x100) != 0;
        if (bottom) return read_behind_mpls(headers, in.rest());
    }
}

void read_pppoe(Headers& headers, wire::Cursor in) noexcept {
    const auto header = in.block<8>();  // with the PPP protocol, which PPPoE does not compress
    constexpr std::uint16_t version_1_session_data = 0x1100;
    if (in.failed() || header.u16<0>() != version_1_session_data) return;
    if (header.u16<6>() == ppp::ipv4) {
        headers.ethertype = ethertype::ipv4;
        read_ipv4(headers, in.rest());
    } else if (header.u16<6>() == ppp::ipv6) {
        headers.ethertype = ethertype::ipv6;
        read_ipv6(headers, in.rest());
    }
}

/// `in` stands where `headers.ethertype` says.
void read_network(Headers& headers, wire::Cursor in) noexcept {
    switch (headers.ethertype) {
        case ethertype::ipv4: return read_ipv4(headers, in.rest());
        case ethertype::ipv6: return read_ipv6(headers, in.rest());
        case ethertype::mpls:
        case ethertype::mpls_upstream: return read_mpls(headers, in);
        case ethertype::pppoe_session: return read_pppoe(headers, in);
        default: return;
    }
}

void read_ethernet(Headers& headers, wire::Cursor in) noexcept {
    const auto header = in.block<14>();
    if (in.failed()) return;
    headers.has_ethernet = true;
    headers.destination_mac = header.u64<0>() >> 16;
    headers.source_mac = header.u64<4>() & 0xffff'ffff'ffff;
    const VlanTags tags = read_vlan_tags(in, header.u16<12>());
    headers.ethertype = tags.ethertype;
    headers.has_vlan = tags.count > 0;
    headers.vlan_id = tags.outer_id;
    headers.vlan_priority = tags.outer_priority;
    headers.has_inner_vlan = tags.count > 1;
    headers.inner_vlan_id = tags.inner_id;
    read_network(headers, in);
}

}  // namespace

Headers dissect(Bytes sampled, FirstLayer first) noexcept {
    Headers headers;
    const wire::Cursor in{sampled};
    switch (first) {
        case FirstLayer::ethernet: read_ethernet(headers, in); return headers;
        case FirstLayer::ipv4: headers.ethertype = ethertype::ipv4; break;
        case FirstLayer::ipv6: headers.ethertype = ethertype::ipv6; break;
        case FirstLayer::mpls: headers.ethertype = ethertype::mpls; break;
    }
    read_network(headers, in);
    return headers;
}

void dissect(Bytes sampled, FirstLayer first, const Reading& reading, Headers& headers,
             Layers& layers) noexcept {
    constexpr std::size_t size_max = std::numeric_limits<std::uint16_t>::max();  // of an offset
    sampled = sampled.first(std::min(sampled.size(), size_max));
    layers.clear();
    if (reading.dialect == Dialect::standard) {
        headers = dissect(sampled, first);
        return walk(sampled, first, reading.ports, layers);
    }
    headers = Headers{};
    if (first != FirstLayer::ethernet) return;
    if (reading.dialect == Dialect::goflow2_v1) return goflow2::read_v1(sampled, headers, layers);
    goflow2::read_v2(sampled, reading.ports, headers, layers);
}

}  // namespace flow::packet

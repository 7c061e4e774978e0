// SPDX-License-Identifier: BSD-3-Clause
// Reads the first bytes of a packet, as an exporter sampled them (sFlow v5 spec §5.3, raw header;
// IPFIX element 315), into what flow columns need. Pure and tolerant: a sample ends anywhere. The
// outermost headers are cheap; the stack of layers, tunnels included, is found on request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/dialect.hpp"
#include "flow/packet/layers.hpp"

namespace flow::packet {

/// What the sampled bytes start with, as the exporter says.
enum class FirstLayer : std::uint8_t { ethernet, ipv4, ipv6, mpls };

struct MplsLabel {
    std::uint32_t label = 0;  ///< 20 bits
    std::uint8_t ttl = 0;
};

/// Labels that are walked; a stack without a bottom is no longer believed behind them.
inline constexpr std::size_t mpls_labels_max = 16;

/// Each group is filled as soon as its own bytes are all there; what is missing is zero. In
/// goflow2's readings the fields hold what goflow2 takes for them, and a group is there when
/// goflow2 writes its fields.
struct Headers {
    bool has_ethernet = false;
    std::uint64_t source_mac = 0;  ///< 48 bits, first octet highest
    std::uint64_t destination_mac = 0;
    /// Behind the tags. Behind MPLS labels and PPPoE that of IP, else that of MPLS or PPPoE. For a
    /// first layer other than Ethernet: the one that announces that layer.
    std::uint16_t ethertype = 0;

    bool has_vlan = false;
    /// 12 bits, of the outermost tag; 0: a priority tag. goflow2: the tag's 16 bits.
    std::uint16_t vlan_id = 0;
    std::uint8_t vlan_priority = 0;  ///< 3 bits, of the outermost tag
    bool has_inner_vlan = false;
    std::uint16_t inner_vlan_id = 0;  ///< 12 bits, of the second tag: the customer's

    bool has_mpls = false;
    std::uint16_t mpls_count = 0;  ///< labels read, up to the bottom of the stack
    std::array<MplsLabel, 3> mpls{};
    MplsLabel mpls_last{};  ///< the last label, when there are more than three

    bool has_ip = false;
    Bytes source{};  ///< 4 or 16 bytes, borrowed from the sample
    Bytes destination{};
    /// Of the upper layer; when an IPv6 chain is cut off, the last number read. goflow2: what the
    /// IP header says.
    std::uint8_t protocol = 0;
    std::uint8_t tos = 0;  ///< IPv6: traffic class
    std::uint8_t ttl = 0;  ///< IPv6: hop limit
    /// IPv4: 2 don't fragment, 1 more to come. IPv6: the low bits of a fragment header.
    std::uint8_t ip_flags = 0;
    std::uint32_t flow_label = 0;
    std::uint32_t fragment_id = 0;      ///< IPv6: only with a fragment header
    std::uint16_t fragment_offset = 0;  ///< in units of 8 bytes

    bool has_ports = false;  ///< TCP, UDP, SCTP, DCCP, UDP-Lite; never of a later fragment
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint8_t tcp_flags = 0;  ///< FIN … CWR

    bool has_icmp = false;  ///< ICMP or ICMPv6; never of a later fragment
    std::uint8_t icmp_type = 0;
    std::uint8_t icmp_code = 0;
};

/// Never reads outside `sampled` and has no failure: what cannot be read stays zero. Only the
/// outermost IP header counts, tunnels are not entered. Length fields of IP are not used, because
/// the sample is short anyway; an IP header with the wrong version or an IPv4 header length below
/// 20 is no IP header.
[[nodiscard]] Headers dissect(Bytes sampled, FirstLayer first) noexcept;

/// By whose rules a sample is read. Borrows.
struct Reading {
    Dialect dialect = Dialect::standard;
    std::span<const PortRule> ports{};
};

/// Both results at once, by any reading; what they held before is gone. In the standard reading
/// `headers` is what the function above returns. goflow2's readings are described in goflow2/; they
/// know no first layer but Ethernet. Of a sample over 64 KiB only the first 64 KiB count.
void dissect(Bytes sampled, FirstLayer first, const Reading& reading, Headers& headers,
             Layers& layers) noexcept;

}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// Reads the first bytes of a packet, as an exporter sampled them (sFlow v5 spec §5.3, raw header;
// IPFIX element 315), into what flow columns need. Pure and tolerant: a sample ends anywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow::packet {

/// What the sampled bytes start with, as the exporter says.
enum class FirstLayer : std::uint8_t { ethernet, ipv4, ipv6, mpls };

struct MplsLabel {
    std::uint32_t label = 0;  ///< 20 bits
    std::uint8_t ttl = 0;
};

/// Labels that are walked; a stack without a bottom is no longer believed behind them.
inline constexpr std::size_t mpls_labels_max = 16;

/// Each group is filled as soon as its own bytes are all there; what is missing is zero.
struct Headers {
    bool has_ethernet = false;
    std::uint64_t source_mac = 0;  ///< 48 bits, first octet highest
    std::uint64_t destination_mac = 0;
    /// Behind the tags. Behind MPLS labels and PPPoE that of IP, else that of MPLS or PPPoE. For a
    /// first layer other than Ethernet: the one that announces that layer.
    std::uint16_t ethertype = 0;

    bool has_vlan = false;
    std::uint16_t vlan_id = 0;  ///< 12 bits, of the outermost tag; 0: a priority tag

    bool has_mpls = false;
    std::uint8_t mpls_count = 0;  ///< labels read, up to the bottom of the stack
    std::array<MplsLabel, 3> mpls{};
    MplsLabel mpls_last{};  ///< the last label, when there are more than three

    bool has_ip = false;
    Bytes source{};  ///< 4 or 16 bytes, borrowed from the sample
    Bytes destination{};
    std::uint8_t protocol =
        0;                 ///< upper layer; when an IPv6 chain is cut off, the last number read
    std::uint8_t tos = 0;  ///< IPv6: traffic class
    std::uint8_t ttl = 0;  ///< IPv6: hop limit
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

}  // namespace flow::packet

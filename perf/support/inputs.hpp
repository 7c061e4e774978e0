// SPDX-License-Identifier: BSD-3-Clause
// What the flows of a benchmark look like on the wire: a protocol and the fields of a record. How
// many exporters, templates and flows there are is said by TrafficOptions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/model/template.hpp"

namespace flow::perf {

enum class Input : std::uint8_t {
    netflow5,
    netflow9,    ///< 20 fields, IPv4
    ipfix_ipv4,  ///< 20 fields
    ipfix_ipv6,  ///< 25 fields
    sflow,       ///< TCP and UDP on IPv4, one packet in three with a VLAN tag
    netflow9_10,
    netflow9_40,
    netflow9_ipv6,
    ipfix_10,
    ipfix_40,
    ipfix_ipv6_10,
    ipfix_ipv6_40,
    ipfix_mac,      ///< 20 fields, two of them MAC addresses
    ipfix_strings,  ///< 20 fields, three of them of variable length
    ipfix_mpls,     ///< 20 fields, three of them MPLS labels
    ipfix_reduced,  ///< 20 fields, numbers of fewer bytes than their type (RFC 7011 §6.2)
    ipfix_version,  ///< 20 fields, one of them the IP version
    sflow_tcp,
    sflow_udp,
    sflow_vlan,
    sflow_ipv6,
};
inline constexpr std::size_t input_count = 21;

/// Those that every format and the yardstick are measured with.
inline constexpr std::array inputs{Input::netflow5, Input::netflow9, Input::ipfix_ipv4,
                                   Input::ipfix_ipv6, Input::sflow};
/// Those and all others.
[[nodiscard]] std::span<const Input> all_inputs() noexcept;

/// Of what routers send: they leave room for tunnels.
inline constexpr std::size_t payload_size_max = 1400;

enum class Protocol : std::uint8_t { netflow5, netflow9, ipfix, sflow };

[[nodiscard]] std::string_view name(Input input) noexcept;
[[nodiscard]] Protocol protocol(Input input) noexcept;

/// The fields of a record; empty for sFlow.
[[nodiscard]] std::span<const TemplateField> fields(Input input) noexcept;
/// With fields of variable length, the most that a record may have.
[[nodiscard]] std::size_t record_size(Input input) noexcept;
/// Where the records of a datagram start that holds nothing else.
[[nodiscard]] std::size_t records_offset(Input input) noexcept;
/// As many as fit payload_size_max.
[[nodiscard]] std::size_t records_per_datagram(Input input) noexcept;

}  // namespace flow::perf

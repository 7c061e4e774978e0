// SPDX-License-Identifier: BSD-3-Clause
// Names of numbers, spelt as goflow2 spells them. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flow::render {

/// No name here is longer.
inline constexpr std::size_t name_size_max = 35;

/// ARP, IPv4, IPv6; empty for others.
[[nodiscard]] std::string_view etype_name(std::uint64_t etype) noexcept;

/// IANA's keyword of an IP protocol (goflow2 v2's table); never empty.
[[nodiscard]] std::string_view proto_name(std::uint64_t protocol) noexcept;

/// The five that goflow2 v1 knows; empty for others.
[[nodiscard]] std::string_view proto_name_short(std::uint64_t protocol) noexcept;

/// Of an ICMP or ICMPv6 type; `otherwise` for other protocols, empty for other types.
[[nodiscard]] std::string_view icmp_name(std::uint64_t protocol, std::uint64_t type,
                                         std::string_view otherwise) noexcept;

}  // namespace flow::render

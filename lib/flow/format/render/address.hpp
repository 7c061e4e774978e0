// SPDX-License-Identifier: BSD-3-Clause
// IP addresses and MACs as text. IPv6 by RFC 5952 §4, except that an IPv4-mapped address (RFC 4291
// §2.5.5.2) prints as plain IPv4, as goflow2 does. Stores overshoot, see decimal.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/format/render/decimal.hpp"

namespace flow::render {

inline constexpr std::size_t ip_size_max = 39;  // eight groups of four digits, seven colons
inline constexpr std::size_t mac_size = 17;     // 00:00:00:00:00:00

/// Four bytes in network order. Each octet brings the point behind it.
inline std::uint8_t* ipv4(std::uint8_t* to, const std::uint8_t* octets) noexcept {
    to = decimal_octet(to, octets[0]) + 1;
    to = decimal_octet(to, octets[1]) + 1;
    to = decimal_octet(to, octets[2]) + 1;
    return decimal_octet(to, octets[3]);
}

/// Sixteen bytes in network order.
std::uint8_t* ipv6(std::uint8_t* to, const std::uint8_t* octets) noexcept;

/// Nothing unless there are 4 or 16 bytes.
inline std::uint8_t* ip(std::uint8_t* to, Bytes address) noexcept {
    if (address.size() == 4) return ipv4(to, address.data());
    if (address.size() == 16) return ipv6(to, address.data());
    return to;
}

/// The low 48 bits, as six pairs.
std::uint8_t* mac(std::uint8_t* to, std::uint64_t value) noexcept;

}  // namespace flow::render

// SPDX-License-Identifier: BSD-3-Clause
// The Internet checksum (RFC 1071) of IPv4 headers and UDP datagrams. Pure; per frame, where the
// port is told to verify and its driver did not.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/packet/frame.hpp"

namespace flow::packet {

enum class Checksum : std::uint8_t {
    good,
    none,  ///< the sender made none: allowed in UDP over IPv4 only (RFC 768, RFC 8200 §8.1)
    bad,
};

/// The ones' complement sum of 16-bit words, an odd last byte filled up with zeros; in the byte
/// order of memory, so that 0xffff, over what includes its own checksum, means right.
[[nodiscard]] std::uint16_t ones_sum(Bytes bytes) noexcept;

/// Of the datagram that find_udp() found: its header still lies in front of its payload. Over
/// IPv4-mapped addresses IPv6 counts as IPv4.
[[nodiscard]] Checksum verify_udp(const UdpFrame& found) noexcept;

/// Of the IP header in a frame in which find_udp() or find_fragment() found something. IPv6 headers
/// have none.
[[nodiscard]] Checksum verify_ip_header(Bytes frame, LinkType link) noexcept;

/// Both: `bad` when one of them is, else what the datagram has.
[[nodiscard]] inline Checksum verify(Bytes frame, LinkType link, const UdpFrame& found) noexcept {
    const bool bad_header = verify_ip_header(frame, link) == Checksum::bad;
    return bad_header ? Checksum::bad : verify_udp(found);
}

/// The checksum of what had `checksum` when 16 of its bits change (RFC 1624 §3, equation 3). All in
/// one byte order, whichever.
[[nodiscard]] constexpr std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t from,
                                                       std::uint16_t to) noexcept {
    std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
    sum += static_cast<std::uint16_t>(~from);
    sum += to;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

}  // namespace flow::packet

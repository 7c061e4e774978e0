// SPDX-License-Identifier: BSD-3-Clause
// The Internet checksum (RFC 1071).
#pragma once

#include <cstdint>

namespace flow::packet {

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

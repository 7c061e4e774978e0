// SPDX-License-Identifier: BSD-3-Clause
// From the start of a frame to its IP header. In a header, because find_udp() needs it inline.
#pragma once

#include <cstdint>

#include "flow/packet/frame.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/packet/vlan.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {

/// The 4-byte address family of BSD loopback captures. It is in the byte order of the machine that
/// captured, and the number of IPv6 differs between systems, so all of them count.
[[nodiscard]] inline std::uint16_t ethertype_of_family(std::uint32_t family) noexcept {
    if (family > 0xffff) family = __builtin_bswap32(family);
    switch (family) {
        case 2: return ethertype::ipv4;
        case 10:  // Linux
        case 24:  // NetBSD, OpenBSD
        case 28:  // FreeBSD
        case 30:  // macOS
            return ethertype::ipv6;
        default: return 0;
    }
}

/// Reads the link header and its tags; 0 when that is no IP. `in` stands behind it, or is latched.
[[nodiscard]] inline std::uint16_t read_link(wire::Cursor& in, LinkType link) noexcept {
    switch (link) {
        case LinkType::ethernet: return read_vlan_tags(in, in.block<14>().u16<12>()).ethertype;
        case LinkType::linux_sll: return read_vlan_tags(in, in.block<16>().u16<14>()).ethertype;
        case LinkType::linux_sll2: return read_vlan_tags(in, in.block<20>().u16<0>()).ethertype;
        case LinkType::null_loopback: return ethertype_of_family(in.block<4>().u32<0>());
        case LinkType::raw_ip: break;
    }
    wire::Cursor first = in;
    const std::uint8_t version = first.u8() >> 4;
    if (first.failed()) in = first;
    if (version == 4) return ethertype::ipv4;
    return version == 6 ? ethertype::ipv6 : std::uint16_t{0};
}

}  // namespace flow::packet

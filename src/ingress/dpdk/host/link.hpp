// SPDX-License-Identifier: BSD-3-Clause
// The Ethernet header of a frame with its VLAN tags, read; and the kinds of link addresses.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/packet/vlan.hpp"
#include "flow/wire/cursor.hpp"
#include "ingress/dpdk/host/identity.hpp"

namespace flowd::dpdk::host {

inline constexpr std::uint16_t ethertype_arp = 0x0806;
inline constexpr Mac broadcast_mac{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/// Borrows the frame.
struct Link {
    flow::Bytes destination{};
    flow::Bytes source{};
    flow::Bytes tags{};      ///< as they came: type and tag, four bytes each
    std::uint16_t vlan = 0;  ///< of the outer tag; 0 also without any
    std::uint16_t ethertype = 0;
    flow::Bytes payload{};  ///< padding included
};

[[nodiscard]] inline bool same(flow::Bytes left, flow::Bytes right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

[[nodiscard]] inline Mac mac_of(flow::Bytes six) noexcept {
    Mac mac{};
    std::copy_n(six.begin(), std::min(six.size(), mac.size()), mac.begin());
    return mac;
}

/// One station's, so that a reply may go there.
[[nodiscard]] inline bool is_station(flow::Bytes mac) noexcept {
    constexpr Mac none{};
    return mac.size() == none.size() && (mac[0] & 1) == 0 && !same(mac, none);
}

/// False: it is cut off in its header or in a tag, or has more tags than anyone uses.
[[nodiscard]] inline bool read_link(flow::Bytes frame, Link& link) noexcept {
    constexpr std::size_t addresses_size = 12;
    flow::wire::Cursor in{frame};
    const auto header = in.block<14>();
    if (in.failed()) return false;
    const auto tags = flow::packet::read_vlan_tags(in, header.u16<12>());
    if (in.failed() || flow::packet::is_vlan(tags.ethertype)) return false;
    link.destination = frame.first(6);
    link.source = frame.subspan(6, 6);
    link.tags = frame.subspan(addresses_size, tags.count * 4);
    link.vlan = tags.outer_id;
    link.ethertype = tags.ethertype;
    link.payload = in.rest();
    return true;
}

/// The group address of the link for an IP group (RFC 1112 §6.4, RFC 2464 §7).
[[nodiscard]] inline Mac group_mac(flow::Bytes group) noexcept {
    if (group.size() == 4) {
        return {0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group[1] & 0x7f), group[2], group[3]};
    }
    return {0x33, 0x33, group[12], group[13], group[14], group[15]};
}

}  // namespace flowd::dpdk::host

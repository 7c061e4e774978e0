// SPDX-License-Identifier: BSD-3-Clause
// VLAN tags (IEEE 802.1Q, 802.1ad): four bytes each, between a header that ends in an ethertype and
// what that ethertype announces. The same behind Ethernet and behind Linux cooked headers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {

/// Tags that are walked; a frame with more keeps the ethertype of the fifth. Two are in use.
inline constexpr std::size_t vlan_tags_max = 4;

struct VlanTags {
    std::uint16_t ethertype = 0;      ///< behind the last tag that was read
    std::uint16_t outer_id = 0;       ///< the 12-bit identifier of the first tag
    std::uint16_t inner_id = 0;       ///< that of the second tag
    std::uint8_t outer_priority = 0;  ///< 3 bits, of the first tag
    std::size_t count = 0;
};

[[nodiscard]] constexpr bool is_vlan(std::uint16_t type) noexcept {
    return type == ethertype::vlan || type == ethertype::vlan_service ||
           type == ethertype::vlan_stacked;
}

/// Reads tags while `type` announces one. A tag that is cut off latches `in`, and its own ethertype
/// is what stays.
[[nodiscard]] inline VlanTags read_vlan_tags(wire::Cursor& in, std::uint16_t type) noexcept {
    VlanTags tags{.ethertype = type};
    while (is_vlan(tags.ethertype) && tags.count < vlan_tags_max) {
        const auto tag = in.block<4>();
        if (in.failed()) break;
        if (tags.count == 0) {
            tags.outer_id = tag.u16<0>() & 0x0fff;
            tags.outer_priority = tag.u8<0>() >> 5;
        }
        if (tags.count == 1) tags.inner_id = tag.u16<0>() & 0x0fff;
        tags.ethertype = tag.u16<2>();
        ++tags.count;
    }
    return tags;
}

}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// What a frame that holds one part of an IP packet says of that part. Pure; called per fragment,
// by who puts them together.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/result.hpp"
#include "flow/model/address.hpp"
#include "flow/packet/frame.hpp"

namespace flow::packet {

/// Sizes and offsets are bytes. In the frame lie, in this order: `link_size` bytes, `header_size`
/// bytes, and the part itself; what follows is padding.
struct Fragment {
    Address source{};
    Address destination{};
    std::uint32_t id = 0;           ///< with the addresses: which packet this is a part of
    std::uint16_t link_size = 0;    ///< link header and tags: where the IP header starts
    std::uint16_t header_size = 0;  ///< what each part repeats: up to the fragment header's end
    std::uint16_t offset = 0;       ///< where in the whole this part belongs; a multiple of 8
    std::uint16_t size = 0;         ///< of the part; above 0, and a multiple of 8 if `more`
    std::uint8_t version = 0;       ///< 4 or 6: mapped addresses of IPv6 are IPv4 ones here
    std::uint8_t protocol = 0;      ///< of the whole: UDP, or (IPv6 only) an extension header
    bool more = false;              ///< parts behind this one exist

    [[nodiscard]] std::uint32_t end() const noexcept { return std::uint32_t{offset} + size; }
    /// The bytes of the frame that count.
    [[nodiscard]] std::size_t frame_size() const noexcept {
        return std::size_t{link_size} + header_size + size;
    }
};

/// For frames of which find_udp() says `frame_fragment`, and as strict: a part is whole, or there
/// is a reason. `frame_truncated`: the frame ends before the part does. `frame_bad_ip`: no packet
/// has such a part, as it is empty, ends past 65,535 bytes, or is followed by others although its
/// size is no multiple of 8 (RFC 791 §3.2, RFC 8200 §4.5). `frame_not_udp`: it is another
/// protocol's. A frame without a fragment has find_udp()'s reason, or is `frame_bad_ip`.
[[nodiscard]] Result<Fragment> find_fragment(Bytes frame, LinkType link) noexcept;

}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// Out of line, because packets with extension headers are rare: the callers' common case is to find
// none.
#include "flow/packet/extensions.hpp"

#include "flow/wire/cursor.hpp"

namespace flow::packet {
namespace {

/// Every extension header is at least this long, and `block<8>` of it holds what is needed here.
constexpr std::size_t extension_size_min = 8;

}  // namespace

UpperLayer walk_extensions(std::uint8_t next_header, Bytes bytes, StopAt stop) noexcept {
    UpperLayer upper{.protocol = next_header};
    wire::Cursor in{bytes};
    for (std::size_t count = 0; is_extension(upper.protocol); ++count) {
        if (count == extensions_max) return upper;
        const auto header = in.block<extension_size_min>();
        if (in.failed()) return upper;
        const std::uint8_t number = upper.protocol;
        // Known even when the body is cut off: a sampled SRv6 header often is longer than the
        // sample.
        upper.protocol = header.u8<0>();
        in.skip(extension_size(number, header.u8<1>()) - extension_size_min);
        if (in.failed()) return upper;
        if (number != protocol::fragment) continue;

        const std::uint16_t offset_and_more = header.u16<2>();
        upper.fragment_offset = static_cast<std::uint16_t>(offset_and_more >> 3);
        upper.fragment_flags = offset_and_more & 7;
        upper.fragment_id = header.u32<4>();
        // Offset 0 and no more to come is an atomic fragment (RFC 6946): a whole packet.
        upper.fragment = upper.fragment || (offset_and_more & 0xfff9) != 0;
        if (upper.fragment_offset != 0) break;
        if (upper.fragment && stop == StopAt::fragment) break;
    }
    upper.reached = true;
    upper.payload = in.rest();
    return upper;
}

}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// The chain of IPv6 extension headers (RFC 8200 §4; AH: RFC 4302 §2) between the fixed header and
// the upper layer. In any order and number up to a limit: the order is a recommendation that the
// network does not keep.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/packet/numbers.hpp"

namespace flow::packet {

/// Extension headers that are walked. RFC 8200 knows at most seven places for them.
inline constexpr std::size_t extensions_max = 8;

/// What stands behind the chain.
struct UpperLayer {
    std::uint8_t protocol = 0;  ///< the last next-header number that could be read
    bool reached = false;       ///< `payload` starts with `protocol`, or is a later fragment of it
    bool fragment = false;      ///< one of several parts: a fragment header that is not atomic
    std::uint8_t fragment_flags = 0;    ///< the low 3 bits beside the offset; 1: more to come
    std::uint16_t fragment_offset = 0;  ///< in units of 8 bytes
    std::uint32_t fragment_id = 0;
    Bytes payload{};
};

[[nodiscard]] constexpr bool is_extension(std::uint8_t number) noexcept {
    return number == protocol::hop_by_hop || number == protocol::routing ||
           number == protocol::fragment || number == protocol::authentication ||
           number == protocol::destination_options;
}

/// The size that a header with `number` announces in its second byte; 8 or more.
[[nodiscard]] constexpr std::size_t extension_size(std::uint8_t number,
                                                   std::uint8_t length) noexcept {
    if (number == protocol::fragment) return 8;  // the byte is reserved there
    if (number == protocol::authentication) return (length + 2U) * 4U;
    return (length + 1U) * 8U;
}

/// Where a walk ends. `fragment`: behind the first fragment header that is not atomic, even when it
/// is that of a first fragment, whose headers go on.
enum class StopAt : std::uint8_t { upper_layer, fragment };

/// Walks `bytes`, which start with the header that `next_header` names. Stops behind a fragment
/// header whose offset is not 0, because what follows is no header. Not reached: the bytes end
/// inside the chain, or it has more than `extensions_max` headers.
[[nodiscard]] UpperLayer walk_extensions(std::uint8_t next_header, Bytes bytes,
                                         StopAt stop = StopAt::upper_layer) noexcept;

}  // namespace flow::packet

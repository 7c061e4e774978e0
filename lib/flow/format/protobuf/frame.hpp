// SPDX-License-Identifier: BSD-3-Clause
// Framing: a message alone, or behind the varint of its length (what ClickHouse's Protobuf format
// and parseDelimitedFrom read). The prefix is canonical, so its size is known only when the message
// is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flow/format/protobuf/varint.hpp"

namespace flow::protobuf {

enum class Framing : std::uint8_t { bare, length_prefixed };

/// Most bytes that a length prefix takes: batches are 64 KiB.
inline constexpr std::size_t prefix_size_max = 3;

/// Where to write the message: behind a prefix of two bytes, the usual size (128 B to 16 KiB).
[[nodiscard]] inline std::uint8_t* message_begin(Framing framing, std::uint8_t* to) noexcept {
    return framing == Framing::bare ? to : to + 2;
}

/// Puts the prefix before the message, moving it when its length takes one or three bytes. Returns
/// the end.
inline std::uint8_t* finish_message(Framing framing, std::uint8_t* to, std::uint8_t* end) noexcept {
    if (framing == Framing::bare) return end;
    const auto size = static_cast<std::size_t>(end - (to + 2));
    if (size >= 0x80 && size < 0x4000) [[likely]] {
        to[0] = static_cast<std::uint8_t>(size | 0x80);
        to[1] = static_cast<std::uint8_t>(size >> 7);
        return end;
    }
    std::uint8_t prefix[prefix_size_max];
    const auto prefix_size = static_cast<std::size_t>(put_varint(prefix, size) - prefix);
    std::memmove(to + prefix_size, to + 2, size);
    std::memcpy(to, prefix, prefix_size);
    return to + prefix_size + size;
}

}  // namespace flow::protobuf

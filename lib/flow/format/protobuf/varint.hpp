// SPDX-License-Identifier: BSD-3-Clause
// Protobuf's wire format (protobuf.dev, "Encoding"): tags and base-128 varints. A plain encoder,
// and one without branches on the value, for a value is new in every record and a branch on it is
// mispredicted.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace flow::protobuf {

enum class WireType : std::uint8_t { varint = 0, length_delimited = 2 };

inline constexpr std::size_t varint_size_max = 10;

/// A field's tag as its bytes on the wire, first byte lowest.
struct Tag {
    std::uint32_t bytes = 0;
    std::uint32_t size = 0;  ///< 1, 2 or 3: field numbers up to 2^18
};

[[nodiscard]] constexpr Tag make_tag(std::uint32_t number, WireType type) noexcept {
    std::uint32_t rest = number << 3 | static_cast<std::uint32_t>(type);
    Tag tag;
    for (; rest >= 0x80; rest >>= 7) tag.bytes |= ((rest & 0x7f) | 0x80) << (8 * tag.size++);
    tag.bytes |= rest << (8 * tag.size++);
    return tag;
}

inline std::uint8_t* put_varint(std::uint8_t* to, std::uint64_t value) noexcept {
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<std::uint8_t>(value | 0x80);
    *to++ = static_cast<std::uint8_t>(value);
    return to;
}

inline std::uint8_t* put_tag(std::uint8_t* to, Tag tag) noexcept {
    std::memcpy(to, &tag.bytes, sizeof tag.bytes);
    return to + tag.size;
}

/// The low 56 bits, seven to a byte.
[[nodiscard]] constexpr std::uint64_t spread_sevens(std::uint64_t value) noexcept {
    value = (value & 0x000000000fffffff) | (value & 0x00fffffff0000000) << 4;
    value = (value & 0x00003fff00003fff) | (value & 0x0fffc0000fffc000) << 2;
    return (value & 0x007f007f007f007f) | (value & 0x3f803f803f803f80) << 1;
}

/// Bytes that put_field may touch: a tag's four and a lane's eight, or the longest varint.
inline constexpr std::size_t field_size_max = 3 + varint_size_max;
inline constexpr std::size_t field_slack = 16;

/// Tag and varint, or nothing for 0 (proto3 leaves defaults out). Writes up to field_slack bytes
/// past the result.
inline std::uint8_t* put_field(std::uint8_t* to, Tag tag, std::uint64_t value) noexcept {
    std::uint8_t* const lane = put_tag(to, tag);
    if (value >> 56 != 0) [[unlikely]]
        return put_varint(lane, value);
    const unsigned size = (static_cast<unsigned>(std::bit_width(value | 1)) + 6) / 7;
    const std::uint64_t more = (std::uint64_t{1} << (8 * (size - 1))) - 1;
    const std::uint64_t bytes = spread_sevens(value) | (more & 0x8080808080808080);
    std::memcpy(lane, &bytes, sizeof bytes);
    return value == 0 ? to : lane + size;
}

}  // namespace flow::protobuf

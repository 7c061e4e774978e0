// SPDX-License-Identifier: BSD-3-Clause
// Protobuf's wire format (protobuf.dev, "Encoding"): tags and base-128 varints. A plain encoder,
// and one without branches on the value, for a value is new in every record and a branch on it is
// mispredicted.
#pragma once

#include <array>
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

/// Spreads a value's low 56 bits, seven to a byte, with what every CPU has.
struct PortableSpread {
    [[nodiscard]] static constexpr std::uint64_t spread(std::uint64_t value) noexcept {
        value = (value & 0x000000000fffffff) | (value & 0x00fffffff0000000) << 4;
        value = (value & 0x00003fff00003fff) | (value & 0x0fffc0000fffc000) << 2;
        return (value & 0x007f007f007f007f) | (value & 0x3f803f803f803f80) << 1;
    }
    /// To the bits of `groups`, behind `tag_size` bytes for the tag.
    [[nodiscard]] static std::uint64_t spread(std::uint64_t value, std::uint64_t groups,
                                              unsigned tag_size) noexcept {
        return spread(value) << (8 * tag_size) & groups;
    }
};

/// The same with BMI2's pdep, one instruction. As assembly, because a function with a target
/// attribute is not inlined into a template that has none.
struct Bmi2Spread {
    [[nodiscard]] static std::uint64_t spread(std::uint64_t value) noexcept {
        return spread(value, 0x7f7f7f7f7f7f7f7f, 0);
    }
    [[nodiscard]] static std::uint64_t spread(std::uint64_t value, std::uint64_t groups,
                                              unsigned) noexcept {
        std::uint64_t spread;
        asm("pdep %2, %1, %0" : "=r"(spread) : "r"(value), "r"(groups));
        return spread;
    }
};

/// Bytes that put_field may touch, whatever it returns: a tag and the longest varint, or a tag and
/// a lane of eight.
inline constexpr std::size_t field_size_max = 3 + varint_size_max;

/// Tables by the number of leading zero bits of a lane (of its groups, before tag and continuation
/// bits).
struct Lanes {
    /// The top bit of every byte below the highest one in use, tag bytes included.
    std::array<std::uint64_t, 65> more{};
    /// Bytes in use. 0 for a value of 0: proto3 leaves defaults out, tag and all.
    std::array<std::uint8_t, 65> sizes{};
};

[[nodiscard]] constexpr Lanes make_lanes() noexcept {
    Lanes lanes;
    for (std::size_t zeros = 0; zeros < 64; ++zeros) {
        lanes.sizes[zeros] = static_cast<std::uint8_t>((71 - zeros) / 8);
        lanes.more[zeros] = (~std::uint64_t{0} >> zeros >> 1) & 0x8080808080808080;
    }
    return lanes;
}

inline constexpr Lanes lane_table = make_lanes();

/// A tag for put_lane: its continuation bits are in Lanes::more already.
[[nodiscard]] constexpr std::uint64_t lane_tag(Tag tag) noexcept {
    return tag.bytes ^ (0x808080 & ((std::uint64_t{1} << (8 * tag.size)) - 1));
}

/// Finishes a lane whose groups have been spread. Eight bytes are written.
[[gnu::always_inline]] inline std::uint8_t* put_lane(std::uint8_t* to, std::uint64_t groups,
                                                     std::uint64_t tag) noexcept {
    const auto zeros = static_cast<std::size_t>(std::countl_zero(groups));
    const std::uint64_t lane = groups ^ lane_table.more[zeros] ^ tag;
    std::memcpy(to, &lane, sizeof lane);
    return to + lane_table.sizes[zeros];
}

/// Tag and varint, or nothing for 0. No branch depends on values below 2^56.
template <class Spread = PortableSpread>
[[gnu::always_inline]] inline std::uint8_t* put_field(std::uint8_t* to, Tag tag,
                                                      std::uint64_t value) noexcept {
    std::uint8_t* const varint = put_tag(to, tag);
    if (value >> 56 != 0) [[unlikely]]
        return put_varint(varint, value);
    std::uint8_t* const end = put_lane(varint, Spread::spread(value), 0);
    return value == 0 ? to : end;
}

}  // namespace flow::protobuf

// SPDX-License-Identifier: BSD-3-Clause
// What one shuffle of 32 bytes takes out of a record: two halves of 16 bytes, each of them two
// lanes or a piece of the message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bits.hpp"
#include "flow/format/protobuf/varint.hpp"
#include "flow/format/protobuf/windows.hpp"

namespace flow::protobuf {

inline constexpr unsigned varint_group_bits = 7;
inline constexpr unsigned byte_bits = 8;

/// Bits of a value for which a lane has room behind its tag.
[[nodiscard]] constexpr unsigned lane_room(unsigned tag_size) noexcept {
    return varint_group_bits * (static_cast<unsigned>(lane_size) - tag_size);
}

/// Whole bytes of the record that are a number.
struct NumberSource {
    std::uint16_t offset = 0;
    bool little = false;
    unsigned size = 0;  ///< at most 8; 0: the record has no part in it
    unsigned bits = 0;  ///< that count, lowest first
};

/// Half a group, while it is being made: byte by byte.
class Half {
public:
    static constexpr std::size_t size = 2 * lane_size;
    /// Of a lane's tag: is flipped, like its continuation bits, when the lane is written.
    static constexpr std::uint64_t counted_bit = 1;

    /// Lane 0 or 1: the tag, then the value, lowest byte first, as much as there is room for. Its
    /// varint is made when it is written. `literal` is the value when the record has no part in it.
    void put_lane(std::size_t lane, Tag tag, const NumberSource& source,
                  std::uint64_t literal) noexcept;

    /// A piece's next bytes. False when there is no room, or when the record's byte lies too far
    /// from the others: the piece ends before it.
    [[nodiscard]] bool append(std::uint8_t byte) noexcept;
    [[nodiscard]] bool append_from(std::uint16_t offset) noexcept;
    /// Bytes that have been appended.
    [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
    friend class GroupMaker;
    static constexpr std::uint16_t no_byte = UINT16_MAX;

    /// One that only the record's byte at `from` decides, or nothing.
    struct Byte {
        std::uint16_t from = no_byte;
        std::uint8_t bits = 0;   ///< of the record's byte that are kept
        std::uint8_t fixed = 0;  ///< what else it has
        /// What the lane has no room for: the record's byte at `beyond_at`, these bits.
        std::uint16_t beyond_at = no_byte;
        std::uint8_t beyond = 0;
    };
    std::array<Byte, size> bytes_{};
    std::size_t used_ = 0;
};

/// Two halves, as kernels want them.
struct alignas(2 * Half::size) GatherGroup {
    static constexpr std::size_t size = 2 * Half::size;
    using Bytes = std::array<std::uint8_t, size>;

    Bytes index;   ///< of each byte in its half of the 32 loaded ones; 0x80: none
    Bytes bits;    ///< of each byte that are the record's
    Bytes fixed;   ///< tags as lane_tag() has them, heads and literals
    Bytes beyond;  ///< loaded bits for which a lane has no room
    /// Where eight bytes are loaded, four times. Of a half that is loaded whole the first counts.
    std::array<std::uint16_t, 4> offsets;
    /// Whether the 16 bytes of its halves lie side by side.
    enum Kind : std::uint8_t {
        nothing,  ///< of the record
        plain,    ///< both halves do; all bits of all bytes count, and nothing is beyond
        whole,    ///< both do
        low_whole,
        high_whole,
        scattered,
    } kind;
};

[[nodiscard]] GatherGroup make_group(const Half& low, const Half& high) noexcept;

}  // namespace flow::protobuf

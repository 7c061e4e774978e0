// SPDX-License-Identifier: BSD-3-Clause
// Where the bytes of a group are loaded, and where they go.
#include "flow/format/protobuf/gather.hpp"

#include <algorithm>
#include <cstring>

namespace flow::protobuf {

void Half::put_lane(std::size_t lane, Tag tag, const NumberSource& source,
                    std::uint64_t literal) noexcept {
    Byte* const bytes = &bytes_[lane * lane_size];
    const std::uint64_t fixed = (lane_tag(tag) ^ counted_bit) | literal << (byte_bits * tag.size);
    for (unsigned i = 0; i < lane_size; ++i) {
        bytes[i].fixed = static_cast<std::uint8_t>(fixed >> (i * byte_bits));
    }
    const std::uint64_t room = low_bits(lane_room(tag.size));
    for (unsigned i = 0; i < source.size; ++i) {
        const unsigned distance = source.little ? i : source.size - 1 - i;
        const auto from = static_cast<std::uint16_t>(source.offset + distance);
        const auto wanted = static_cast<std::uint8_t>(low_bits(source.bits) >> (i * byte_bits));
        const auto kept = static_cast<std::uint8_t>(room >> (i * byte_bits));
        if ((wanted & ~kept) != 0) {
            bytes[i].beyond_at = from;
            bytes[i].beyond = static_cast<std::uint8_t>(wanted & ~kept);
        }
        if (tag.size + i >= lane_size) continue;
        bytes[tag.size + i].from = from;
        bytes[tag.size + i].bits = wanted;
    }
}

bool Half::append(std::uint8_t byte) noexcept {
    if (used_ == size) return false;
    bytes_[used_++].fixed = byte;
    return true;
}

bool Half::append_from(std::uint16_t offset) noexcept {
    if (used_ == size) return false;
    for (const Byte& byte : bytes_) {
        if (byte.from == no_byte) continue;
        const unsigned low = std::min(byte.from, offset);
        const unsigned high = std::max(byte.from, offset);
        if (high - low >= size) return false;
    }
    bytes_[used_].from = offset;
    bytes_[used_++].bits = 0xff;
    return true;
}

/// Puts one half after the other into a group.
class GroupMaker {
public:
    explicit GroupMaker(GatherGroup& group) noexcept : group_{group} {}

    void put(const Half& half, std::size_t place) noexcept {
        const std::span<const Half::Byte> bytes = half.bytes_;
        const Range all = range_of(bytes);
        const bool whole = all.first + Half::size >= all.end;
        whole_[place] = whole;
        const Range low = whole ? all : range_of(bytes.first(lane_size));
        const Range high = whole ? all : range_of(bytes.last(lane_size));
        group_.offsets[2 * place] = low.first;
        group_.offsets[2 * place + 1] = high.first;
        for (std::size_t i = 0; i < Half::size; ++i) {
            // Of a half that is not whole the second eight bytes are loaded behind the first.
            const bool second = !whole && i >= lane_size;
            const std::uint16_t first = second ? high.first : low.first;
            put_byte(bytes[i], place * Half::size, i, (second ? lane_size : 0), first);
        }
    }

    [[nodiscard]] GatherGroup::Kind kind() const noexcept {
        if (!any_) return GatherGroup::nothing;
        if (whole_[0] && whole_[1]) return plain_ ? GatherGroup::plain : GatherGroup::whole;
        if (whole_[0]) return GatherGroup::low_whole;
        return whole_[1] ? GatherGroup::high_whole : GatherGroup::scattered;
    }

private:
    struct Range {
        std::uint16_t first = 0;
        std::uint16_t end = 0;
    };

    static Range range_of(std::span<const Half::Byte> bytes) noexcept {
        Range range{UINT16_MAX, 0};
        for (const Half::Byte& byte : bytes) {
            for (const std::uint16_t at : {byte.from, byte.beyond_at}) {
                if (at == Half::no_byte) continue;
                range.first = std::min(range.first, at);
                range.end = std::max(range.end, static_cast<std::uint16_t>(at + 1));
            }
        }
        return range.end == 0 ? Range{} : range;
    }

    void put_byte(const Half::Byte& byte, std::size_t half, std::size_t place, std::size_t loaded,
                  std::uint16_t first) noexcept {
        group_.fixed[half + place] = byte.fixed;
        if (byte.beyond_at != Half::no_byte) {
            group_.beyond[half + loaded + byte.beyond_at - first] |= byte.beyond;
            plain_ = false;
        }
        any_ |= byte.fixed != 0;
        if (byte.from == Half::no_byte) return;
        any_ = true;
        group_.index[half + place] = static_cast<std::uint8_t>(loaded + byte.from - first);
        group_.bits[half + place] = byte.bits;
        plain_ &= byte.bits == 0xff;
    }

    GatherGroup& group_;
    std::array<bool, 2> whole_{};
    bool plain_ = true;
    bool any_ = false;  ///< something is to be gathered, or the same for all
};

GatherGroup make_group(const Half& low, const Half& high) noexcept {
    constexpr std::uint8_t nothing = 0x80;
    GatherGroup group{};
    group.index.fill(nothing);
    GroupMaker maker{group};
    maker.put(low, 0);
    maker.put(high, 1);
    group.kind = maker.kind();
    return group;
}

}  // namespace flow::protobuf

// SPDX-License-Identifier: BSD-3-Clause
// Byte by byte: mappings are few, and their fields short.
#include "flow/packet/bits.hpp"

#include <algorithm>

namespace flow::packet {
namespace {

[[nodiscard]] constexpr std::size_t bytes_of(std::uint64_t bits) noexcept {
    return static_cast<std::size_t>((bits + 7) / 8);
}

/// Bits that are missing in the last of the bytes that `bits` fill.
[[nodiscard]] constexpr unsigned spare_bits(std::uint64_t bits) noexcept {
    return static_cast<unsigned>((8 - bits % 8) % 8);
}

/// `from` is where the range's first byte begins, and not empty.
[[nodiscard]] Bytes extract_as_v1(Bytes from, BitRange range, Extracted& out) noexcept {
    const unsigned shift = range.offset % 8;
    const std::uint64_t end = shift + range.length;
    const std::size_t size = std::min({bytes_of(end), from.size(), out.size()});
    const unsigned low_bits = (1U << shift) - 1;
    for (std::size_t i = 0; i < size; ++i) {
        const unsigned next = i + 1 < size ? from[i + 1] & low_bits : 0;
        out[i] = static_cast<std::uint8_t>(from[i] << shift | next);
    }
    out[size - 1] &= static_cast<std::uint8_t>(0xffU << spare_bits(end));
    return Bytes{out}.first(size);
}

[[nodiscard]] Bytes extract_as_v2(Bytes from, BitRange range, Extracted& out) noexcept {
    const unsigned shift = range.offset % 8;
    const std::size_t size = bytes_of(range.length);
    // Bits behind the range come along in the last byte; it loses them to the right.
    const auto at = [&](std::size_t i) { return i < from.size() ? unsigned{from[i]} : 0U; };
    for (std::size_t i = 0; i < size; ++i) {
        out[i] = static_cast<std::uint8_t>((at(i) << 8 | at(i + 1)) >> (8 - shift));
    }
    out[size - 1] = static_cast<std::uint8_t>(out[size - 1] >> spare_bits(range.length));
    return Bytes{out}.first(size);
}

}  // namespace

Bytes extract_bits(Bytes data, BitRange range, Dialect dialect, Extracted& out) noexcept {
    range.length = std::min<std::uint64_t>(range.length, extracted_size_max * 8);
    if (range.length == 0 || range.offset > data.size() * std::uint64_t{8}) return {};
    const Bytes from = data.subspan(static_cast<std::size_t>(range.offset / 8));
    if (dialect != Dialect::goflow2_v1) return extract_as_v2(from, range, out);
    if (from.empty()) return {};
    return extract_as_v1(from, range, out);
}

}  // namespace flow::packet

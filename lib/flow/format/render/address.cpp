// SPDX-License-Identifier: BSD-3-Clause
// Hexadecimal text: IPv6 groups and MACs, without branches. The digits of a whole IPv6 address are
// one shuffle; each group is written whether it is printed or not, and only how far the next one
// moves depends on it.
#include "flow/format/render/address.hpp"

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>

namespace flow::render {

namespace {

constexpr std::size_t group_count = 8;

/// Which groups `::` stands for.
struct Gap {
    std::uint8_t first = group_count;  ///< group_count: there is none
    std::uint8_t size = 0;
};

/// The longest run of zero groups, the first of equals, never a single one (RFC 5952 §4.2.2 and
/// §4.2.3). Bit i of `zeros` is set when group i is zero.
constexpr Gap find_gap(unsigned zeros) noexcept {
    Gap best;
    Gap run;
    for (std::uint8_t i = 0; i < group_count; ++i) {
        if ((zeros >> i & 1U) == 0) {
            run = Gap{};
            continue;
        }
        if (run.size == 0) run.first = i;
        ++run.size;
        if (run.size > best.size && run.size > 1) best = run;
    }
    return best;
}

/// The same, as the loop over the groups wants it.
struct Shape {
    std::array<std::uint8_t, group_count> colons{};  ///< written for each group of the gap
    std::uint8_t hidden = 0;                         ///< groups of the gap, a bit each
    std::uint8_t surplus = 1;                        ///< colons at the end that are one too many
};

constexpr std::array<Shape, 1U << group_count> make_shapes() noexcept {
    std::array<Shape, 1U << group_count> shapes{};
    for (unsigned zeros = 0; zeros < shapes.size(); ++zeros) {
        const Gap gap = find_gap(zeros);
        if (gap.size == 0) continue;
        Shape& shape = shapes[zeros];
        shape.hidden = static_cast<std::uint8_t>(((1U << gap.size) - 1) << gap.first);
        // The group before it has brought a colon already.
        shape.colons[gap.first] = gap.first == 0 ? 2 : 1;
        if (gap.first + gap.size == group_count) shape.surplus = 0;
    }
    return shapes;
}

/// By the set of zero groups, so that an address costs one look-up instead of a search.
constexpr auto shapes = make_shapes();

/// The nibbles of an address in reading order.
struct Nibbles {
    __m128i first;
    __m128i second;
};

[[nodiscard]] Nibbles nibbles_of(__m128i octets) noexcept {
    const __m128i low = _mm_set1_epi8(0x0f);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(octets, 4), low);
    const __m128i lower = _mm_and_si128(octets, low);
    return {_mm_unpacklo_epi8(high, lower), _mm_unpackhi_epi8(high, lower)};
}

/// A bit for each byte that is not 0.
[[nodiscard]] unsigned used_bytes(__m128i bytes) noexcept {
    const __m128i zero = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());
    return ~static_cast<unsigned>(_mm_movemask_epi8(zero)) & 0xffffU;
}

/// A bit for each group that is 0.
[[nodiscard]] unsigned zero_groups(__m128i octets) noexcept {
    const __m128i zero = _mm_cmpeq_epi16(octets, _mm_setzero_si128());
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(zero, _mm_setzero_si128())));
}

/// One byte per nibble to its lower-case digit: 'a' is 39 further from 10 than '0' is from 0.
template <class Word>
[[nodiscard]] constexpr Word to_ascii(Word nibbles, Word ones) noexcept {
    const Word letters = (nibbles + ones * 6) >> 4 & ones;
    return nibbles + ones * '0' + letters * 39;
}

}  // namespace

std::uint8_t* ipv6(std::uint8_t* to, const std::uint8_t* octets) noexcept {
    constexpr std::uint64_t mapped = 0xffff;
    if (load_be64(octets) == 0 && load_be32(octets + 8) == mapped) return ipv4(to, octets + 12);

    const __m128i address = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets));
    const Shape& shape = shapes[zero_groups(address)];
    const Nibbles nibbles = nibbles_of(address);
    const unsigned used = used_bytes(nibbles.first) | used_bytes(nibbles.second) << 16;
    const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b',
                                         'c', 'd', 'e', 'f');
    alignas(16) std::array<std::uint8_t, 2 * sizeof address> text;
    _mm_store_si128(reinterpret_cast<__m128i*>(text.data()),
                    _mm_shuffle_epi8(digits, nibbles.first));
    _mm_store_si128(reinterpret_cast<__m128i*>(text.data() + sizeof address),
                    _mm_shuffle_epi8(digits, nibbles.second));
    for (unsigned i = 0; i < group_count; ++i) {
        // Without leading zeros (RFC 5952 §4.1), but with the last digit.
        const auto leading = static_cast<unsigned>(std::countr_zero((used >> 4 * i & 0xf) | 8U));
        std::uint32_t group;
        std::memcpy(&group, text.data() + std::size_t{4} * i, sizeof group);
        const std::uint64_t shown = group >> 8 * leading | std::uint64_t{':'} << 8 * (4 - leading);
        constexpr std::uint64_t colons = ':' << 8 | ':';
        const std::uint64_t hidden = -std::uint64_t{shape.hidden >> i & 1U};
        const std::uint64_t chosen = (shown & ~hidden) | (colons & hidden);
        std::memcpy(to, &chosen, sizeof chosen);
        to += ((5 - leading) & ~hidden) | (shape.colons[i] & hidden);
    }
    return to - shape.surplus;
}

std::uint8_t* mac(std::uint8_t* to, std::uint64_t value) noexcept {
    // Octets in reading order from the lowest byte, then two nibbles and a colon for each.
    const std::uint64_t octets = __builtin_bswap64(value << 16);
    for (std::size_t i = 0; i < 6; ++i) {
        const auto octet = static_cast<std::uint32_t>(octets >> 8 * i & 0xff);
        const std::uint32_t pair = to_ascii<std::uint32_t>(octet >> 4 | (octet & 0xf) << 8, 0x0101);
        const std::uint32_t text = pair | std::uint32_t{':'} << 16;
        std::memcpy(to + 3 * i, &text, sizeof text);
    }
    return to + mac_size;
}

}  // namespace flow::render

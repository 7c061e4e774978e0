// SPDX-License-Identifier: BSD-3-Clause
// Hexadecimal text: IPv6 groups and MACs. Four digits are computed side by side in one word, as in
// decimal.hpp; only the place of `::` takes branches.
#include "flow/format/render/address.hpp"

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

constexpr std::array<Gap, 1U << group_count> find_gaps() noexcept {
    std::array<Gap, 1U << group_count> gaps{};
    for (unsigned zeros = 0; zeros < gaps.size(); ++zeros) gaps[zeros] = find_gap(zeros);
    return gaps;
}

/// By the set of zero groups, so that an address costs one look-up instead of a search.
constexpr auto gaps = find_gaps();

/// One byte per nibble to its lower-case digit: 'a' is 39 further from 10 than '0' is from 0.
template <class Word>
[[nodiscard]] constexpr Word to_ascii(Word nibbles, Word ones) noexcept {
    const Word letters = (nibbles + ones * 6) >> 4 & ones;
    return nibbles + ones * '0' + letters * 39;
}

/// One group without leading zeros (RFC 5952 §4.1).
std::uint8_t* group(std::uint8_t* to, std::uint16_t value) noexcept {
    const std::uint32_t bytes = value >> 8 | (value & 0xffU) << 16;
    const std::uint32_t nibbles = (bytes >> 4 & 0x000f'000f) | (bytes & 0x000f'000f) << 8;
    const int leading = std::countr_zero(nibbles | std::uint32_t{1} << 24) & ~7;
    const std::uint32_t text = to_ascii<std::uint32_t>(nibbles, 0x0101'0101) >> leading;
    std::memcpy(to, &text, sizeof text);
    return to + (4 - leading / 8);
}

}  // namespace

std::uint8_t* ipv6(std::uint8_t* to, const std::uint8_t* octets) noexcept {
    constexpr std::uint64_t mapped = 0xffff;
    if (load_be64(octets) == 0 && load_be32(octets + 8) == mapped) return ipv4(to, octets + 12);

    std::array<std::uint16_t, group_count> groups;
    unsigned zeros = 0;
    for (std::size_t i = 0; i < group_count; ++i) {
        groups[i] = load_be16(octets + 2 * i);
        zeros |= (groups[i] == 0 ? 1U : 0U) << i;
    }
    const Gap gap = gaps[zeros];
    for (std::size_t i = 0; i < gap.first; ++i) {
        to = group(to, groups[i]);
        *to++ = ':';
    }
    if (gap.size == 0) return to - 1;  // without the last colon
    if (gap.first == 0) *to++ = ':';
    *to++ = ':';
    const std::size_t behind = std::size_t{gap.first} + gap.size;
    if (behind == group_count) return to;
    for (std::size_t i = behind; i < group_count; ++i) {
        to = group(to, groups[i]);
        *to++ = ':';
    }
    return to - 1;
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

// SPDX-License-Identifier: BSD-3-Clause
// Decimal numbers, eight digits at a time in one word, without a branch per digit: leading zeros
// are shifted out. Stores are wider than what they write, whatever the length, so the caller keeps
// `overshoot_max` bytes behind the longest text. Pure functions; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace flow::render {

/// No function of the plain way stores further than this behind the end of what it wrote. Programs
/// copy wider still (copy_wide), into rows with room for that.
inline constexpr std::size_t overshoot_max = 32;

inline constexpr std::size_t decimal_u64_size_max = 20;  // 18446744073709551615
inline constexpr std::size_t decimal_u32_size_max = 10;  // 4294967295

namespace detail {

inline constexpr std::uint64_t eight_places = 100'000'000;

/// An octet's digits without leading zeros, and a point behind them.
struct OctetText {
    std::array<char, 4> text{};
    std::uint32_t size = 0;  ///< without the point
};

constexpr std::array<OctetText, 256> make_octets() noexcept {
    std::array<OctetText, 256> octets{};
    for (std::uint32_t value = 0; value < octets.size(); ++value) {
        OctetText& octet = octets[value];
        for (std::uint32_t place = value < 10    ? 1
                                   : value < 100 ? 10
                                                 : 100;
             place != 0; place /= 10) {
            octet.text[octet.size++] = static_cast<char>('0' + value / place % 10);
        }
        octet.text[octet.size] = '.';
    }
    return octets;
}

inline constexpr auto octets = make_octets();

/// The digits of a value below 10^8, a byte for each, the first in the lowest. Halves, quarters and
/// eighths of the word are divided side by side, by multiplication: 10486 / 2^20 is a hundredth for
/// what is below 10,000, and 103 / 2^10 a tenth for what is below 100.
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint32_t value) noexcept {
    const std::uint64_t high = value / 10'000;
    const std::uint64_t fours = high | (value - high * 10'000) << 32;
    const std::uint64_t hundreds = fours * 10'486 >> 20 & 0x0000'007f'0000'007f;
    const std::uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    const std::uint64_t tens = twos * 103 >> 10 & 0x000f'000f'000f'000f;
    return tens | (twos - tens * 10) << 8;
}
static_assert(eight_digits(12'345'678) == 0x0807'0605'0403'0201);
static_assert(eight_digits(99'999'999) == 0x0909'0909'0909'0909);

inline constexpr std::uint64_t eight_zeros = 0x3030'3030'3030'3030;  // '0' each

inline std::uint8_t* all_eight(std::uint8_t* to, std::uint64_t value) noexcept {
    const std::uint64_t text = eight_digits(static_cast<std::uint32_t>(value)) | eight_zeros;
    std::memcpy(to, &text, sizeof text);
    return to + sizeof text;
}

/// A value below 10^8, without leading zeros.
inline std::uint8_t* first_eight(std::uint8_t* to, std::uint64_t value) noexcept {
    const std::uint64_t digits = eight_digits(static_cast<std::uint32_t>(value));
    // The last digit stays, whatever it is.
    const int leading = std::countr_zero(digits | std::uint64_t{1} << 56) & ~7;
    const std::uint64_t text = (digits | eight_zeros) >> leading;
    std::memcpy(to, &text, sizeof text);
    return to + (8 - leading / 8);
}

}  // namespace detail

inline std::uint8_t* decimal(std::uint8_t* to, std::uint64_t value) noexcept {
    using namespace detail;
    if (value < eight_places) [[likely]]
        return first_eight(to, value);
    // Twenty digits at most: 4 + 8 + 8. A time in milliseconds has thirteen.
    const std::uint64_t high = value / eight_places;
    if (high < eight_places) [[likely]] {
        to = first_eight(to, high);
    } else {
        to = all_eight(first_eight(to, high / eight_places), high % eight_places);
    }
    return all_eight(to, value - high * eight_places);
}

/// A number below 256.
inline std::uint8_t* decimal_octet(std::uint8_t* to, std::uint8_t value) noexcept {
    const detail::OctetText& octet = detail::octets[value];
    std::memcpy(to, octet.text.data(), octet.text.size());
    return to + octet.size;
}

}  // namespace flow::render

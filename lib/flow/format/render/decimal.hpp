// SPDX-License-Identifier: BSD-3-Clause
// Decimal numbers, without a branch per digit: the digits of a group of eight are computed side by
// side in one word, and leading zeros are shifted out. Stores are eight bytes wide whatever the
// length, so the caller keeps `overshoot_max` bytes behind the longest text.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace flow::render {

/// No function of this folder stores further than this behind the end of what it wrote.
inline constexpr std::size_t overshoot_max = 32;

inline constexpr std::size_t decimal_u64_size_max = 20;  // 18446744073709551615
inline constexpr std::size_t decimal_u32_size_max = 10;  // 4294967295

namespace detail {

inline constexpr std::uint32_t ten_to_8 = 100'000'000;
inline constexpr std::uint64_t ascii_zeros = 0x3030'3030'3030'3030;

/// The eight digits of a value below 10^8, one per byte, the first digit in the lowest byte.
/// Each step halves the lanes: 10^8 = (10^4)^2 = ((10^2)^2)^2. Divisions by 100 and 10 are
/// multiplications that are exact below 10^4 (10486 / 2^20) and below 10^2 (103 / 2^10).
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint32_t value) noexcept {
    const std::uint64_t fours = value / 10'000 | std::uint64_t{value % 10'000} << 32;
    const std::uint64_t hundreds = fours * 10'486 >> 20 & 0x0000'007f'0000'007f;
    const std::uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    const std::uint64_t tens = twos * 103 >> 10 & 0x000f'000f'000f'000f;
    return tens | (twos - tens * 10) << 8;
}

inline std::uint8_t* store_first(std::uint8_t* to, std::uint32_t value) noexcept {
    const std::uint64_t digits = eight_digits(value);
    // The last digit stays even when it is 0.
    const int leading = std::countr_zero(digits | std::uint64_t{1} << 56) & ~7;
    const std::uint64_t text = (digits | ascii_zeros) >> leading;
    std::memcpy(to, &text, sizeof text);
    return to + (8 - leading / 8);
}

inline std::uint8_t* store_all(std::uint8_t* to, std::uint32_t value) noexcept {
    const std::uint64_t text = eight_digits(value) | ascii_zeros;
    std::memcpy(to, &text, sizeof text);
    return to + sizeof text;
}

}  // namespace detail

inline std::uint8_t* decimal(std::uint8_t* to, std::uint64_t value) noexcept {
    using detail::ten_to_8;
    if (value < ten_to_8) return detail::store_first(to, static_cast<std::uint32_t>(value));
    const std::uint64_t high = value / ten_to_8;
    const auto low = static_cast<std::uint32_t>(value % ten_to_8);
    if (high < ten_to_8) {
        to = detail::store_first(to, static_cast<std::uint32_t>(high));
    } else {
        to = detail::store_first(to, static_cast<std::uint32_t>(high / ten_to_8));
        to = detail::store_all(to, static_cast<std::uint32_t>(high % ten_to_8));
    }
    return detail::store_all(to, low);
}

namespace detail {

/// The three digits of each byte value in the low bytes, their count in the highest: one load
/// gives both, and the count is overwritten by what follows the number.
constexpr std::array<std::uint32_t, 256> octet_texts() noexcept {
    std::array<std::uint32_t, 256> texts{};
    for (std::uint32_t value = 0; value < texts.size(); ++value) {
        std::uint32_t text = 0;
        std::uint32_t size = 0;
        for (std::uint32_t rest = value; size == 0 || rest != 0; rest /= 10, ++size) {
            text = text << 8 | ('0' + rest % 10);
        }
        texts[value] = text | size << 24;
    }
    return texts;
}

inline constexpr auto octet_text = octet_texts();

}  // namespace detail

/// A number below 256.
inline std::uint8_t* decimal_octet(std::uint8_t* to, std::uint8_t value) noexcept {
    const std::uint32_t text = detail::octet_text[value];
    std::memcpy(to, &text, sizeof text);
    return to + (text >> 24);
}

}  // namespace flow::render

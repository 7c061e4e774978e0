// SPDX-License-Identifier: BSD-3-Clause
// Decimal numbers, three digits at a time from tables, without a branch per digit: leading zeros
// are shifted out. Stores are wider than what they write, whatever the length, so the caller keeps
// `overshoot_max` bytes behind the longest text. Pure functions; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace flow::render {

/// No function of this folder stores further than this behind the end of what it wrote.
inline constexpr std::size_t overshoot_max = 32;

inline constexpr std::size_t decimal_u64_size_max = 20;  // 18446744073709551615
inline constexpr std::size_t decimal_u32_size_max = 10;  // 4294967295

namespace detail {

inline constexpr std::uint32_t thousand = 1'000;
inline constexpr std::uint32_t million = 1'000'000;

/// Three digits, the first in the lowest byte; the highest byte says what the table is about.
using Digits = std::array<std::uint32_t, thousand>;

constexpr std::uint32_t three_digits(std::uint32_t value) noexcept {
    return ('0' + value / 100) | ('0' + value / 10 % 10) << 8 | ('0' + value % 10) << 16;
}

constexpr std::uint32_t leading_zeros(std::uint32_t value) noexcept {
    return value < 10 ? 2 : value < 100 ? 1 : 0;
}

/// All three digits, and how many bits of them are leading zeros.
constexpr Digits padded_digits() noexcept {
    Digits digits{};
    for (std::uint32_t value = 0; value < thousand; ++value) {
        digits[value] = three_digits(value) | leading_zeros(value) * 8 << 24;
    }
    return digits;
}

/// Without leading zeros, and how many are left. One load gives both, and the count is overwritten
/// by what follows the number.
constexpr Digits trimmed_digits() noexcept {
    Digits digits{};
    for (std::uint32_t value = 0; value < thousand; ++value) {
        const std::uint32_t zeros = leading_zeros(value);
        digits[value] = three_digits(value) >> 8 * zeros | (3 - zeros) << 24;
    }
    return digits;
}

inline constexpr Digits padded = padded_digits();
inline constexpr Digits trimmed = trimmed_digits();

/// The six digits of two table entries, with two bytes that do not count behind them.
[[nodiscard]] inline std::uint64_t six_digits(std::uint32_t high, std::uint32_t low) noexcept {
    return (high & 0xff'ffffU) | std::uint64_t{low} << 24;
}

inline std::uint8_t* all_six(std::uint8_t* to, std::uint32_t value) noexcept {
    const std::uint64_t text = six_digits(padded[value / thousand], padded[value % thousand]);
    std::memcpy(to, &text, sizeof text);
    return to + 6;
}

/// A value below a million, without leading zeros.
inline std::uint8_t* first_six(std::uint8_t* to, std::uint32_t value) noexcept {
    if (value < thousand) {
        const std::uint32_t text = trimmed[value];
        std::memcpy(to, &text, sizeof text);
        return to + (text >> 24);
    }
    const std::uint32_t high = padded[value / thousand];
    const std::uint32_t leading = high >> 24;
    const std::uint64_t text = six_digits(high, padded[value % thousand]) >> leading;
    std::memcpy(to, &text, sizeof text);
    return to + (6 - leading / 8);
}

inline std::uint32_t below_million(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value % million);
}

}  // namespace detail

inline std::uint8_t* decimal(std::uint8_t* to, std::uint64_t value) noexcept {
    using namespace detail;
    if (value < million) return first_six(to, static_cast<std::uint32_t>(value));
    const std::uint64_t millions = value / million;
    if (millions < million) {
        to = first_six(to, static_cast<std::uint32_t>(millions));
    } else {
        // Twenty digits at most: 2 + 6 + 6 + 6. A time in milliseconds has thirteen.
        const std::uint64_t trillions = millions / million;
        if (trillions < million) {
            to = first_six(to, static_cast<std::uint32_t>(trillions));
        } else {
            to = first_six(to, static_cast<std::uint32_t>(trillions / million));
            to = all_six(to, below_million(trillions));
        }
        to = all_six(to, below_million(millions));
    }
    return all_six(to, below_million(value));
}

/// A number below 256.
inline std::uint8_t* decimal_octet(std::uint8_t* to, std::uint8_t value) noexcept {
    const std::uint32_t text = detail::trimmed[value];
    std::memcpy(to, &text, sizeof text);
    return to + (text >> 24);
}

}  // namespace flow::render

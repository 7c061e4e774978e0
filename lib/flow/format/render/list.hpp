// SPDX-License-Identifier: BSD-3-Clause
// What stands between the brackets of a list: decimal numbers and commas. A list that is not empty
// ends in a comma, which the caller overwrites with its bracket. Stores overshoot, see decimal.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/format/render/decimal.hpp"

namespace flow::render {

/// Most that one element takes, comma included.
inline constexpr std::size_t octet_item_size_max = 4;
inline constexpr std::size_t number_item_size_max = decimal_u32_size_max + 1;

inline std::uint8_t* octet_items(std::uint8_t* to, Bytes octets) noexcept {
    for (const std::uint8_t octet : octets) {
        to = decimal_octet(to, octet);
        *to++ = ',';
    }
    return to;
}

inline std::uint8_t* number_items(std::uint8_t* to, std::span<const std::uint32_t> list) noexcept {
    for (const std::uint32_t number : list) {
        to = decimal(to, number);
        *to++ = ',';
    }
    return to;
}

}  // namespace flow::render

// SPDX-License-Identifier: BSD-3-Clause
// Copies text by wide stores: two for what is short, a loop for the rest, never a call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flow::render {

/// 32 bytes: one register of AVX2, two without.
using Wide [[gnu::vector_size(32), gnu::aligned(1), gnu::may_alias]] = char;

/// Reads and writes up to 63 bytes behind what it copies.
[[gnu::always_inline]] inline std::uint8_t* copy_wide(std::uint8_t* to, const std::uint8_t* from,
                                                      std::size_t size) noexcept {
    const auto one = [&](std::size_t at) {
        *reinterpret_cast<Wide*>(to + at) = *reinterpret_cast<const Wide*>(from + at);
    };
    one(0);
    for (std::size_t at = sizeof(Wide); at < size; at += 2 * sizeof(Wide)) {
        one(at);
        one(at + sizeof(Wide));
    }
    return to + size;
}

}  // namespace flow::render

// SPDX-License-Identifier: BSD-3-Clause
// Masks.
#pragma once

#include <cstdint>

namespace flow {

/// The lowest `count` ones of a word.
[[nodiscard]] constexpr std::uint64_t low_bits(unsigned count) noexcept {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Numbers in fields and packets, besides base/bytes.hpp's big-endian ones.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow::produce {

/// A field of more bytes is no number (RFC 7011 §6.2) and is left alone.
inline constexpr std::size_t number_size_max = 8;

/// Of up to eight bytes, the first one lowest.
[[nodiscard]] inline std::uint64_t load_le(Bytes bytes) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
    return value;
}

}  // namespace flow::produce

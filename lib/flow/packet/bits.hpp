// SPDX-License-Identifier: BSD-3-Clause
// Bits out of a sampled packet, for mappings. Pure; per sample and mapping.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/model/dialect.hpp"

namespace flow::packet {

/// Of what a mapping asks for; the rest is cut off.
inline constexpr std::size_t extracted_size_max = 64;

using Extracted = std::array<std::uint8_t, extracted_size_max>;

/// Counted in bits from the first byte's highest.
struct BitRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Writes the bits of `range` to `out` and returns the part written; nothing for an offset behind
/// the data or a length of 0.
///
/// As goflow2 v2: ceil(length / 8) bytes. The bits stand at the start of them, but those of the
/// last byte at its end, so that up to 8 bits, and whole bytes, are a number: 12 bits 0xabc are ab
/// 0c. Bits behind the data are zeros.
///
/// As goflow2 v1 (its dialect only): all bytes that the range touches, shifted to the left, the
/// last one masked; what is shifted in are the low bits of the next byte instead of its high ones.
/// Cut where the data ends.
[[nodiscard]] Bytes extract_bits(Bytes data, BitRange range, Dialect dialect,
                                 Extracted& out) noexcept;

}  // namespace flow::packet

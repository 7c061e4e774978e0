// SPDX-License-Identifier: BSD-3-Clause
// Hashing for the shard's tables. Keys come from the network, where anyone can choose them, so each
// table mixes in a seed of its owner's; tables are bounded, so a bad guess costs probes, never
// memory.
#pragma once

#include <cstdint>

namespace flow {

/// Finalizer of MurmurHash3 (public domain constants): every input bit reaches every output bit.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ULL;
    value ^= value >> 33;
    return value;
}

[[nodiscard]] constexpr std::uint64_t hash_words(std::uint64_t first, std::uint64_t second,
                                                 std::uint64_t seed) noexcept {
    return mix(mix(first ^ seed) + second);
}

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// FNV-1 with 32 bits (draft-eastlake-fnv): multiply, then join; FNV-1a does it the other way round,
// so the two differ. For keys that other programs compare; the shard's own tables mix (hash.hpp).
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow {

class Fnv1 {
public:
    constexpr void add(std::uint8_t byte) noexcept { hash_ = (hash_ * prime) ^ byte; }
    constexpr void add(Bytes bytes) noexcept {
        for (const std::uint8_t byte : bytes) add(byte);
    }
    /// Of all bytes so far.
    [[nodiscard]] constexpr std::uint32_t value() const noexcept { return hash_; }

private:
    static constexpr std::uint32_t prime = 0x0100'0193;
    static constexpr std::uint32_t basis = 0x811c'9dc5;

    std::uint32_t hash_ = basis;
};

}  // namespace flow

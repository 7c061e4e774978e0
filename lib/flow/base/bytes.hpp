// SPDX-License-Identifier: BSD-3-Clause
// Borrowed bytes and the big-endian loads and stores that every wire format here needs (RFC 7011
// §6.1: network byte order). The caller has proven that the bytes are there: use wire::Block or
// wire::Cursor for that.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace flow {

using Bytes = std::span<const std::uint8_t>;

static_assert(std::endian::native == std::endian::little, "the loads below swap");

[[nodiscard]] inline std::uint16_t load_be16(const std::uint8_t* from) noexcept {
    std::uint16_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap16(value);
}

[[nodiscard]] inline std::uint32_t load_be32(const std::uint8_t* from) noexcept {
    std::uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap32(value);
}

[[nodiscard]] inline std::uint64_t load_be64(const std::uint8_t* from) noexcept {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
}

inline void store_be32(std::uint8_t* to, std::uint32_t value) noexcept {
    value = __builtin_bswap32(value);
    std::memcpy(to, &value, sizeof value);
}

/// A big-endian unsigned number of any size: 0 bytes are 0, of more than 8 the low 8 count (RFC
/// 7011 §6.2, reduced-size encoding).
[[nodiscard]] inline std::uint64_t load_be(Bytes bytes) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8 | byte;
    return value;
}

}  // namespace flow

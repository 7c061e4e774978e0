// SPDX-License-Identifier: BSD-3-Clause
// An IP address of either family. IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) counts as IPv4, so that an
// exporter seen through a dual-stack socket is the same one.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/base/hash.hpp"

namespace flow {

struct Address {
    std::array<std::uint8_t, 16> octets{};  ///< network order; IPv4 in the first four, zeros behind
    std::uint8_t size = 0;                  ///< 4, 16, or 0 for "none"

    [[nodiscard]] Bytes bytes() const noexcept { return {octets.data(), size}; }
    [[nodiscard]] bool operator==(const Address&) const noexcept = default;

    /// From 4 or 16 bytes in network order; any other size gives "none".
    [[nodiscard]] static Address from(Bytes wire) noexcept {
        static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0,    0,
                                                             0, 0, 0, 0, 0xff, 0xff};
        Address address;
        if (wire.size() == 16 && std::equal(mapped.begin(), mapped.end(), wire.begin())) {
            wire = wire.subspan(mapped.size());
        }
        if (wire.size() != 4 && wire.size() != 16) return address;
        std::copy(wire.begin(), wire.end(), address.octets.begin());
        address.size = static_cast<std::uint8_t>(wire.size());
        return address;
    }
};

/// IPv4 is read as it was written, in four bytes: a wider load would wait for the store before it.
[[nodiscard]] inline std::uint64_t hash(const Address& address, std::uint64_t seed) noexcept {
    if (address.size == 4) {
        return hash_words(std::uint64_t{load_be32(address.octets.data())} << 32, 0, seed + 4);
    }
    return hash_words(load_be64(address.octets.data()), load_be64(address.octets.data() + 8),
                      seed + address.size);
}

/// A copy that reads IPv4 in four bytes, for the same reason.
inline void copy(Address& to, const Address& from) noexcept {
    if (from.size == 4) {
        to.octets = {};
        std::memcpy(to.octets.data(), from.octets.data(), 4);
        to.size = 4;
    } else {
        to = from;
    }
}

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Identity: who a synthetic flow is, and how its fields say so, in every protocol:
//   source address       10.0.0.0 + number of the exporter (from 1)
//   destination address  172.16.0.0 + number of the domain (from 1)
//   bytes                serial of the flow in its domain (from 1)
//   packets              number of the domain (sFlow: a sample is one packet)
//   source, destination port  a hash of the three, so that a record put together wrongly shows
#pragma once

#include <cstdint>

namespace flowd::gen {

struct Identity {
    std::uint32_t exporter = 0;
    std::uint32_t domain = 0;
    std::uint32_t serial = 0;

    [[nodiscard]] constexpr std::uint32_t source() const noexcept { return 0x0a000000U + exporter; }
    [[nodiscard]] constexpr std::uint32_t destination() const noexcept {
        return 0xac100000U + domain;
    }
    /// The upper half is the source port, the lower half the destination port.
    [[nodiscard]] constexpr std::uint32_t ports() const noexcept {
        std::uint32_t mixed =
            (exporter * 0x9e3779b1U) ^ (domain * 0x85ebca77U) ^ (serial * 0xc2b2ae3dU);
        mixed ^= mixed >> 15;
        mixed *= 0x2c1b3c6dU;
        return mixed ^ mixed >> 12;
    }
};

}  // namespace flowd::gen

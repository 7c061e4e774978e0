// SPDX-License-Identifier: BSD-3-Clause
// Which of the configuration's sampling rates is an exporter's.
#pragma once

#include <cstdint>
#include <span>

#include "flow/model/address.hpp"
#include "flow/model/sampling_fallback.hpp"

namespace flow {

struct SamplingSettings {
    /// Borrowed, for as long as the pipeline lives. The longest prefix counts.
    std::span<const SamplingFallback> fallbacks{};
    /// A domain without a rate takes the one that its exporter announced last, for whichever
    /// domain (goflow2's -samplingrate.fallback).
    bool across_domains = false;
};

namespace sampling {

/// Both addresses have the same size, and the first `bits` bits in common.
[[nodiscard]] inline bool in_network(const Address& address,
                                     const SamplingFallback& each) noexcept {
    if (address.size != each.network.size || each.bits > address.size * 8) return false;
    for (unsigned bit = 0; bit < each.bits; bit += 8) {
        const unsigned differ = address.octets[bit / 8] ^ each.network.octets[bit / 8];
        const unsigned rest = each.bits - bit;
        if (differ >> (rest >= 8 ? 0 : 8 - rest) != 0) return false;
    }
    return true;
}

/// 0 when no network has the address.
[[nodiscard]] inline std::uint64_t configured_rate(std::span<const SamplingFallback> fallbacks,
                                                   const Address& address) noexcept {
    const SamplingFallback* best = nullptr;
    for (const SamplingFallback& each : fallbacks) {
        if (!in_network(address, each)) continue;
        if (best == nullptr || each.bits > best->bits) best = &each;
    }
    return best == nullptr ? 0 : best->rate;
}

}  // namespace sampling

}  // namespace flow

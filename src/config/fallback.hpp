// SPDX-License-Identifier: BSD-3-Clause
// Sampling rates for exporters that announce none, as a person writes them. Main thread, at start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flow/model/address.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// The rate of all exporters in a network.
struct FallbackRate {
    flow::Address network;  ///< bits behind the prefix are zero
    std::uint8_t bits = 0;
    std::uint64_t rate = 0;

    [[nodiscard]] bool operator==(const FallbackRate&) const = default;
};

/// Most entries: each new exporter is compared with all of them.
inline constexpr std::size_t fallback_rates_max = 1024;

/// Each entry is `prefix=rate` (`192.0.2.0/24=1000`, `2001:db8::1=512`) or a rate for all, which is
/// two networks: 0.0.0.0/0 and ::/0.
[[nodiscard]] Outcome<std::vector<FallbackRate>> parse_fallback(
    const std::vector<std::string>& entries);

}  // namespace flowd::config

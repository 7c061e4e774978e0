// SPDX-License-Identifier: BSD-3-Clause
// Sampling rates for exporters that announce none, as a person writes them. Main thread, at start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/model/sampling_fallback.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// Most entries: each new exporter is compared with all of them.
inline constexpr std::size_t fallback_rates_max = 1024;

/// Each entry is `prefix=rate` (`192.0.2.0/24=1000`, `2001:db8::1=512`) or a rate for all, which is
/// two networks: 0.0.0.0/0 and ::/0. Bits behind a prefix are zero.
[[nodiscard]] Outcome<std::vector<flow::SamplingFallback>> parse_fallback(
    const std::vector<std::string>& entries);

}  // namespace flowd::config

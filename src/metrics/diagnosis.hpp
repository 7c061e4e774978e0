// SPDX-License-Identifier: BSD-3-Clause
// The diagnosis of an exporter: what was observed of it, as sentences that name the cause. Pure:
// the same evidence gives the same findings. README.md lists them with their thresholds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow/decode/traits.hpp"
#include "metrics/exporter_counts.hpp"
#include "metrics/finding.hpp"
#include "metrics/observation.hpp"
#include "metrics/xray.hpp"

namespace flowd {

/// What has not happened for so long is no finding any more.
inline constexpr std::uint32_t recent_seconds = 600;

/// Of two times, the second is not before the first unless a clock was set.
[[nodiscard]] inline double seconds_between(std::uint32_t from, std::uint32_t to) noexcept {
    return to > from ? to - from : 0;
}
[[nodiscard]] inline bool is_recent(std::uint32_t seconds, std::uint32_t now) noexcept {
    return seconds_between(seconds, now) <= recent_seconds;
}

struct Evidence {
    const ExporterView& view;                 ///< its xray and findings are not read
    std::span<const flow::Traits> traits;     ///< of all its domains, and of itself
    std::span<const TemplateView> templates;  ///< its own
    std::uint32_t now_seconds = 0;            ///< UNIX time
    bool keeps_templates = false;             ///< they survive a restart of flowd
    /// What had come some minutes ago. Null: all that came counts as lately.
    const ExporterCounts* before = nullptr;
    std::span<const Finding> said{};  ///< of it, the last time
};

[[nodiscard]] Xray make_xray(const Evidence& evidence);

/// Silence first, then the worst, and of those the one that explains others. Empty: healthy.
[[nodiscard]] std::vector<Finding> diagnose(const Evidence& evidence);

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// The timeouts of an exporter's flow cache, inferred from sampled flows. Pure.
#pragma once

#include <optional>

#include "flow/decode/traits.hpp"

namespace flowd {

/// What durations and lags of flows say together, of all domains of an exporter.
struct FlowTimes {
    flow::DurationHistogram durations{};
    flow::DurationHistogram lags{};
    std::uint32_t duration_most_ms = 0;
    std::uint32_t active_ends = 0;
    std::uint32_t active_ms = 0;

    void add(const flow::Traits& traits) noexcept;
};

/// Long flows are reported when they have been active for so long: their durations pile up there.
/// By the exporter's word where records have one (flowEndReason). Nothing when there is no pile.
[[nodiscard]] std::optional<double> active_timeout(const FlowTimes& times) noexcept;
/// Flows that just stop are reported when they have been silent for so long: their lags pile up
/// there.
[[nodiscard]] std::optional<double> inactive_timeout(const FlowTimes& times) noexcept;
/// Of the durations; 0 without any.
[[nodiscard]] double median_seconds(const flow::DurationHistogram& histogram) noexcept;

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// goflow2's names, v1's (`flow_…`) and v2's (`goflow2_flow_…`), so that old dashboards work. What
// each is made of, and which are left out, stands in the README.
#pragma once

#include <cstddef>
#include <vector>

#include "http/metrics/budget.hpp"
#include "http/metrics/metric.hpp"
#include "metrics/observation.hpp"

namespace flowd::metrics {

/// `templates_max`: how many have series of their own.
void read_goflow2(const Observation& observation, const Shown& shown, std::size_t templates_max,
                  Samples& out);

[[nodiscard]] std::vector<Metric> goflow2_metrics();

}  // namespace flowd::metrics

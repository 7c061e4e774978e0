// SPDX-License-Identifier: BSD-3-Clause
// The metrics page: an observation in Prometheus' text format. A pure function of it, so that all
// equations of the ledger hold within one scrape.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/metrics/metric.hpp"
#include "http/metrics/process.hpp"
#include "http/metrics/settings.hpp"
#include "metrics/observation.hpp"

namespace flowd {

/// The media type of the page.
inline constexpr std::string_view metrics_media_type = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string metrics_page(const Observation& observation, const ProcessView& process,
                                       const MetricsSettings& settings);
/// With what /proc says of this process now.
[[nodiscard]] std::string metrics_page(const Observation& observation,
                                       const MetricsSettings& settings);

namespace metrics {

/// The same for a registry or an exposer of prometheus-cpp. Borrows all of it.
class Collector final : public prometheus::Collectable {
public:
    Collector(const Observation& observation, const ProcessView& process,
              const MetricsSettings& settings)
        : observation_{observation}, process_{process}, settings_{settings} {}
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

private:
    const Observation& observation_;
    const ProcessView& process_;
    const MetricsSettings& settings_;
};

/// All declarations, area by area; what the README's tables are made of.
struct Area {
    std::string_view name;
    std::vector<Metric> metrics;
};
[[nodiscard]] std::vector<Area> declared_metrics();
/// The area that is served only when goflow2's names are wanted.
inline constexpr std::string_view goflow2_area = "goflow2's names";

}  // namespace metrics

}  // namespace flowd

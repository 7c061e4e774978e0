// SPDX-License-Identifier: BSD-3-Clause
// What becomes of samples: prometheus-cpp's families, or at once the text format, byte for byte as
// its TextSerializer writes it. That one formats every number through a stream: a page of 10,000
// exporters takes it 130 ms, and this 26 (perf/http/metrics_bench.cpp).
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "http/metrics/metric.hpp"

namespace flowd::metrics {

/// Families without values are left out.
class FamilySamples final : public Samples {
public:
    void begin(const Metric& metric) override;
    [[nodiscard]] std::vector<prometheus::MetricFamily> take();

private:
    prometheus::ClientMetric& next(MoreLabels more);
    void put(MoreLabels more, double value) override;
    void put_summary(std::uint64_t count, double sum) override;

    std::vector<prometheus::MetricFamily> families_;
};

/// Counters, gauges, summaries and untyped metrics; there are no histograms.
class TextSamples final : public Samples {
public:
    /// Appends to `page`.
    explicit TextSamples(std::string& page) : page_{page} {}
    void begin(const Metric& metric) override;

private:
    void write_head();
    void write_line(std::string_view suffix, MoreLabels more, double value);
    void put(MoreLabels more, double value) override;
    void put_summary(std::uint64_t count, double sum) override;

    std::string& page_;
    const Metric* metric_ = nullptr;
    bool has_head_ = false;
};

}  // namespace flowd::metrics

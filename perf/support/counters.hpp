// SPDX-License-Identifier: BSD-3-Clause
// What every benchmark reports, and the traffic that those of one program share.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <optional>

#include "perf/support/traffic.hpp"

namespace flow::perf {

/// `per_flow` is shown as seconds with their prefix: 38.1ns.
inline void count_flows(benchmark::State& state, std::size_t flows_per_iteration) {
    using benchmark::Counter;
    const double flows =
        static_cast<double>(state.iterations()) * static_cast<double>(flows_per_iteration);
    state.counters["flows/s"] = Counter(flows, Counter::kIsRate);
    state.counters["per_flow"] = Counter(flows, Counter::kIsRate | Counter::kInvert);
}

/// Of one input at a time, for 200,000 datagrams take 300 MB. Not for several threads.
[[nodiscard]] inline const Traffic& traffic_of(Input input, const TrafficOptions& options = {}) {
    static std::optional<Traffic> traffic;
    const bool same = traffic && traffic->input == input && traffic->options == options;
    if (!same) traffic = make_traffic(input, options);
    return *traffic;
}

}  // namespace flow::perf

// SPDX-License-Identifier: BSD-3-Clause
// What a scrape costs with many exporters: our writer, and prometheus-cpp's serializer, which has
// to say the same before a clock runs.
#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "http/metrics/page.hpp"
#include "tests/http/metrics/made_up.hpp"

namespace {

using flowd::MetricsSettings;
using flowd::Observation;
using flowd::ProcessView;

std::string by_serializer(const Observation& seen, const MetricsSettings& settings) {
    const ProcessView process;
    const flowd::metrics::Collector collector{seen, process, settings};
    return prometheus::TextSerializer{}.Serialize(collector.Collect());
}

std::string by_flowd(const Observation& seen, const MetricsSettings& settings) {
    return flowd::metrics_page(seen, ProcessView{}, settings);
}

template <std::string (*Page)(const Observation&, const MetricsSettings&)>
void page_of_exporters(benchmark::State& state) {
    const auto count = static_cast<std::uint32_t>(state.range(0));
    const MetricsSettings settings{.exporters_max = count, .goflow2 = state.range(1) != 0};
    const Observation seen = flowd::test::made_up(count);
    const std::string page = Page(seen, settings);
    if (page != by_serializer(seen, settings)) {
        state.SkipWithError("the page is not the serializer's");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(Page(seen, settings));
    state.counters["bytes"] = static_cast<double>(page.size());
}

BENCHMARK(page_of_exporters<by_flowd>)
    ->Name("metrics_page")
    ->Args({1000, 0})
    ->Args({10'000, 0})
    ->Args({10'000, 1})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(page_of_exporters<by_serializer>)
    ->Name("prometheus_cpp")
    ->Args({10'000, 0})
    ->Unit(benchmark::kMillisecond);

}  // namespace

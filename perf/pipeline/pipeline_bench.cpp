// SPDX-License-Identifier: BSD-3-Clause
// decode → produce → format of whole datagrams into batches, every input with every format, beside
// the yardstick. `--gate` prints the one ratio that a release is held to; `--once=CASE` makes one
// pass inside once_pass(), for callgrind.
#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perf/pipeline/gate.hpp"
#include "perf/pipeline/runner.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"

namespace flow::perf {

namespace {

struct Options {
    GateOptions gate;
    bool run_gate = false;
    std::string once;
};

void bench(benchmark::State& state, const Case& each, const TrafficOptions& options) {
    const Traffic& traffic = traffic_of(each.input, options);
    static std::string verified;  // Google Benchmark calls again for more iterations
    if (verified != each.name) each.verify(traffic);
    verified = each.name;

    const std::unique_ptr<Runner> runner = each.make(traffic);
    runner->pass(traffic);
    for (auto _ : state) runner->pass(traffic);

    count_flows(state, traffic.flow_count);
    state.counters["B/flow"] =
        static_cast<double>(runner->byte_count()) / static_cast<double>(traffic.flow_count);
}

[[gnu::noinline]] void once_pass(Runner& runner, const Traffic& traffic) { runner.pass(traffic); }

void run_once(const std::vector<Case>& cases, const Options& options) {
    const Case* const each = find_case(cases, options.once);
    require(each != nullptr, "there is no case " + options.once);
    const Traffic traffic = make_traffic(each->input, options.gate.traffic);
    const std::unique_ptr<Runner> runner = each->make(traffic);
    runner->pass(traffic);
    once_pass(*runner, traffic);
    std::printf("flows %zu\n", traffic.flow_count);
}

/// The number behind `flag` in `--flag=N`; nothing when the argument is another one.
std::optional<std::size_t> number_behind(std::string_view argument, std::string_view flag) {
    if (!argument.starts_with(flag)) return std::nullopt;
    argument.remove_prefix(flag.size());
    std::size_t number = 0;
    const auto [end, error] =
        std::from_chars(argument.data(), argument.data() + argument.size(), number);
    if (error != std::errc{} || end != argument.data() + argument.size() || number == 0) {
        std::fprintf(stderr, "%s wants a number above 0\n", std::string{flag}.c_str());
        std::exit(2);
    }
    return number;
}

/// Takes our own arguments out of argv.
Options take_options(int& argument_count, char** arguments) {
    Options options;
    int kept = 1;
    for (int i = 1; i < argument_count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--gate") {
            options.run_gate = true;
        } else if (argument.starts_with("--once=")) {
            options.once = argument.substr(7);
        } else if (const auto rounds = number_behind(argument, "--rounds=")) {
            options.gate.rounds = *rounds;
        } else if (const auto datagrams = number_behind(argument, "--datagrams=")) {
            options.gate.traffic.datagram_count = *datagrams;
        } else if (const auto exporters = number_behind(argument, "--exporters=")) {
            options.gate.traffic.exporter_count = *exporters;
        } else {
            arguments[kept++] = arguments[i];
        }
    }
    argument_count = kept;
    return options;
}

int run(int argument_count, char** arguments) {
    const Options options = take_options(argument_count, arguments);
    const std::vector<Case> cases = all_cases();
    if (options.run_gate) return run_gate(cases, options.gate) ? 0 : 1;
    if (!options.once.empty()) {
        run_once(cases, options);
        return 0;
    }
    for (const Case& each : cases) {
        benchmark::RegisterBenchmark(each.name.c_str(), [&](benchmark::State& state) {
            bench(state, each, options.gate.traffic);
        })->Unit(benchmark::kMillisecond);
    }
    benchmark::Initialize(&argument_count, arguments);
    if (benchmark::ReportUnrecognizedArguments(argument_count, arguments)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    return flow::perf::run(argument_count, arguments);
}

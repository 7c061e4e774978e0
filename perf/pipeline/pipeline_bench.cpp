// SPDX-License-Identifier: BSD-3-Clause
// decode → produce → format of whole datagrams into batches, every input with every format, beside
// the yardstick. `--gate` prints the one ratio that a release is held to; `--ledger` what it costs
// to keep accounts; `--once=CASE` makes one pass inside once_pass(), for callgrind. README.md lists
// the options that shape the traffic.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "perf/pipeline/gate.hpp"
#include "perf/pipeline/runner.hpp"
#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "perf/support/traffic_arguments.hpp"

namespace flow::perf {

namespace {

struct Options {
    GateOptions gate;
    bool run_gate = false;
    bool run_ledger_cost = false;
    std::string once;
};

void bench(benchmark::State& state, const Case& each, const TrafficOptions& options) {
    const TrafficOptions shaped = each.traffic_options(options);
    if (!each.takes(shaped)) {
        state.SkipWithError("needs one template and no other sets");
        return;
    }
    const Traffic& traffic = traffic_of(each.input, shaped);
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
    const TrafficOptions shaped = each->traffic_options(options.gate.traffic);
    require(each->takes(shaped), options.once + " needs one template and no other sets");
    const Traffic traffic = make_traffic(each->input, shaped);
    const std::unique_ptr<Runner> runner = each->make(traffic);
    runner->pass(traffic);
    once_pass(*runner, traffic);
    std::printf("flows %zu datagrams %zu\n", traffic.flow_count, traffic.datagrams.size());
}

/// Takes our own arguments out of argv.
Options take_options(int& argument_count, char** arguments) {
    Options options;
    int kept = 1;
    for (int i = 1; i < argument_count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--gate") {
            options.run_gate = true;
        } else if (argument == "--ledger") {
            options.run_ledger_cost = true;
        } else if (argument.starts_with("--once=")) {
            options.once = argument.substr(7);
        } else if (const auto rounds = number_behind(argument, "--rounds=")) {
            options.gate.rounds = *rounds;
        } else if (!take_traffic_argument(argument, options.gate.traffic)) {
            arguments[kept++] = arguments[i];
        }
    }
    argument_count = kept;
    return options;
}

/// Tables come fresh from the system for each case, as they do when flowd starts, not on pages that
/// another case has left.
void take_fresh_memory() {
    constexpr int bytes_from = 128 * 1024;  // glibc's default, which would rise
    mallopt(M_MMAP_THRESHOLD, bytes_from);
}

int run(int argument_count, char** arguments) {
    take_fresh_memory();
    const Options options = take_options(argument_count, arguments);
    const std::vector<Case> cases = all_cases();
    if (options.run_gate) return run_gate(cases, options.gate) ? 0 : 1;
    if (options.run_ledger_cost) {
        run_ledger_cost(options.gate);
        return 0;
    }
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

// SPDX-License-Identifier: BSD-3-Clause
// The gate: flowd and the naive interpreter in turn, many times, compared by medians.
#include "perf/pipeline/gate.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "flow/format/protobuf/program.hpp"

namespace flow::perf {

namespace {

/// Of this thread: a pass is longer than the slices of a CPU that others want too.
double cpu_ns() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double pass_ns_per_flow(Runner& runner, const Traffic& traffic) {
    const double start = cpu_ns();
    runner.pass(traffic);
    return (cpu_ns() - start) / static_cast<double>(traffic.flow_count);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

struct Comparison {
    std::vector<double> flowd_ns;
    std::vector<double> yardstick_ns;
    std::vector<double> ratios;
};

Comparison compare(Runner& flowd, Runner& yardstick, const Traffic& traffic, std::size_t rounds) {
    Comparison comparison;
    flowd.pass(traffic);
    yardstick.pass(traffic);
    for (std::size_t round = 0; round < rounds; ++round) {
        // Whoever comes second finds the caches as the first one left them: take turns.
        const bool flowd_first = round % 2 == 0;
        const double first = pass_ns_per_flow(flowd_first ? flowd : yardstick, traffic);
        const double second = pass_ns_per_flow(flowd_first ? yardstick : flowd, traffic);
        comparison.flowd_ns.push_back(flowd_first ? first : second);
        comparison.yardstick_ns.push_back(flowd_first ? second : first);
        comparison.ratios.push_back(comparison.flowd_ns.back() / comparison.yardstick_ns.back());
    }
    return comparison;
}

double least(const std::vector<double>& values) {
    return *std::min_element(values.begin(), values.end());
}

/// The kernels alone, by their best passes: how many times as fast as the yardstick they are. Only
/// printed: a CPU that has a kernel is not a CPU that has it fast.
void compare_kernels(const std::vector<Case>& cases, const Case& yardstick, const Traffic& traffic,
                     std::size_t rounds) {
    for (const protobuf::Kernel& kernel : protobuf::kernels()) {
        const Case* const each = find_case(cases, kernel_case(traffic.input, kernel.name));
        if (each == nullptr) continue;
        each->verify(traffic);
        const Comparison result =
            compare(*each->make(traffic), *yardstick.make(traffic), traffic, rounds);
        std::printf(
            "kernel: %s: %.1f ns, naive %.1f ns per flow: %.2f times as fast (best of %zu)\n",
            each->name.c_str(), least(result.flowd_ns), least(result.yardstick_ns),
            least(result.yardstick_ns) / least(result.flowd_ns), rounds);
        std::fflush(stdout);
    }
}

/// JSON beside the naive writer of it; printed only.
void compare_json(const std::vector<Case>& cases, const Traffic& traffic, std::size_t rounds) {
    const std::string input{name(traffic.input)};
    const Case* const flowd = find_case(cases, input + "/json");
    const Case* const naive = find_case(cases, input + "/" + naive_json_name);
    flowd->verify(traffic);
    naive->verify(traffic);
    const Comparison result =
        compare(*flowd->make(traffic), *naive->make(traffic), traffic, rounds);
    std::printf(
        "json: %s: flowd %.1f ns, naive %.1f ns per flow: %.1f times as fast (best of %zu)\n",
        input.c_str(), least(result.flowd_ns), least(result.yardstick_ns),
        least(result.yardstick_ns) / least(result.flowd_ns), rounds);
    std::fflush(stdout);
}

}  // namespace

bool run_gate(const std::vector<Case>& cases, const GateOptions& options) {
    bool good = true;
    for (const Input input : inputs) {
        const Case* const yardstick =
            find_case(cases, std::string{name(input)} + "/" + yardstick_name);
        if (yardstick == nullptr) continue;
        const Case* const flowd = find_case(cases, gate_case(input));
        const Traffic traffic = make_traffic(input, options.traffic);
        flowd->verify(traffic);
        yardstick->verify(traffic);
        const Comparison result =
            compare(*flowd->make(traffic), *yardstick->make(traffic), traffic, options.rounds);
        const double ratio = median(result.ratios);
        const bool gated = input == Input::ipfix_ipv4;
        good &= !gated || ratio <= 1;
        std::printf(
            "gate: %s, %zu fields: flowd %.1f ns, naive %.1f ns per flow, ratio %.2f (medians of "
            "%zu pairs, %zu datagrams, %zu exporters)%s\n",
            flowd->name.c_str(), fields(input).size(), median(result.flowd_ns),
            median(result.yardstick_ns), ratio, options.rounds, traffic.datagrams.size(),
            options.traffic.exporter_count,
            !gated       ? ""
            : ratio <= 1 ? ": good"
                         : ": TOO SLOW");
        std::fflush(stdout);
        compare_kernels(cases, *yardstick, traffic, options.rounds);
        compare_json(cases, traffic, std::min<std::size_t>(options.rounds, 11));
    }
    return good;
}

}  // namespace flow::perf

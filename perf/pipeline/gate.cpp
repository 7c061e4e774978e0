// SPDX-License-Identifier: BSD-3-Clause
// The gate: flowd and the naive interpreter in turn, many times, compared by medians.
#include "perf/pipeline/gate.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <unordered_map>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/protobuf/program.hpp"
#include "perf/pipeline/pipeline_runner.hpp"
#include "perf/support/require.hpp"

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

/// `between` is called before each round.
template <class Between>
Comparison compare(Runner& flowd, Runner& yardstick, const Traffic& traffic, std::size_t rounds,
                   Between between) {
    Comparison comparison;
    flowd.pass(traffic);
    yardstick.pass(traffic);
    for (std::size_t round = 0; round < rounds; ++round) {
        between();
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

Comparison compare(Runner& flowd, Runner& yardstick, const Traffic& traffic, std::size_t rounds) {
    return compare(flowd, yardstick, traffic, rounds, [] {});
}

/// Datagrams whose sequence numbers go on from pass to pass. Of 10,000 exporters each datagram
/// would be a jump else.
class Stream {
public:
    Stream(Input input, const TrafficOptions& options) : traffic_{make_traffic(input, options)} {
        for (std::size_t i = 0; i < traffic_.datagrams.size(); ++i) {
            exporters_[address_of(i)] += units_of(i);
        }
    }

    [[nodiscard]] const Traffic& traffic() const { return traffic_; }
    void go_on() {
        for (std::size_t i = 0; i < traffic_.datagrams.size(); ++i) {
            const auto at = traffic_.datagrams[i].payload.data() - traffic_.memory.data();
            std::uint8_t* const number = &traffic_.memory[static_cast<std::size_t>(at) + offset()];
            const std::uint32_t next = load_be32(number) + exporters_[address_of(i)];
            for (unsigned byte = 0; byte < 4; ++byte) {
                number[byte] = static_cast<std::uint8_t>(next >> (24 - 8 * byte));
            }
        }
    }

private:
    [[nodiscard]] std::uint32_t address_of(std::size_t i) const {
        return load_be32(traffic_.datagrams[i].source.octets.data());
    }
    /// NetFlow v5 and IPFIX count records.
    [[nodiscard]] std::uint32_t units_of(std::size_t i) const {
        const Protocol kind = protocol(traffic_.input);
        const bool records = kind == Protocol::netflow5 || kind == Protocol::ipfix;
        return records ? traffic_.flow_counts[i] : 1;
    }
    [[nodiscard]] std::size_t offset() const {
        switch (protocol(traffic_.input)) {
            case Protocol::netflow9: return 12;
            case Protocol::ipfix: return 8;
            default: return 16;
        }
    }

    Traffic traffic_;
    std::unordered_map<std::uint32_t, std::uint32_t> exporters_;  ///< by address: units in a pass
};

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

/// Every flow of a pass is in somebody's account.
void verify_ledger(PipelineRunner<protobuf::Formatter>& runner, const Traffic& traffic) {
    const auto flows = [&] {
        std::uint64_t sum = 0;
        require(runner.ledger().for_each(
                    [&](std::uint32_t, const Account& each) { sum += each.counts.flows; }),
                "a row could not be read");
        return sum;
    };
    const std::uint64_t before = flows();
    runner.pass(traffic);
    require(flows() - before == traffic.flow_count, "the ledger has other flows");
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

void run_ledger_cost(const GateOptions& options) {
    constexpr Schema schema = Schema::all(Profile::goflow2_v1);
    const protobuf::Kernel& kernel = protobuf::kernels().back();
    const protobuf::Formatter format{schema, protobuf::Framing::length_prefixed, kernel.run};
    const produce::Settings settings{.schema = schema};
    for (const std::size_t exporters : {std::size_t{64}, std::size_t{10'000}}) {
        for (const Input input :
             {Input::netflow5, Input::netflow9, Input::ipfix_ipv4, Input::sflow}) {
            TrafficOptions shape = options.traffic;
            shape.exporter_count = exporters;
            Stream stream{input, shape};
            const Traffic& traffic = stream.traffic();
            PipelineRunner<protobuf::Formatter> with{format, traffic, settings};
            PipelineRunner<protobuf::Formatter> without{format, traffic, settings, false};
            verify_ledger(with, traffic);
            const Comparison result =
                compare(with, without, traffic, options.rounds, [&] { stream.go_on(); });
            std::printf(
                "ledger: %s, %zu exporters: with %.2f ns, without %.2f ns per flow, ratio %.3f "
                "(medians of %zu pairs, %.1f flows per datagram)\n",
                std::string{name(input)}.c_str(), exporters, median(result.flowd_ns),
                median(result.yardstick_ns), median(result.ratios), options.rounds,
                static_cast<double>(traffic.flow_count) /
                    static_cast<double>(traffic.datagrams.size()));
            std::fflush(stdout);
        }
    }
}

}  // namespace flow::perf

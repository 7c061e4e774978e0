// SPDX-License-Identifier: BSD-3-Clause
// What one flow costs as a JSON line: 10,000 different flows, so that no branch or cache line is
// learnt by heart. Every line is parsed and compared with its flow before a clock runs.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"

namespace {

using flow::Column;
using flow::Flow;

constexpr std::size_t flow_count = 10'000;
constexpr std::uint64_t now = 1'700'000'000;

/// The memory that flows borrow from.
struct Sample {
    Flow flow;
    std::array<std::array<std::uint8_t, 16>, 4> addresses{};
};

enum class Family : std::uint8_t { ipv4, ipv6 };

void set_address(Sample& sample, Column column, std::size_t slot, std::size_t size,
                 std::mt19937_64& random) {
    for (std::size_t i = 0; i < size; ++i) {
        sample.addresses[slot][i] = static_cast<std::uint8_t>(random());
    }
    // Half of an IPv6 address is a short interface number, as in real networks.
    if (size == 16 && random() % 2 == 0) {
        for (std::size_t i = 6; i < 14; ++i) sample.addresses[slot][i] = 0;
    }
    sample.flow.set(column, flow::Bytes{sample.addresses[slot].data(), size});
}

/// A router's flow: the columns of a usual IPFIX template are set, the other 45 are zero.
void fill(Sample& sample, Family family, std::mt19937_64& random) {
    const std::size_t size = family == Family::ipv4 ? 4 : 16;
    Flow& flow = sample.flow;
    flow.set(Column::type, std::uint64_t{4});
    flow.set(Column::time_received, now);
    flow.set(Column::sequence_num, random() % 10'000'000);
    flow.set(Column::sampling_rate, std::uint64_t{1000});
    set_address(sample, Column::sampler_address, 0, 4, random);
    const std::uint64_t start_ms = now * 1000 - random() % 120'000;
    const std::uint64_t end_ms = start_ms + random() % 60'000;
    flow.set(Column::time_flow_start, start_ms / 1000);
    flow.set(Column::time_flow_end, end_ms / 1000);
    flow.set(Column::time_flow_start_ms, start_ms);
    flow.set(Column::time_flow_end_ms, end_ms);
    flow.set(Column::bytes, random() % (std::uint64_t{1} << random() % 24 << 6));
    flow.set(Column::packets, 1 + random() % (std::uint64_t{1} << random() % 14));
    set_address(sample, Column::src_addr, 1, size, random);
    set_address(sample, Column::dst_addr, 2, size, random);
    set_address(sample, Column::next_hop, 3, size, random);
    flow.set(Column::etype, std::uint64_t{family == Family::ipv4 ? 0x0800U : 0x86ddU});
    flow.set(Column::proto, std::uint64_t{random() % 3 == 0 ? 17U : 6U});
    flow.set(Column::src_port, random() % 2 == 0 ? 443 : random() % 65'536);
    flow.set(Column::dst_port, random() % 65'536);
    flow.set(Column::in_if, random() % 600);
    flow.set(Column::out_if, random() % 600);
    flow.set(Column::ip_tos, random() % 8 == 0 ? 46 << 2 : 0);
    flow.set(Column::tcp_flags, random() % 32);
    flow.set(Column::src_as, random() % 400'000);
    flow.set(Column::dst_as, random() % 400'000);
    flow.set(Column::src_net, random() % 25);
    flow.set(Column::dst_net, random() % 25);
}

std::vector<Sample> make_samples(Family family) {
    std::mt19937_64 random{20'240'613};
    std::vector<Sample> samples(flow_count);
    for (Sample& sample : samples) fill(sample, family, random);
    return samples;
}

/// All columns are there, and those that hold numbers equal the flow. Addresses are judged by the
/// tests.
bool is_right(const Flow& flow, const flow::Schema& schema, const std::string& line) {
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    if (!parsed.is_object() || parsed.size() != schema.columns().size()) return false;
    for (const Column column : schema.columns()) {
        const flow::ColumnField& field = schema.field(column);
        const auto found = parsed.find(std::string{field.key});
        if (found == parsed.end()) return false;
        if (field.render == flow::Render::number && *found != flow.number(column)) return false;
    }
    return true;
}

void bench_json(benchmark::State& state, Family family) {
    const auto schema = flow::Schema::all(flow::Profile::goflow2_v1);
    const flow::json::Formatter format{schema};
    const std::vector<Sample> samples = make_samples(family);
    std::vector<std::uint8_t> room(8192);
    std::size_t size = 0;
    for (const Sample& sample : samples) {
        std::uint8_t* end = format.write(sample.flow, room.data());
        const std::string line{room.data(), end};
        size += line.size();
        if (!is_right(sample.flow, schema, line)) {
            state.SkipWithError(("wrong line: " + line).c_str());
            return;
        }
    }
    std::size_t next = 0;
    for (auto _ : state) {
        const Flow& flow = samples[next].flow;
        next = next + 1 == flow_count ? 0 : next + 1;
        std::size_t room_needed = format.size_max(flow);
        benchmark::DoNotOptimize(room_needed);
        std::uint8_t* end = format.write(flow, room.data());
        benchmark::DoNotOptimize(end);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes_per_flow"] = static_cast<double>(size) / flow_count;
}

BENCHMARK_CAPTURE(bench_json, ipv4, Family::ipv4);
BENCHMARK_CAPTURE(bench_json, ipv6, Family::ipv6);

}  // namespace

BENCHMARK_MAIN();

// SPDX-License-Identifier: BSD-3-Clause
// perf-make-capture INPUT FILE [OPTIONS]: writes the traffic of the benchmarks as a capture (pcap,
// Ethernet), templates first, for scripts/perf. The same arguments give the same bytes.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perf/support/frames.hpp"
#include "perf/support/traffic.hpp"
#include "perf/support/traffic_arguments.hpp"

namespace flow::perf {

namespace {

/// Of the machine that writes, as pcap has it: readers look at the magic number.
template <class... Words>
void write_words(std::FILE* file, Words... words) {
    const std::uint32_t all[] = {words...};
    std::fwrite(all, sizeof all, 1, file);
}

/// pcap, version 2.4, microseconds (draft-ietf-opsawg-pcap §4 and §5).
void write_header(std::FILE* file) {
    constexpr std::uint32_t magic = 0xa1b2c3d4;
    constexpr std::uint32_t version = 4 << 16 | 2;
    constexpr std::uint32_t ethernet = 1;
    write_words(file, magic, version, 0U, 0U, 65'535U, ethernet);
}

void write_packet(std::FILE* file, const Datagram& datagram, std::uint64_t time_us) {
    const test::ByteBuilder frame = udp_frame(datagram);
    const auto size = static_cast<std::uint32_t>(frame.size());
    write_words(file, static_cast<std::uint32_t>(time_us / 1'000'000),
                static_cast<std::uint32_t>(time_us % 1'000'000), size, size);
    std::fwrite(frame.bytes().data(), frame.size(), 1, file);
}

std::optional<Input> input_of(std::string_view wanted) {
    for (const Input input : all_inputs()) {
        if (name(input) == wanted) return input;
    }
    return std::nullopt;
}

int explain(const std::string& program) {
    std::fprintf(stderr, "usage: %s INPUT FILE [OPTIONS]\nOPTIONS: %s\nINPUT:", program.c_str(),
                 traffic_usage);
    for (const Input input : all_inputs()) {
        std::fprintf(stderr, " %s", std::string{name(input)}.c_str());
    }
    std::fprintf(stderr, "\n");
    return 2;
}

int run(const std::vector<std::string>& arguments) {
    const auto input = arguments.size() > 2 ? input_of(arguments[1]) : std::nullopt;
    if (!input) return explain(arguments[0]);
    TrafficOptions options;
    for (std::size_t i = 3; i < arguments.size(); ++i) {
        if (!take_traffic_argument(arguments[i], options)) return explain(arguments[0]);
    }
    const Traffic traffic = make_traffic(*input, options);
    std::FILE* const file = std::fopen(arguments[2].c_str(), "wb");
    if (file == nullptr) {
        std::perror(arguments[2].c_str());
        return 1;
    }
    write_header(file);
    std::uint64_t time_us = traffic.datagrams.front().received_ns / 1000;
    for (const Datagram& datagram : traffic.templates) write_packet(file, datagram, time_us++);
    for (const Datagram& datagram : traffic.datagrams) write_packet(file, datagram, time_us++);
    const bool written = std::ferror(file) == 0;
    if (std::fclose(file) != 0 || !written) {
        std::perror(arguments[2].c_str());
        return 1;
    }
    std::printf(
        "{\"templates\": %zu, \"datagrams\": %zu, \"flows\": %zu, \"exporters\": %zu, "
        "\"payload_bytes\": %llu}\n",
        traffic.templates.size(), traffic.datagrams.size(), traffic.flow_count,
        options.exporter_count, static_cast<unsigned long long>(traffic.payload_bytes()));
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    return flow::perf::run({arguments, arguments + argument_count});
}

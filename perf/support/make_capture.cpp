// SPDX-License-Identifier: BSD-3-Clause
// perf-make-capture INPUT FILE [DATAGRAMS [EXPORTERS]]: writes the traffic of the benchmarks as a
// capture (pcap, Ethernet), templates first, for scripts/perf. The same arguments give the same
// bytes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perf/support/frames.hpp"
#include "perf/support/traffic.hpp"

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
    for (const Input input : inputs) {
        if (name(input) == wanted) return input;
    }
    return std::nullopt;
}

int run(const std::vector<std::string>& arguments) {
    const auto input = arguments.size() > 2 ? input_of(arguments[1]) : std::nullopt;
    if (!input || arguments.size() > 5) {
        std::fprintf(stderr,
                     "usage: %s INPUT FILE [DATAGRAMS [EXPORTERS]]\n"
                     "INPUT: netflow5, netflow9, ipfix-ipv4, ipfix-ipv6 or sflow\n",
                     arguments[0].c_str());
        return 2;
    }
    const auto number = [&](std::size_t index, std::size_t missing) {
        return arguments.size() > index ? std::strtoull(arguments[index].c_str(), nullptr, 10)
                                        : missing;
    };
    const TrafficOptions options{.datagram_count = number(3, 10'000),
                                 .exporter_count = number(4, 64)};
    if (options.datagram_count == 0 || options.exporter_count == 0) {
        std::fprintf(stderr, "%s: DATAGRAMS and EXPORTERS are numbers above 0\n",
                     arguments[0].c_str());
        return 2;
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
    std::printf("{\"templates\": %zu, \"datagrams\": %zu, \"flows\": %zu, \"exporters\": %zu}\n",
                traffic.templates.size(), traffic.datagrams.size(), traffic.flow_count,
                options.exporter_count);
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    return flow::perf::run({arguments, arguments + argument_count});
}

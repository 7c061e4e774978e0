// SPDX-License-Identifier: BSD-3-Clause
// Network ports through DPDK: what every ethdev counts, and what the driver counts besides.
#include <algorithm>
#include <array>

#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

constexpr double bytes_per_megabit = 1e6 / 8;

/// DPDK's names of the counters that have a metric of their own.
constexpr std::array<std::string_view, 5> known{"ipackets", "ibytes", "imissed", "ierrors",
                                                "rx_nombuf"};

template <std::size_t Index>
void counter(const PortView& port, Samples& out) {
    if (const double* count = find_number(port.counters, known[Index])) out.add(*count);
}

void others(const NamedNumbers& numbers, Samples& out) {
    for (const auto& [name, value] : numbers) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            out.add({{"name", name}}, value);
        }
    }
}

void answers(const PortView& port, Samples& out) {
    for (const auto& [kind, count] : port.answers) out.add({{"kind", kind}}, count);
}

constexpr Row<PortView> rows[]{
    {{"flowd_port_info", Gauge, "", "port, driver", "The driver of a port; always 1."},
     [](const PortView& port, Samples& out) {
         out.add({{"driver", port.driver}}, 1);
     }},
    {{"flowd_port_up", Gauge, "", "port", "1 when the link is up."},
     [](const PortView& port, Samples& out) { out.add(port.up); }},
    {{"flowd_port_speed_bytes_per_second", Gauge, "bytes per second", "port",
      "The speed of the link; absent: not known."},
     [](const PortView& port, Samples& out) {
         if (port.speed_mbps != 0) out.add(port.speed_mbps * bytes_per_megabit);
     }},
    {{"flowd_port_received_packets_total", Counter, "packets", "port",
      "Frames that a port received (ipackets)."},
     counter<0>},
    {{"flowd_port_received_bytes_total", Counter, "bytes", "port", "Their bytes (ibytes)."},
     counter<1>},
    {{"flowd_port_missed_packets_total", Counter, "packets", "port",
      "Frames that the NIC dropped because its queues were full (imissed)."},
     counter<2>},
    {{"flowd_port_receive_errors_total", Counter, "packets", "port",
      "Frames that came damaged (ierrors)."},
     counter<3>},
    {{"flowd_port_no_buffer_total", Counter, "", "port",
      "Times that no packet buffer was free (rx_nombuf)."},
     counter<4>},
    {{"flowd_port_statistic", Untyped, "", "port, name",
      "What DPDK counts of a port besides, by its names."},
     [](const PortView& port, Samples& out) { others(port.counters, out); }},
    {{"flowd_port_xstat", Untyped, "", "port, name",
      "The driver's own statistics, by its names; most count up."},
     [](const PortView& port, Samples& out) {
         for (const auto& [name, value] : port.xstats) out.add({{"name", name}}, value);
     }},
    {{"flowd_port_answers_total", Counter, "packets", "port, kind",
      "What a port answered of its own: ARP, neighbour discovery, ping."},
     answers},
};

}  // namespace

std::span<const Row<PortView>> port_rows() noexcept { return rows; }

const double* find_number(const NamedNumbers& numbers, std::string_view name) noexcept {
    const auto found = std::find_if(numbers.begin(), numbers.end(),
                                    [name](const auto& each) { return each.first == name; });
    return found == numbers.end() ? nullptr : &found->second;
}

}  // namespace flowd::metrics

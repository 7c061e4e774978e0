// SPDX-License-Identifier: BSD-3-Clause
// The equations of a ledger.
#include "metrics/observation.hpp"

#include <algorithm>
#include <numeric>

namespace flowd {

namespace {

template <class Array>
std::uint64_t sum(const Array& counts) noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

std::uint64_t Totals::datagrams_dropped() const noexcept { return missed + sum(drops); }

std::uint64_t Totals::flows_dropped() const noexcept { return too_large + ring_full + sum(lost); }

std::int64_t Totals::datagram_imbalance() const noexcept {
    return static_cast<std::int64_t>(datagrams - datagrams_dropped() - decoded - parked);
}

std::int64_t Totals::flow_imbalance() const noexcept {
    const std::uint64_t elsewhere = delivered + flows_dropped() + in_flight + spooled;
    return static_cast<std::int64_t>(offered + restored - elsewhere) - in_ring;
}

double silence_limit_seconds(const ExporterView& exporter) noexcept {
    constexpr double gaps_max = 5;
    const std::uint64_t gaps = std::max<std::uint64_t>(exporter.totals.datagrams, 1) - 1;
    if (gaps == 0 || exporter.last_seen <= exporter.first_seen) return silent_seconds;
    const double gap =
        static_cast<double>(exporter.last_seen - exporter.first_seen) / static_cast<double>(gaps);
    return std::max<double>(silent_seconds, gaps_max * gap);
}

std::uint32_t present_seconds(const Observation& observation) noexcept {
    std::uint32_t latest = 0;
    if (observation.ingress == "replay") {
        latest = observation.other.last_seen;
        for (const ExporterView& each : observation.exporters) {
            latest = std::max(latest, each.last_seen);
        }
    }
    if (latest != 0) return latest;
    return static_cast<std::uint32_t>(observation.taken_at_ns / 1'000'000'000);
}

double trusted_share_of_loss(const Observation& observation) noexcept {
    double trusted = 0;
    double all = 0;
    const auto add = [&](const ExporterView& each) {
        all += each.rates.sequence_lost;
        if (each.xray.sequence_trusted) trusted += each.rates.sequence_lost;
    };
    for (const ExporterView& each : observation.exporters) add(each);
    add(observation.other);
    return all > 0 ? trusted / all : 1;
}

const char* health_name(Health health) noexcept {
    switch (health) {
        case Health::starting: return "starting";
        case Health::collecting: return "collecting";
        case Health::draining: return "draining";
        case Health::failing: return "failing";
    }
    return "?";
}

}  // namespace flowd

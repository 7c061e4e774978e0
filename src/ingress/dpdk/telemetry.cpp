// SPDX-License-Identifier: BSD-3-Clause
// Answers have a few hundred entries and some kilobytes at most: exporters beyond the busiest are
// asked for one by one.
#include "ingress/dpdk/telemetry.hpp"

#include <rte_telemetry.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "log/address.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {

namespace {

/// DPDK's commands have no context.
struct Shared {
    std::mutex mutex;
    Telemetry::Source source;
};
Shared shared;

std::shared_ptr<const Observation> latest() {
    const std::lock_guard lock{shared.mutex};
    return shared.source ? shared.source() : nullptr;
}

void add(rte_tel_data* answer, const std::string& name, std::uint64_t value) {
    static_cast<void>(rte_tel_data_add_dict_u64(answer, name.c_str(), value));
}

void add_totals(rte_tel_data* answer, const Totals& totals) {
    add(answer, "datagrams", totals.datagrams);
    add(answer, "payload_bytes", totals.payload_bytes);
    add(answer, "decoded", totals.decoded);
    add(answer, "parked", totals.parked);
    add(answer, "missed", totals.missed);
    for (std::size_t i = 1; i < totals.drops.size(); ++i) {
        if (totals.drops[i] == 0) continue;
        const auto error = static_cast<flow::Error>(i);
        add(answer, "dropped_" + std::string{flow::error_name(error)}, totals.drops[i]);
    }
    add(answer, "flows", totals.flows);
    add(answer, "delivered", totals.delivered);
    add(answer, "in_ring", static_cast<std::uint64_t>(std::max<std::int64_t>(totals.in_ring, 0)));
    add(answer, "in_flight", totals.in_flight);
    add(answer, "spooled", totals.spooled);
    add(answer, "dropped_too_large", totals.too_large);
    add(answer, "dropped_ring_full", totals.ring_full);
    for (std::size_t i = 0; i < totals.lost.size(); ++i) {
        if (totals.lost[i] == 0) continue;
        add(answer, "dropped_" + std::string{loss_name(static_cast<Loss>(i))}, totals.lost[i]);
    }
    add(answer, "sequence_lost", totals.sequence.lost);
    add(answer, "sequence_late", totals.sequence.late);
    add(answer, "sequence_duplicates", totals.sequence.duplicates);
    add(answer, "sequence_resets", totals.sequence.resets);
}

int stats(const char*, const char*, rte_tel_data* answer) {
    const auto observation = latest();
    if (!observation) return -EAGAIN;
    rte_tel_data_start_dict(answer);
    rte_tel_data_add_dict_string(answer, "health", health_name(observation->health));
    add(answer, "observation", observation->serial);
    add(answer, "exporters", observation->exporters.size());
    add(answer, "templates", observation->templates.size());
    add_totals(answer, observation->box);
    add(answer, "imbalance_datagrams", observation->datagram_imbalance);
    add(answer, "imbalance_flows", observation->flow_imbalance);
    return 0;
}

/// Addresses, the busiest first. (Names in dictionaries have no dots.)
int busiest_exporters(const Observation& observation, rte_tel_data* answer) {
    constexpr std::size_t shown_max = 200;
    std::vector<const ExporterView*> all;
    for (const ExporterView& each : observation.exporters) all.push_back(&each);
    const std::size_t shown = std::min(shown_max, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                      [](const ExporterView* one, const ExporterView* other) {
                          return one->rates.flows > other->rates.flows;
                      });
    rte_tel_data_start_array(answer, RTE_TEL_STRING_VAL);
    for (std::size_t i = 0; i < shown; ++i) {
        rte_tel_data_add_array_string(answer, address_text(all[i]->address).c_str());
    }
    return 0;
}

int exporters(const char*, const char* parameters, rte_tel_data* answer) {
    const auto observation = latest();
    if (!observation) return -EAGAIN;
    if (parameters == nullptr || *parameters == '\0') {
        return busiest_exporters(*observation, answer);
    }
    const flow::Address wanted = parse_address(parameters);
    for (const ExporterView& each : observation->exporters) {
        if (wanted.size == 0 || each.address != wanted) continue;
        rte_tel_data_start_dict(answer);
        rte_tel_data_add_dict_string(answer, "address", address_text(each.address).c_str());
        add(answer, "first_seen", each.first_seen);
        add(answer, "last_seen", each.last_seen);
        add(answer, "templates", each.template_count);
        add(answer, "domains", each.domains.size());
        add(answer, "flows_per_second", static_cast<std::uint64_t>(each.rates.flows));
        add_totals(answer, each.totals);
        return 0;
    }
    return -ENOENT;
}

void register_command(const char* name, telemetry_cb answer, const char* help) {
    const int error = rte_telemetry_register_cmd(name, answer, help);
    // Once in a process is enough: the command stays.
    if (error != 0 && error != -EEXIST) {
        log::warn(std::string{"dpdk.telemetry: "} + name + " is not to be had: error " +
                  std::to_string(-error));
    }
}

}  // namespace

Telemetry::Telemetry(Source source) {
    {
        const std::lock_guard lock{shared.mutex};
        shared.source = std::move(source);
    }
    register_command("/flowd/stats", stats, "Returns flowd's ledger. Takes no parameters");
    register_command(
        "/flowd/exporters", exporters,
        "Returns the busiest exporters. Parameter: an exporter's address, whose ledger is "
        "returned");
}

Telemetry::~Telemetry() {
    const std::lock_guard lock{shared.mutex};
    shared.source = nullptr;
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The rules, one function each, and their sentences.
#include "control/problems.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "metrics/words.hpp"

namespace flowd {

namespace {

constexpr std::uint32_t lasting = 10;  // observations
constexpr double busy_most = 0.95;
/// Who has been silent for a day has been taken away.
constexpr std::uint32_t gone_seconds = 86'400;

void report(Observation& observation, Severity severity, std::string_view code,
            std::string sentence, std::string action) {
    observation.problems.push_back({severity, code, std::move(sentence), std::move(action)});
}

std::string count_text(double number) {
    return thousands_text(static_cast<std::uint64_t>(std::llround(number)));
}

/// "17 flows a second"; of less than two, how many in a minute.
std::string pace(double rate, const std::string& what) {
    return rate < 2 ? count_text(rate * 60) + ' ' + what + " a minute"
                    : count_text(rate) + ' ' + what + " a second";
}

/// What a transport has been given and its destination has not taken.
std::uint64_t waiting(const TransportView& transport) noexcept {
    const std::int64_t in_ring = std::max<std::int64_t>(0, transport.in_ring);
    return static_cast<std::uint64_t>(in_ring) + transport.in_flight + transport.spooled;
}

std::uint64_t drops_of(const Totals& totals, flow::Error reason) noexcept {
    return totals.drops[static_cast<std::size_t>(reason)];
}

}  // namespace

Problems::Problems(std::size_t rx_workers, std::size_t outputs)
    : busy_for_(rx_workers),
      flows_(outputs, Flow{.window = RateWindow<2>{RateClock{}}}),
      arrivals_{RateClock{}},
      tables_{RateClock{}} {}

void Problems::find(Observation& observation, const RateClock& clock,
                    const std::vector<double>& unanswered_seconds) {
    observation.problems.clear();
    find_imbalance(observation);
    find_workers(observation, unanswered_seconds);
    find_transports(observation, clock);
    find_arrivals(observation, clock);
    find_full_tables(observation, clock);
    find_silent(observation);
    std::stable_sort(observation.problems.begin(), observation.problems.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
}

void Problems::find_imbalance(Observation& observation) {
    if (observation.datagram_imbalance == 0 && observation.flow_imbalance == 0) return;
    report(observation, Severity::error, "imbalance",
           "The ledger does not add up: " + std::to_string(observation.datagram_imbalance) +
               " datagrams and " + std::to_string(observation.flow_imbalance) +
               " flows are nowhere, or twice. That is a defect of flowd.",
           "Please report it, with the answer of /api/status.");
}

void Problems::find_workers(Observation& observation,
                            const std::vector<double>& unanswered_seconds) {
    for (std::size_t i = 0; i < observation.rx.size(); ++i) {
        const std::string who = "RX worker " + std::to_string(i);
        if (unanswered_seconds[i] > unanswered_most) {
            report(observation, Severity::error, "worker_stuck",
                   who + " has not answered for " + count_text(unanswered_seconds[i]) + " seconds.",
                   "Where a replay waits for its destination, look at that; else please report "
                   "it.");
            continue;
        }
        busy_for_[i] = observation.rx[i].busy > busy_most ? busy_for_[i] + 1 : 0;
        if (busy_for_[i] < lasting) continue;
        report(observation, Severity::warning, "worker_busy",
               who + " has been busy for more than 95 % of its time for " +
                   std::to_string(busy_for_[i]) + " seconds: with more load, datagrams are lost.",
               "Give flowd more RX workers (rx.workers, or count= of -listen), or spread the "
               "exporters.");
    }
}

void Problems::find_transports(Observation& observation, const RateClock& clock) {
    for (std::size_t i = 0; i < observation.transports.size(); ++i) {
        TransportView& transport = observation.transports[i];
        Flow& flow = flows_[i];
        // What explains the others comes before them.
        find_stall(transport, flow, observation);
        find_state(transport, observation);
        std::uint64_t lost = 0;
        for (const std::uint64_t each : transport.lost) lost += each;
        const auto rates = flow.window.take(clock, {transport.ring_full, lost});
        const std::string who = "Transport " + transport.name;
        if (rates[0] > 0) {
            report(observation, Severity::error, "ring_full",
                   who + " takes less than comes: " + pace(rates[0], "flows") +
                       " are dropped, as its rings are full.",
                   "Look at the destination; more transport.workers, a larger batch.count, or a "
                   "spool (transport.spool.path) for short outages.");
        }
        if (rates[1] > 0) {
            report(observation, Severity::error, "flows_lost",
                   who + " loses " + pace(rates[1], "flows") + '.',
                   "flowd's log has the destination's reason.");
        }
        // A transport whose thread is in a call of the system cannot say so itself.
        if (flow.stalled >= lasting && transport.state == "up") {
            transport.state = rates[0] > 0 ? "dropping" : "slow";
        }
    }
}

void Problems::find_stall(const TransportView& transport, Flow& flow, Observation& observation) {
    const bool waits = transport.in_flight > 0 || transport.in_ring > 0;
    const bool moves = transport.delivered != std::exchange(flow.delivered, transport.delivered);
    flow.stalled = waits && !moves ? flow.stalled + 1 : 0;
    if (flow.stalled < lasting) return;
    const std::uint64_t count = waiting(transport);
    report(observation, Severity::error, "transport_stalled",
           "Transport " + transport.name + " has delivered nothing for " +
               std::to_string(flow.stalled) + " seconds, and " +
               count_text(static_cast<double>(count)) +
               (count == 1 ? " flow waits for it." : " flows wait for it."),
           "See whether the destination is reachable and answers; flowd's log has its last "
           "complaint.");
}

void Problems::find_state(TransportView& transport, Observation& observation) {
    const std::string who = "Transport " + transport.name;
    if (transport.state == "slow") {
        report(observation, Severity::warning, "transport_slow",
               who + " is slow: batches wait in its rings.",
               "Look at the destination's load; nothing is lost as long as rings have room.");
    } else if (transport.state == "spooling") {
        report(observation, Severity::warning, "transport_spooling",
               who + " keeps flows on disk, as the destination does not take them: " +
                   count_text(static_cast<double>(transport.spooled)) + " are there.",
               "Bring the destination back before the spool (transport.spool.bytes) is full.");
    } else if (transport.state == "dropping") {
        report(observation, Severity::error, "transport_dropping",
               who + " drops flows: the destination fails.",
               "Bring the destination back; flowd's log has the reason.");
    } else if (transport.state == "closed") {
        report(observation, Severity::error, "transport_closed",
               who + " is closed: its reader has gone.", "Start flowd anew, with a reader.");
    }
}

void Problems::find_arrivals(Observation& observation, const RateClock& clock) {
    const Totals& box = observation.box;
    const auto rates = arrivals_.take(
        clock, {box.missed, drops_of(box, flow::Error::unknown_template) + box.parked,
                drops_of(box, flow::Error::protocol_not_here)});
    if (rates[0] > 0) {
        const bool sockets = observation.ingress == "udp";
        report(observation, Severity::error, "datagrams_missed",
               pace(rates[0], "datagrams") + " are lost before flowd sees them: " +
                   (sockets ? "the kernel's receive buffer is full." : "the NIC's queue is full."),
               sockets ? "A larger ingress.udp.receive_buffer_bytes (and net.core.rmem_max), more "
                         "RX workers (count= of -listen), or -ingress dpdk."
                       : "More RX workers (rx.workers), a larger dpdk.descriptors and dpdk.pool.");
    }
    if (rates[1] > 0) {
        report(observation, Severity::warning, "unknown_templates",
               pace(rates[1], "datagrams") +
                   " have data of a template that their exporter has not sent.",
               "Make exporters send their templates " + std::string{template_pace} +
                   "; flowctl exporters --search template_missing lists those exporters, and "
                   "flowctl exporter ADDRESS says more of one.");
    }
    // Whose only datagrams they are is in no list of exporters.
    if (rates[2] > 0) {
        report(
            observation, Severity::warning, "protocol_not_here",
            pace(rates[2], "datagrams") + " come to a listener that does not take their protocol.",
            "Send NetFlow and IPFIX to a netflow:// listener and sFlow to an sflow:// one, or "
            "listen with flow://, which takes all. Who sends nothing else has no row: `flowctl "
            "exporter other` names a few, capture.errors_path (-capture.errors FOLDER) keeps "
            "such datagrams.");
    }
}

void Problems::find_full_tables(Observation& observation, const RateClock& clock) {
    RateWindow<4>::Point counts{observation.exporters_forgotten};
    for (const RxView& each : observation.rx) {
        counts[1] += each.exporters_evicted;
        counts[2] += each.domains_evicted;
        counts[3] += each.templates_evicted;
    }
    const auto rates = tables_.take(clock, counts);
    if (rates[0] > 0) {
        report(observation, Severity::note, "exporters_forgotten",
               "More exporters have sent than flowd shows: of " +
                   std::to_string(observation.exporters_forgotten) +
                   " the numbers are among those of others.",
               "A larger limits.exporters, if they are real; many at once may have forged "
               "addresses.");
    }
    constexpr std::pair<const char*, const char*> tables[]{{"exporters", "limits.exporters"},
                                                           {"domains", "limits.domains"},
                                                           {"templates", "limits.templates"}};
    for (std::size_t i = 0; i < std::size(tables); ++i) {
        if (rates[i + 1] <= 0) continue;
        const std::string what = tables[i].first;
        report(observation, Severity::warning,
               i == 0   ? "exporters_evicted"
               : i == 1 ? "domains_evicted"
                        : "templates_evicted",
               pace(rates[i + 1], what) +
                   " are forgotten to make room for others: what they "
                   "send next may not be understood.",
               std::string{"A larger "} + tables[i].second + '.');
    }
}

void Problems::find_silent(Observation& observation) {
    if (observation.ingress == "replay") return;  // its time is the capture's
    const std::uint32_t now = present_seconds(observation);
    // One that never sent for that long itself is a stray datagram's source, forged perhaps.
    const auto is_silent = [now](const ExporterView& each) {
        const std::uint32_t silent_for = now - std::min(now, each.last_seen);
        return each.last_seen - each.first_seen >= silent_seconds &&
               silent_for >= silence_limit_seconds(each) && silent_for < gone_seconds;
    };
    const auto silent =
        std::count_if(observation.exporters.begin(), observation.exporters.end(), is_silent);
    if (silent == 0) return;
    report(observation, Severity::warning, "exporters_silent",
           std::to_string(silent) + (silent == 1 ? " exporter has" : " exporters have") +
               " sent nothing for " + std::to_string(silent_seconds) +
               " seconds or longer, though usually more often.",
           "See whether they are up, reach flowd, and still have it as their collector.");
}

}  // namespace flowd

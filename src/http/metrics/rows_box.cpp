// SPDX-License-Identifier: BSD-3-Clause
// The box as a whole, and what is said of flowd itself.
#include <algorithm>

#include "flow/base/error.hpp"
#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

constexpr double ns_per_second = 1e9;

template <auto Number>
void of_box(const Observation& seen, Samples& out) {
    out.add(seen.box.*Number);
}
template <auto Number>
void of_sequence(const Observation& seen, Samples& out) {
    out.add(seen.box.sequence.*Number);
}
template <auto Number>
void of_all(const Observation& seen, Samples& out) {
    out.add(seen.*Number);
}

void build(const Observation& seen, Samples& out) {
    out.add({{"version", seen.version}, {"ingress", seen.ingress}}, 1);
}

void health(const Observation& seen, Samples& out) {
    using enum Health;
    for (const Health each : {starting, collecting, draining, failing}) {
        out.add({{"state", health_name(each)}}, each == seen.health);
    }
}

void problems(const Observation& seen, Samples& out) { add_findings(seen.problems, out); }

void dropped(const Observation& seen, Samples& out) {
    out.add({{"reason", "missed"}}, seen.box.missed);
    for (std::size_t i = 1; i < flow::error_count; ++i) {
        const auto error = static_cast<flow::Error>(i);
        out.add({{"reason", flow::error_name(error)}}, seen.box.drops[i]);
    }
}

void imbalance(const Observation& seen, Samples& out) {
    out.add({{"unit", "datagrams"}}, seen.datagram_imbalance);
    out.add({{"unit", "flows"}}, seen.flow_imbalance);
}

void sflow_samples(const Observation& seen, Samples& out) {
    out.add({{"kind", "counter"}}, seen.samples_counter);
    out.add({{"kind", "discarded"}}, seen.samples_discarded);
    out.add({{"kind", "other"}}, seen.samples_other);
}

constexpr Row<Observation> rows[]{
    {{"flowd_build_info", Gauge, "", "version, ingress", "The version that runs; always 1."},
     build},
    {{"flowd_start_time_seconds", Gauge, "seconds", "", "When flowd started, UNIX time."},
     [](const Observation& seen, Samples& out) {
         out.add(static_cast<double>(seen.started_at_ns) / ns_per_second);
     }},
    {{"flowd_observation_timestamp_seconds", Gauge, "seconds", "",
      "When the numbers of this page were taken, UNIX time; all of them at once."},
     [](const Observation& seen, Samples& out) {
         out.add(static_cast<double>(seen.taken_at_ns) / ns_per_second);
     }},
    {{"flowd_observations_total", Counter, "", "", "How often all numbers were taken."},
     of_all<&Observation::serial>},
    {{"flowd_health", Gauge, "", "state", "1 for the state that flowd is in, 0 for the others."},
     health},
    {{"flowd_problems", Gauge, "", "code, severity",
      "1 for each thing that is wrong with the box; absent when it is not."},
     problems},
    {{"flowd_ledger_imbalance", Gauge, "datagrams or flows", "unit",
      "What the ledger's equations lack, at most, of the box, a transport or an exporter. Not 0: a "
      "fault of flowd's."},
     imbalance},

    {{"flowd_datagrams_total", Counter, "datagrams", "",
      "Datagrams that arrived = decoded + dropped + parked."},
     of_box<&Totals::datagrams>},
    {{"flowd_datagram_bytes_total", Counter, "bytes", "", "UDP payload of these datagrams."},
     of_box<&Totals::payload_bytes>},
    {{"flowd_datagrams_decoded_total", Counter, "datagrams", "",
      "Datagrams with which nothing was wrong."},
     of_box<&Totals::decoded>},
    {{"flowd_datagrams_dropped_total", Counter, "datagrams", "reason",
      "Datagrams that were lost, wholly or in part; missed: before flowd saw them."},
     dropped},
    {{"flowd_datagrams_parked", Gauge, "datagrams", "", "Datagrams that wait for a template now."},
     of_box<&Totals::parked>},
    {{"flowd_flows_total", Counter, "flows", "", "Flows that were decoded."},
     of_box<&Totals::flows>},
    {{"flowd_sets_parked_total", Counter, "sets", "", "Data sets that had to wait for a template."},
     of_box<&Totals::sets_parked>},
    {{"flowd_sets_unparked_total", Counter, "sets", "", "Of these: those whose template came."},
     of_box<&Totals::sets_unparked>},
    {{"flowd_sets_expired_total", Counter, "sets", "", "Of these: those whose template did not."},
     of_box<&Totals::sets_expired>},

    // What comes late is taken back, so this goes down, too: no counter.
    {{"flowd_sequence_lost", Gauge, "flows or datagrams", "",
      "Lost on the way to flowd by the senders' sequence numbers so far, less what came late."},
     of_sequence<&SequenceTotals::lost>},
    {{"flowd_sequence_late_total", Counter, "datagrams", "", "Came after later ones."},
     of_sequence<&SequenceTotals::late>},
    {{"flowd_sequence_duplicates_total", Counter, "datagrams", "", "Came twice."},
     of_sequence<&SequenceTotals::duplicates>},
    {{"flowd_sequence_resets_total", Counter, "", "",
      "Numbering that began anew: a sender's restart, or a leap too far to be loss."},
     of_sequence<&SequenceTotals::resets>},
    {{"flowd_sequence_unchecked_total", Counter, "datagrams", "",
      "Datagrams behind which the next number cannot be foretold."},
     of_sequence<&SequenceTotals::unchecked>},

    {{"flowd_exporters", Gauge, "", "", "Exporters that flowd knows now."},
     [](const Observation& seen, Samples& out) { out.add(seen.exporters.size()); }},
    {{"flowd_exporters_forgotten_total", Counter, "", "",
      "Exporters whose numbers are in other now, for want of room or because they went silent."},
     of_all<&Observation::exporters_forgotten>},
    {{"flowd_templates", Gauge, "", "", "Templates that flowd knows now."},
     [](const Observation& seen, Samples& out) { out.add(seen.templates.size()); }},
    {{"flowd_sflow_samples_total", Counter, "samples", "kind",
      "sFlow samples that are no flows: counters, discarded packets, others."},
     sflow_samples},
    {{"flowd_shard_moves_total", Counter, "", "", "Exporters that moved to another RX worker."},
     of_all<&Observation::shard_moves>},
    {{"flowd_shard_splits_total", Counter, "", "",
      "Exporters that were split among RX workers because one worker is too slow for them."},
     of_all<&Observation::shard_splits>},
};

}  // namespace

std::span<const Row<Observation>> box_rows() noexcept { return rows; }

void add_findings(std::span<const Finding> findings, Samples& out) {
    for (auto each = findings.begin(); each != findings.end(); ++each) {
        const auto earlier = std::find_if(findings.begin(), each, [each](const Finding& other) {
            return other.code == each->code && other.severity == each->severity;
        });
        if (earlier != each) continue;
        out.add({{"code", each->code}, {"severity", severity_name(each->severity)}}, 1);
    }
}

}  // namespace flowd::metrics

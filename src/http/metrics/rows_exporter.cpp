// SPDX-License-Identifier: BSD-3-Clause
// An exporter, and its domains where it has several. With up to 10,000 of them in a page, rows that
// seldom say something add a series only when they do.
#include <algorithm>

#include "flow/base/error.hpp"
#include "http/metrics/tables.hpp"
#include "metrics/loss.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

constexpr std::size_t sampling_rates_max = 16;  // series of an exporter

/// "other" has sums only.
bool is_one(const ExporterView& exporter) { return exporter.address.size != 0; }

void dropped_datagrams(const Totals& totals, Samples& out) {
    for (std::size_t i = 1; i < flow::error_count; ++i) {
        if (totals.drops[i] == 0) continue;
        const auto error = static_cast<flow::Error>(i);
        out.add({{"reason", flow::error_name(error)}}, totals.drops[i]);
    }
}

void dropped_flows(const Totals& totals, Samples& out) {
    if (totals.too_large != 0) out.add({{"reason", "too_large"}}, totals.too_large);
    if (totals.ring_full != 0) out.add({{"reason", "ring_full"}}, totals.ring_full);
    for (std::size_t i = 0; i < loss_count; ++i) {
        if (totals.lost[i] == 0) continue;
        out.add({{"reason", loss_name(static_cast<Loss>(i))}}, totals.lost[i]);
    }
}

double in_flight(const Totals& totals) {
    return static_cast<double>(totals.in_ring) + static_cast<double>(totals.in_flight) +
           static_cast<double>(totals.spooled);
}

/// What a sequence number counts: NetFlow v9 and sFlow count datagrams, the others flows.
std::string_view unit_of(std::uint8_t version) {
    if (version == 0) return "unknown";
    return version == 9 || version == flow::sflow_domain_version ? "datagrams" : "flows";
}

/// By unit, so that nobody adds flows to datagrams unawares. What belongs to no domain (any more)
/// has lost its unit.
template <auto Number>
void by_unit(const ExporterView& exporter, Samples& out) {
    std::uint64_t rest = exporter.totals.sequence.*Number;
    for (const std::string_view unit : {"flows", "datagrams"}) {
        std::uint64_t sum = 0;
        bool any = false;
        for (const DomainView& domain : exporter.domains) {
            if (unit_of(domain.version) != unit) continue;
            any = true;
            sum += domain.totals.sequence.*Number;
        }
        if (any) out.add({{"unit", unit}}, sum);
        rest -= std::min(rest, sum);
    }
    if (rest != 0 || exporter.domains.empty()) out.add({{"unit", "unknown"}}, rest);
}

void sampling(const ExporterView& exporter, Samples& out) {
    std::size_t count = 0;
    for (const DomainView& domain : exporter.domains) {
        if (domain.version == 0 || domain.sampling_rate == 0) continue;
        if (++count > sampling_rates_max) return;
        out.add({{"domain", std::to_string(domain.id)},
                 {"protocol", protocol_label(domain.version)},
                 {"source", domain.sampling_source}},
                domain.sampling_rate);
    }
}

void findings(const ExporterView& exporter, Samples& out) { add_findings(exporter.findings, out); }

template <auto Number>
void total(const ExporterView& exporter, Samples& out) {
    out.add(exporter.totals.*Number);
}
template <auto Number>
void rare(const ExporterView& exporter, Samples& out) {
    if (exporter.totals.*Number != 0) out.add(exporter.totals.*Number);
}
template <auto Number>
void rare_sequence(const ExporterView& exporter, Samples& out) {
    const std::uint64_t count = exporter.totals.sequence.*Number;
    if (count != 0) out.add(count);
}

constexpr Row<ExporterView> rows[]{
    {{"flowd_exporter_datagrams_total", Counter, "datagrams", "exporter, port",
      "Datagrams of an exporter = decoded + dropped + parked."},
     total<&Totals::datagrams>},
    {{"flowd_exporter_bytes_total", Counter, "bytes", "exporter, port",
      "UDP payload of an exporter's datagrams."},
     total<&Totals::payload_bytes>},
    {{"flowd_exporter_decoded_datagrams_total", Counter, "datagrams", "exporter, port",
      "Datagrams of an exporter with which nothing was wrong."},
     total<&Totals::decoded>},
    {{"flowd_exporter_dropped_datagrams_total", Counter, "datagrams", "exporter, port, reason",
      "Datagrams of an exporter that were lost, wholly or in part; a reason appears with its "
      "first."},
     [](const ExporterView& exporter, Samples& out) { dropped_datagrams(exporter.totals, out); }},
    {{"flowd_exporter_parked_datagrams", Gauge, "datagrams", "exporter, port",
      "Datagrams of an exporter that wait for a template now; absent: none."},
     rare<&Totals::parked>},
    {{"flowd_exporter_flows_total", Counter, "flows", "exporter, port",
      "Flows of an exporter that were decoded."},
     total<&Totals::flows>},
    {{"flowd_exporter_offered_flows_total", Counter, "flows", "exporter, port",
      "Flows of an exporter to transports, each for itself = delivered + dropped + in flight."},
     total<&Totals::offered>},
    {{"flowd_exporter_delivered_flows_total", Counter, "flows", "exporter, port",
      "Flows of an exporter that transports delivered."},
     total<&Totals::delivered>},
    {{"flowd_exporter_dropped_flows_total", Counter, "flows", "exporter, port, reason",
      "Flows of an exporter that were lost; a reason appears with its first."},
     [](const ExporterView& exporter, Samples& out) { dropped_flows(exporter.totals, out); }},
    {{"flowd_exporter_in_flight_flows", Gauge, "flows", "exporter, port",
      "Flows of an exporter in rings, in transports and on disk now."},
     [](const ExporterView& exporter, Samples& out) { out.add(in_flight(exporter.totals)); }},
    {{"flowd_exporter_sequence_lost", Gauge, "flows or datagrams", "exporter, port, unit",
      "Lost between an exporter and flowd by its sequence numbers so far, less what came late."},
     by_unit<&SequenceTotals::lost>},
    {{"flowd_exporter_sequence_late_total", Counter, "datagrams", "exporter, port",
      "Of an exporter, after later ones; absent: none."},
     rare_sequence<&SequenceTotals::late>},
    {{"flowd_exporter_sequence_duplicates_total", Counter, "datagrams", "exporter, port",
      "Came twice from an exporter; absent: none."},
     rare_sequence<&SequenceTotals::duplicates>},
    {{"flowd_exporter_sequence_resets_total", Counter, "", "exporter, port",
      "An exporter's numbering that began anew; absent: never."},
     rare_sequence<&SequenceTotals::resets>},
    {{"flowd_exporter_sequence_unchecked_total", Counter, "datagrams", "exporter, port",
      "Datagrams of an exporter behind which the next number cannot be foretold; absent: none."},
     rare_sequence<&SequenceTotals::unchecked>},
    {{"flowd_exporter_expired_sets_total", Counter, "sets", "exporter, port",
      "Data sets of an exporter whose template did not come in time; absent: none."},
     rare<&Totals::sets_expired>},
    {{"flowd_exporter_reassembled_datagrams", Gauge, "datagrams", "exporter, port",
      "Datagrams of an exporter, of domains that are known now, that came in fragments; absent: "
      "none."},
     [](const ExporterView& exporter, Samples& out) {
         if (exporter.reassembled != 0) out.add(exporter.reassembled);
     }},
    {{"flowd_exporter_first_seen_timestamp_seconds", Gauge, "seconds", "exporter, port",
      "When the first datagram of an exporter came, UNIX time."},
     [](const ExporterView& exporter, Samples& out) {
         if (is_one(exporter)) out.add(exporter.first_seen);
     }},
    {{"flowd_exporter_last_seen_timestamp_seconds", Gauge, "seconds", "exporter, port",
      "When the last datagram of an exporter came, UNIX time."},
     [](const ExporterView& exporter, Samples& out) {
         if (is_one(exporter)) out.add(exporter.last_seen);
     }},
    {{"flowd_exporter_clock_skew_seconds", Gauge, "seconds", "exporter, port",
      "How far an exporter's clock is ahead of flowd's; absent where its protocol does not tell."},
     [](const ExporterView& exporter, Samples& out) {
         if (is_one(exporter) && exporter.skew.known) out.add(exporter.skew.last_seconds);
     }},
    {{"flowd_exporter_templates", Gauge, "", "exporter, port",
      "Templates that flowd knows of an exporter."},
     [](const ExporterView& exporter, Samples& out) { out.add(exporter.template_count); }},
    {{"flowd_exporter_sampling_rate", Gauge, "", "exporter, port, domain, protocol, source",
      "One of how many packets an exporter looks at, and where flowd has it from; absent: "
      "unknown."},
     sampling},
    {{"flowd_exporter_findings", Gauge, "", "exporter, port, code, severity",
      "1 for each thing that is wrong with an exporter; absent when it is not."},
     findings},
};

template <auto Number>
void of_domain(const ShownDomain& shown, Samples& out) {
    out.add(shown.domain.totals.*Number);
}

constexpr std::string_view domain_labels = "exporter, port, domain, protocol";

constexpr Row<ShownDomain> of_domains[]{
    {{"flowd_domain_datagrams_total", Counter, "datagrams", domain_labels,
      "Datagrams of a domain (source id, agent), of exporters with several."},
     of_domain<&Totals::datagrams>},
    {{"flowd_domain_flows_total", Counter, "flows", domain_labels, "Flows of a domain."},
     of_domain<&Totals::flows>},
    {{"flowd_domain_dropped_datagrams_total", Counter, "datagrams", domain_labels,
      "Datagrams of a domain that were lost, for whatever reason."},
     [](const ShownDomain& shown, Samples& out) {
         out.add(shown.domain.totals.datagrams_dropped());
     }},
    {{"flowd_domain_sequence_lost", Gauge, "flows or datagrams", domain_labels,
      "Lost between a domain and flowd by its sequence numbers so far."},
     [](const ShownDomain& shown, Samples& out) { out.add(shown.domain.totals.sequence.lost); }},
};

}  // namespace

std::span<const Row<ExporterView>> exporter_rows() noexcept { return rows; }
std::span<const Row<ShownDomain>> domain_rows() noexcept { return of_domains; }

std::string_view protocol_label(std::uint8_t version) noexcept {
    const std::string_view name = protocol_name(version);
    return name.empty() ? "other" : name;
}

}  // namespace flowd::metrics

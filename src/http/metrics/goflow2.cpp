// SPDX-License-Identifier: BSD-3-Clause
// Rows as flowd's own, in tables of their own: one for each set of labels that goflow2 has.
#include "http/metrics/goflow2.hpp"

#include <array>
#include <span>

#include "flow/base/error.hpp"
#include "http/metrics/goflow2_groups.hpp"
#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;
using flow::Error;

constexpr std::array<const char*, set_kind_total> set_types{
    "TemplateFlowSet", "OptionsTemplateFlowSet", "DataFlowSet", "OptionsDataFlowSet"};
// goflow2 has one word for all samples that it does not read.
constexpr std::array<const char*, sample_kind_total> sample_types{
    "FlowSample", "ExpandedFlowSample", "CounterSample", "ExpandedCounterSample", "unknown",
    "unknown"};

template <auto Number>
void total(const Group& group, Samples& out) {
    out.add(group.totals.*Number);
}

std::uint64_t drops(const Group& group, Error error) {
    return group.totals.drops[static_cast<std::size_t>(error)];
}

void add_error(Samples& out, const char* error, std::uint64_t count) {
    if (count != 0) out.add({{"error", error}}, count);
}

void sizes(const Group& group, Samples& out) {
    out.add_summary(group.totals.datagrams, group.totals.payload_bytes);
}

void flowsets(const Group& group, Samples& out) {
    for (std::size_t i = 0; i < set_types.size(); ++i) {
        if (group.totals.sets[i] != 0) out.add({{"type", set_types[i]}}, group.totals.sets[i]);
    }
}

/// v1 and v2 count the flows of a NetFlow v5 datagram as sets of data.
void flowsets_or_flows(const Group& group, Samples& out) {
    if (group.version == 9 || group.version == 10) {
        flowsets(group, out);
    } else if (group.totals.flows != 0) {
        out.add({{"type", "DataFlowSet"}}, group.totals.flows);
    }
}

void flowset_records(const Group& group, Samples& out) {
    for (std::size_t i = 0; i < set_types.size(); ++i) {
        const std::uint64_t records = group.totals.set_records[i];
        if (records != 0) out.add({{"type", set_types[i]}}, records);
    }
}

void netflow_errors(const Group& group, Samples& out) {
    const std::uint64_t unknown_template = drops(group, Error::unknown_template);
    const std::uint64_t version = drops(group, Error::unknown_protocol);
    add_error(out, "template_not_found", unknown_template);
    add_error(out, "error_version", version);
    add_error(out, "error_decoding", group.totals.datagrams_dropped() - unknown_template - version);
}

void unknown_templates(const Group& group, Samples& out) {
    add_error(out, "template_not_found", drops(group, Error::unknown_template));
}

void sflow_errors(const Group& group, Samples& out) {
    const std::uint64_t address = drops(group, Error::bad_address_type);
    const std::uint64_t format = drops(group, Error::bad_sample) + drops(group, Error::bad_record);
    const std::uint64_t version = drops(group, Error::unknown_protocol);
    add_error(out, "error_ip_version", address);
    add_error(out, "error_data_format", format);
    add_error(out, "error_version", version);
    add_error(out, "error_decoding", group.totals.datagrams_dropped() - address - format - version);
}

void samples(const Group& group, Samples& out) {
    std::uint64_t unknown = 0;
    for (std::size_t i = 0; i < sample_types.size(); ++i) {
        const std::uint64_t count = group.totals.samples[i];
        if (i >= 4) {
            unknown += count;
        } else if (count != 0) {
            out.add({{"type", sample_types[i]}}, count);
        }
    }
    if (unknown != 0) out.add({{"type", "unknown"}}, unknown);
}

void errors(const Group& group, Samples& out) {
    const std::uint64_t count = group.totals.datagrams_dropped();
    if (count != 0) out.add(count);
}

constexpr std::string_view traffic_labels = "remote_ip, local_ip, local_port, type";

constexpr Row<Group> traffic_v1[]{
    {{"flow_traffic_bytes", Counter, "bytes", traffic_labels, "Bytes received by the application."},
     total<&Totals::payload_bytes>},
    {{"flow_traffic_packets", Counter, "datagrams", traffic_labels,
      "Packets received by the application."},
     total<&Totals::datagrams>},
    {{"flow_traffic_summary_size_bytes", Summary, "bytes", traffic_labels,
      "Summary of packet size."},
     sizes},
};

constexpr Row<Group> traffic_v2[]{
    {{"goflow2_flow_traffic_bytes_total", Counter, "bytes", traffic_labels,
      "Bytes received by the application."},
     total<&Totals::payload_bytes>},
    {{"goflow2_flow_traffic_packets_total", Counter, "datagrams", traffic_labels,
      "Packets received by the application."},
     total<&Totals::datagrams>},
    {{"goflow2_flow_traffic_size_bytes", Summary, "bytes", traffic_labels,
      "Summary of packet size."},
     sizes},
    {{"goflow2_flow_dropped_packets_total", Counter, "datagrams", traffic_labels,
      "Packets dropped before processing."},
     [](const Group& group, Samples& out) { out.add(drops(group, Error::shard_ring_full)); }},
};

constexpr Row<Group> decoders[]{
    {{"flow_decoder_count", Counter, "datagrams", "worker, name", "Decoder processed count."},
     total<&Totals::decoded>},
};

constexpr Row<Group> decoder_errors[]{
    {{"goflow2_flow_decoder_error_total", Counter, "datagrams", "router, name",
      "NetFlow/sFlow processed errors."},
     errors},
};

constexpr std::string_view process_labels = "router, version";
constexpr std::string_view set_labels = "router, version, type";

constexpr Row<Group> netflow[]{
    {{"flow_process_nf_count", Counter, "datagrams", process_labels, "NetFlows processed."},
     total<&Totals::decoded>},
    {{"flow_process_nf_flowset_sum", Counter, "sets", set_labels, "NetFlows FlowSets sum."},
     flowsets_or_flows},
    {{"flow_process_nf_flowset_records_sum", Counter, "records", set_labels,
      "NetFlows FlowSets sum of records."},
     flowset_records},
    {{"goflow2_flow_process_nf_total", Counter, "datagrams", process_labels, "NetFlows processed."},
     total<&Totals::decoded>},
    {{"goflow2_flow_process_nf_flowset_total", Counter, "sets", set_labels,
      "NetFlows FlowSets sum."},
     flowsets_or_flows},
    {{"goflow2_flow_process_nf_flowset_records_total", Counter, "records", set_labels,
      "NetFlows FlowSets sum of records."},
     flowset_records},
};

constexpr Row<Group> netflow_faults[]{
    {{"flow_process_nf_errors_count", Counter, "datagrams", "router, error",
      "NetFlows processed errors."},
     netflow_errors},
    {{"goflow2_flow_process_nf_errors_total", Counter, "datagrams", "router, error",
      "NetFlows processed errors."},
     unknown_templates},
};

constexpr Row<Group> sflow[]{
    {{"flow_process_sf_count", Counter, "datagrams", "router, agent, version", "sFlows processed."},
     total<&Totals::decoded>},
    {{"flow_process_sf_samples_sum", Counter, "samples", "router, agent, version, type",
      "SFlows samples sum."},
     samples},
    {{"goflow2_flow_process_sf_total", Counter, "datagrams", "router, agent, version",
      "sFlows processed."},
     total<&Totals::decoded>},
    {{"goflow2_flow_process_sf_samples_total", Counter, "samples", "router, agent, version, type",
      "SFlows samples sum."},
     samples},
};

constexpr Row<Group> sflow_faults[]{
    {{"flow_process_sf_errors_count", Counter, "datagrams", "router, error",
      "sFlows processed errors."},
     sflow_errors},
};

constexpr std::string_view template_labels = "router, version, obs_domain_id, template_id, type";

constexpr Row<TemplateView> templates[]{
    {{"goflow2_flow_process_nf_templates_total", Counter, "", template_labels,
      "NetFlows Template count."},
     [](const TemplateView& seen, Samples& out) { out.add(seen.announcements); }},
    {{"goflow2_flow_process_nf_template_added_timestamp_seconds", Gauge, "seconds", template_labels,
      "Template added timestamp."},
     [](const TemplateView& seen, Samples& out) { out.add(seen.first_seen); }},
    {{"goflow2_flow_process_nf_template_updated_timestamp_seconds", Gauge, "seconds",
      template_labels, "Template updated timestamp."},
     [](const TemplateView& seen, Samples& out) { out.add(seen.last_seen); }},
};

using Subjects = std::vector<Subject<Group>>;

Subjects traffic_of(const std::vector<Group>& groups, const char* local_ip) {
    Subjects subjects;
    for (const Group& each : groups) {
        subjects.push_back({{{"remote_ip", each.exporter},
                             {"local_ip", local_ip},
                             {"local_port", std::to_string(each.local_port)},
                             {"type", each.name}},
                            &each});
    }
    return subjects;
}

/// v1 counts what a decoder has done by the worker that did it. Here workers are not told apart.
std::vector<Group> by_decoder(const std::vector<Group>& groups) {
    std::vector<Group> sums;
    for (const char* name : {"NetFlow", "NetFlowV5", "sFlow"}) {
        Group& all = sums.emplace_back();
        all.name = name;
        for (const Group& each : groups) {
            if (each.name == name) all.totals.decoded += each.totals.decoded;
        }
    }
    return sums;
}

void read_traffic(const Shown& shown, Samples& out) {
    const std::vector<Group> types = group(shown, v1_type, ByPort::yes);
    read_rows<Group>(traffic_v1, traffic_of(types, ""), out);
    const std::vector<Group> schemes = group(shown, v2_scheme, ByPort::yes);
    read_rows<Group>(traffic_v2, traffic_of(schemes, "::"), out);

    const std::vector<Group> of_decoders = by_decoder(types);
    Subjects subjects;
    for (const Group& each : of_decoders) {
        subjects.push_back({{{"worker", "all"}, {"name", each.name}}, &each});
    }
    read_rows<Group>(decoders, subjects, out);

    const std::vector<Group> routers = group(shown, v2_scheme, ByPort::no);
    Subjects of_routers;
    for (const Group& each : routers) {
        of_routers.push_back({{{"router", each.exporter}, {"name", each.name}}, &each});
    }
    read_rows<Group>(decoder_errors, of_routers, out);
}

/// Faults are counted by exporter alone: all versions of one add up.
void read_faults(const Shown& shown, Samples& out) {
    const std::vector<Group> schemes = group(shown, v2_scheme, ByPort::no);
    Subjects of_netflow;
    Subjects of_sflow;
    for (const Group& each : schemes) {
        if (each.version == 0) continue;
        (is_sflow(each.version) ? of_sflow : of_netflow)
            .push_back({{{"router", each.exporter}}, &each});
    }
    read_rows<Group>(netflow_faults, of_netflow, out);
    read_rows<Group>(sflow_faults, of_sflow, out);
}

void read_protocols(const Shown& shown, Samples& out) {
    // sFlow's version is NetFlow's too: they are told apart before they are given a name.
    const std::vector<Group> versions = group(shown, protocol_label, ByPort::no);
    Subjects of_netflow;
    Subjects of_sflow;
    for (const Group& each : versions) {
        if (each.version == 0) continue;
        const std::string version{version_text(each.version)};
        if (is_sflow(each.version)) {
            of_sflow.push_back(
                {{{"router", each.exporter}, {"agent", each.exporter}, {"version", version}},
                 &each});
        } else {
            of_netflow.push_back({{{"router", each.exporter}, {"version", version}}, &each});
        }
    }
    read_rows<Group>(netflow, of_netflow, out);
    read_rows<Group>(sflow, of_sflow, out);
}

void read_templates(const Observation& observation, std::size_t templates_max, Samples& out) {
    std::vector<Subject<TemplateView>> subjects;
    for (const TemplateView& each : observation.templates) {
        if (subjects.size() == templates_max) break;
        const flow::StateKey& key = each.layout.key;
        std::string router = exporter_name(key.exporter);
        if (key.port != 0) router += ':' + std::to_string(key.port);
        subjects.push_back({{{"router", router},
                             {"version", std::string{version_text(key.version)}},
                             {"obs_domain_id", std::to_string(key.domain)},
                             {"template_id", std::to_string(each.layout.id)},
                             {"type", each.layout.options ? "options_template" : "template"}},
                            &each});
    }
    read_rows<TemplateView>(templates, subjects, out);
}

template <class Source>
void declare(std::vector<Metric>& metrics, std::span<const Row<Source>> rows) {
    for (const Row<Source>& each : rows) metrics.push_back(each.metric);
}

}  // namespace

void read_goflow2(const Observation& observation, const Shown& shown, std::size_t templates_max,
                  Samples& out) {
    read_traffic(shown, out);
    read_protocols(shown, out);
    read_faults(shown, out);
    read_templates(observation, templates_max, out);
}

std::vector<Metric> goflow2_metrics() {
    std::vector<Metric> metrics;
    for (const std::span<const Row<Group>> rows :
         {std::span<const Row<Group>>{traffic_v1}, std::span<const Row<Group>>{traffic_v2},
          std::span<const Row<Group>>{decoders}, std::span<const Row<Group>>{decoder_errors},
          std::span<const Row<Group>>{netflow}, std::span<const Row<Group>>{netflow_faults},
          std::span<const Row<Group>>{sflow}, std::span<const Row<Group>>{sflow_faults}}) {
        declare(metrics, rows);
    }
    declare(metrics, std::span<const Row<TemplateView>>{templates});
    return metrics;
}

}  // namespace flowd::metrics

// SPDX-License-Identifier: BSD-3-Clause
// Adding up, and the two ways to print it.
#include "control/summary.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iomanip>
#include <locale>
#include <sstream>

#include "log/escape.hpp"

namespace flowd {

namespace {

template <class Worker>
using Workers = std::vector<std::unique_ptr<Worker>>;

constexpr double ns_per_second = 1e9;

void add(Summary::Counts& counts, std::string_view name, std::uint64_t count) {
    if (count == 0) return;
    const auto known = std::find_if(counts.begin(), counts.end(),
                                    [name](const auto& entry) { return entry.first == name; });
    if (known == counts.end()) {
        counts.emplace_back(name, count);
    } else {
        known->second += count;
    }
}

void add(Summary::Counts& counts, const std::array<std::uint64_t, flow::error_count>& by_error) {
    for (std::size_t i = 1; i < by_error.size(); ++i) {
        add(counts, flow::error_name(static_cast<flow::Error>(i)), by_error[i]);
    }
}

void add_counters(Summary::Counts& counts, const flow::PipelineStats& stats) {
    add(counts, "templates_learnt", stats.templates_learnt);
    add(counts, "templates_evicted", stats.templates_evicted);
    add(counts, "exporters_evicted", stats.exporters_evicted);
    add(counts, "domains_evicted", stats.domains_evicted);
    add(counts, "sets_parked", stats.sets_parked);
    add(counts, "sets_unparked", stats.sets_unparked);
    add(counts, "sets_expired", stats.sets_expired);
    add(counts, "sequence_lost", stats.sequence_lost);
    add(counts, "sequence_late", stats.sequence_late);
    add(counts, "sequence_duplicates", stats.sequence_duplicates);
    add(counts, "sequence_resets", stats.sequence_resets);
    add(counts, "sequence_unchecked", stats.sequence_unchecked);
    add(counts, "counter_samples", stats.counter_samples);
    add(counts, "discarded_samples", stats.discarded_samples);
    add(counts, "other_samples", stats.other_samples);
}

void add_counters(Summary::Counts& counts, const IngressStats& stats) {
    add(counts, "shard_forwarded", stats.forwarded);
    add(counts, "shard_held", stats.held);
    add(counts, "fragments", stats.fragments);
    add(counts, "reassembled", stats.reassembled);
    add(counts, "checksums_bad", stats.checksums_bad);
    add(counts, "answered", stats.answered);
    add(counts, "handed_to_kernel", stats.handed_to_kernel);
}

void add_rx(Summary& summary, const RxWorker& worker) {
    const IngressStats& ingress = worker.ingress_stats();
    const flow::PipelineStats& pipeline = worker.pipeline_stats();
    summary.datagrams += ingress.datagrams + ingress.missed;
    summary.decoded += pipeline.decoded;
    summary.bytes_in += pipeline.payload_bytes;
    summary.flows += pipeline.flows;
    summary.rx_cpu_seconds += static_cast<double>(worker.span().cpu_ns()) / ns_per_second;
    const auto cycles = static_cast<double>(worker.progress().cycles.get());
    const auto busy_cycles = static_cast<double>(worker.progress().busy_cycles.get());
    summary.rx_busy.push_back(cycles > 0 ? busy_cycles / cycles : 0);
    add(summary.datagram_drops, "missed", ingress.missed);
    add(summary.datagram_drops, ingress.drops);
    add(summary.datagram_drops, pipeline.datagram_drops);
    const Outlet& outlet = worker.outlet();
    for (std::size_t i = 0; i < outlet.lane_count(); ++i) {
        Summary::Transport& transport = summary.transports[i];
        const flow::SinkCounts counts = outlet.counts(i);
        transport.offered += counts.offered;
        add(transport.drops, "ring_full", counts.ring_full);
        add(transport.drops, "too_large", counts.too_large);
    }
    add_counters(summary.counters, pipeline);
    add_counters(summary.counters, ingress);
}

void add_tx(Summary& summary, const TxWorker& worker) {
    const TransportCounts& counts = worker.counts();
    Summary::Transport& transport = summary.transports[worker.output()];
    transport.delivered += counts.delivered.get();
    transport.bytes_out += counts.bytes.get();
    transport.spool_restored += counts.spool_restored.get();
    transport.spool_left += counts.spooled.get();
    add(summary.counters, "spool_damaged", counts.spool_damaged.get());
    for (std::size_t i = 0; i < loss_count; ++i) {
        add(transport.drops, loss_name(static_cast<Loss>(i)), counts.lost[i].get());
    }
    summary.tx_cpu_seconds += static_cast<double>(worker.span().cpu_ns()) / ns_per_second;
}

/// What a worker that is stuck holds, and what waits for it: nobody delivers that any more.
void give_up(Summary::Transport& transport, std::size_t output, const Workers<RxWorker>& rx,
             const Workers<TxWorker>& tx) {
    const auto is_stuck = [output](const auto& each) {
        return each->output() == output && !each->done();
    };
    if (std::none_of(tx.begin(), tx.end(), is_stuck)) return;
    std::uint64_t left = 0;
    for (const auto& worker : rx) {
        const flow::SinkCounts counts = worker->outlet().counts(output);
        left += counts.offered - counts.ring_full - counts.too_large;
    }
    for (const auto& worker : tx) {
        if (worker->output() != output) continue;
        left += worker->counts().in_flight.get() - worker->counts().taken.get();
    }
    add(transport.drops, loss_name(Loss::given_up), left);
}

void add_transport(Summary& summary, const Summary::Transport& transport) {
    summary.delivered += transport.delivered;
    summary.bytes_out += transport.bytes_out;
    for (const auto& [name, count] : transport.drops) add(summary.flow_drops, name, count);
    add(summary.counters, "spool_restored", transport.spool_restored);
    add(summary.counters, "spool_left", transport.spool_left);
}

std::string json_counts(const Summary::Counts& counts) {
    std::string text = "{";
    for (const auto& [name, count] : counts) {
        if (text.size() > 1) text += ", ";
        text += '"' + name + "\": " + std::to_string(count);  // names are identifiers
    }
    return text + "}";
}

std::string json_transports(const std::vector<Summary::Transport>& transports) {
    std::string text = "[";
    for (const Summary::Transport& each : transports) {
        if (text.size() > 1) text += ", ";
        text += "{\"name\": \"" + log::json_escaped(each.name) +
                "\", \"offered\": " + std::to_string(each.offered) +
                ", \"delivered\": " + std::to_string(each.delivered) +
                ", \"bytes_out\": " + std::to_string(each.bytes_out) +
                ", \"spool_restored\": " + std::to_string(each.spool_restored) +
                ", \"spool_left\": " + std::to_string(each.spool_left) +
                ", \"drops\": " + json_counts(each.drops) + '}';
    }
    return text + "]";
}

std::string json_shares(const std::vector<double>& shares) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << std::fixed << std::setprecision(3) << '[';
    for (std::size_t i = 0; i < shares.size(); ++i) out << (i == 0 ? "" : ", ") << shares[i];
    out << ']';
    return out.str();
}

std::ostringstream stream() {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << std::fixed;
    return out;
}

void text_counts(std::ostream& out, std::string_view label, const Summary::Counts& counts) {
    for (const auto& [name, count] : counts)
        out << "  " << label << ' ' << name << ' ' << count << '\n';
}

}  // namespace

Summary summarize(const std::vector<std::unique_ptr<RxWorker>>& rx,
                  const std::vector<std::unique_ptr<TxWorker>>& tx,
                  const std::vector<std::string>& transport_names) {
    Summary summary;
    for (const std::string& name : transport_names) {
        summary.transports.emplace_back().name = name;
    }
    std::uint64_t first = UINT64_MAX;
    std::uint64_t last = 0;
    const auto stretch = [&](const WorkSpan& span) {
        if (!span.used()) return;
        first = std::min(first, span.first_ns());
        last = std::max(last, span.last_ns());
    };
    std::uint64_t restored = 0;  // by every worker
    for (const auto& worker : rx) {
        restored = std::max(restored, worker->pipeline_stats().templates_restored);
        add_rx(summary, *worker);
        stretch(worker->span());
    }
    for (const auto& worker : tx) {
        add_tx(summary, *worker);
        stretch(worker->span());
    }
    for (std::size_t i = 0; i < summary.transports.size(); ++i) {
        give_up(summary.transports[i], i, rx, tx);
        add_transport(summary, summary.transports[i]);
    }
    add(summary.counters, "templates_restored", restored);
    if (last > first) summary.seconds = static_cast<double>(last - first) / ns_per_second;
    return summary;
}

void add_counter(Summary& summary, std::string_view name, std::uint64_t count) {
    add(summary.counters, name, count);
}

std::string to_json(const Summary& summary) {
    std::ostringstream out = stream();
    out << std::setprecision(9);
    out << "{\"datagrams\": " << summary.datagrams << ", \"decoded\": " << summary.decoded
        << ", \"flows\": " << summary.flows << ", \"delivered\": " << summary.delivered
        << ", \"bytes_in\": " << summary.bytes_in << ", \"bytes_out\": " << summary.bytes_out
        << ", \"seconds\": " << summary.seconds
        << ", \"rx_cpu_seconds\": " << summary.rx_cpu_seconds
        << ", \"tx_cpu_seconds\": " << summary.tx_cpu_seconds
        << ", \"rx_busy\": " << json_shares(summary.rx_busy)
        << ", \"drops\": {\"datagrams\": " << json_counts(summary.datagram_drops)
        << ", \"flows\": " << json_counts(summary.flow_drops)
        << "}, \"counters\": " << json_counts(summary.counters)
        << ", \"transports\": " << json_transports(summary.transports) << "}\n";
    return out.str();
}

std::string to_text(const Summary& summary) {
    std::ostringstream out = stream();
    const auto flows = static_cast<double>(summary.flows);
    out << "flowd: " << summary.datagrams << " datagrams, " << summary.bytes_in << " bytes in\n"
        << "  flows " << summary.flows << ", delivered " << summary.delivered << ", "
        << summary.bytes_out << " bytes out\n";
    out << std::setprecision(3) << "  " << summary.seconds << " s";
    if (summary.seconds > 0 && summary.flows > 0) {
        out << std::setprecision(0) << ", " << flows / summary.seconds << " flows/s, "
            << std::setprecision(1) << summary.rx_cpu_seconds * ns_per_second / flows
            << " ns CPU per flow in RX, " << std::setprecision(3)
            << static_cast<double>(summary.bytes_in) * 8 / summary.seconds / 1e9 << " Gbit/s in";
    }
    out << '\n';
    if (summary.rx_busy.size() > 1) {
        out << "  RX workers busy:" << std::setprecision(0);
        for (const double share : summary.rx_busy) out << ' ' << share * 100 << " %";
        out << '\n';
    }
    if (summary.datagram_drops.empty() && summary.flow_drops.empty()) out << "  no drops\n";
    text_counts(out, "datagrams dropped:", summary.datagram_drops);
    text_counts(out, "flows dropped:", summary.flow_drops);
    text_counts(out, "counted:", summary.counters);
    if (summary.transports.size() < 2) return out.str();
    for (const Summary::Transport& each : summary.transports) {
        out << "  transport " << each.name << ": " << each.offered << " flows, delivered "
            << each.delivered << '\n';
        text_counts(out, "  dropped:", each.drops);
    }
    return out.str();
}

Failure write_summary(const Summary& summary, const std::string& path) {
    const auto failure = [&] { return Failure{"-summary: " + path + ": " + std::strerror(errno)}; };
    std::FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return failure();
    const std::string json = to_json(summary);
    const bool written = std::fwrite(json.data(), 1, json.size(), file) == json.size();
    if (std::fclose(file) != 0 || !written) return failure();
    return {};
}

}  // namespace flowd

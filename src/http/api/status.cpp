// SPDX-License-Identifier: BSD-3-Clause
// /api/status: the box on one page. /__health: whether it does its work.
#include <algorithm>

#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/message.hpp"

namespace flowd::http::api {

namespace {

constexpr std::uint64_t history_max = 100'000;  // points; flowd keeps fewer

void write_rx(JsonWriter& json, const std::vector<RxView>& workers) {
    json.begin_array("rx");
    for (std::size_t i = 0; i < workers.size(); ++i) {
        const RxView& each = workers[i];
        json.begin_object();
        json.member("worker", i);
        json.member("cpu", each.cpu);
        json.member("busy", each.busy);
        json.member("datagrams", each.datagrams);
        json.member("flows", each.flows);
        json.member("datagrams_per_second", each.datagrams_per_second);
        json.member("flows_per_second", each.flows_per_second);
        json.member("missed", each.missed);
        json.member("forwarded", each.forwarded);
        json.member("held", each.held);
        json.member("fragments", each.fragments);
        json.member("reassembled", each.reassembled);
        json.member("checksums_bad", each.checksums_bad);
        json.member("exporters", each.exporters);
        json.member("domains", each.domains);
        json.member("templates", each.templates);
        json.member("exporters_evicted", each.exporters_evicted);
        json.member("domains_evicted", each.domains_evicted);
        json.member("templates_evicted", each.templates_evicted);
        json.end_object();
    }
    json.end_array();
}

void write_transport(JsonWriter& json, const TransportView& view) {
    json.begin_object();
    json.member("name", view.name);
    json.member("kind", view.kind);
    json.member("state", view.state);
    json.member("offered", view.offered);
    json.member("delivered", view.delivered);
    json.member("bytes", view.bytes);
    json.member("delivered_per_second", view.delivered_per_second);
    json.key("drops");
    write_losses(json, view.too_large, view.ring_full, view.lost);
    json.member("in_ring", view.in_ring);
    json.member("in_flight", view.in_flight);
    json.member("spooled", view.spooled);
    json.member("restored", view.restored);
    json.begin_array("rings");
    for (const RingView& ring : view.rings) {
        json.begin_object();
        json.member("rx", ring.rx);
        json.member("batches", ring.batches);
        json.member("capacity", ring.capacity);
        json.end_object();
    }
    json.end_array();
    json.key("statistics");
    write_numbers(json, view.statistics);
    json.end_object();
}

void write_port(JsonWriter& json, const PortView& view) {
    json.begin_object();
    json.member("name", view.name);
    json.member("driver", view.driver);
    json.member("up", view.up);
    json.member("speed_mbps", view.speed_mbps);
    json.key("counters");
    write_numbers(json, view.counters);
    json.key("xstats");
    write_numbers(json, view.xstats);
    json.key("answers");
    write_numbers(json, view.answers);
    json.end_object();
}

void write_machine(JsonWriter& json, const Observation& observation) {
    write_rx(json, observation.rx);
    json.begin_array("transports");
    for (const TransportView& each : observation.transports) write_transport(json, each);
    json.end_array();
    json.begin_array("ports");
    for (const PortView& each : observation.ports) write_port(json, each);
    json.end_array();
    json.begin_array("mempools");
    for (const MempoolView& each : observation.mempools) {
        json.begin_object();
        json.member("name", each.name);
        json.member("size", each.size);
        json.member("in_use", each.in_use);
        json.end_object();
    }
    json.end_array();
    json.begin_object("shard");
    json.member("moves", observation.shard_moves);
    json.member("splits", observation.shard_splits);
    json.end_object();
}

void write_exporter_counts(JsonWriter& json, const Observation& observation) {
    const std::uint32_t now = present_seconds(observation);
    const auto count = [&](const auto& has) {
        return std::count_if(observation.exporters.begin(), observation.exporters.end(), has);
    };
    json.begin_object("exporters");
    json.member("count", observation.exporters.size());
    json.member("forgotten", observation.exporters_forgotten);
    json.member("silent", count([now](const auto& each) { return is_silent(each, now); }));
    json.member("with_findings", count([](const auto& each) { return !each.findings.empty(); }));
    json.end_object();
    json.member("templates", observation.templates.size());
}

/// One array for each column, of the last `points`.
class Columns {
public:
    Columns(JsonWriter& json, const std::vector<History::Point>& points, std::size_t count)
        : json_{json}, points_{points}, first_{points.size() - std::min(count, points.size())} {}

    template <class Get>
    void write(std::string_view name, Get get) {
        json_.begin_array(name);
        for (std::size_t i = first_; i < points_.size(); ++i) json_.value(get(points_[i]));
        json_.end_array();
    }
    void write_rate(std::string_view name, double Rates::*rate) {
        write(name, [rate](const History::Point& point) { return point.rates.*rate; });
    }

private:
    JsonWriter& json_;
    const std::vector<History::Point>& points_;
    std::size_t first_;
};

void write_history(JsonWriter& json, const History& history, std::size_t count) {
    using Point = History::Point;
    json.begin_object("history");
    json.member("step_seconds", 1);
    Columns columns{json, history.points, count};
    columns.write("time", [](const Point& point) { return point.time; });
    columns.write_rate("datagrams", &Rates::datagrams);
    columns.write_rate("payload_bytes", &Rates::payload_bytes);
    columns.write_rate("flows", &Rates::flows);
    columns.write_rate("delivered", &Rates::delivered);
    columns.write_rate("datagrams_dropped", &Rates::datagrams_dropped);
    columns.write_rate("flows_dropped", &Rates::flows_dropped);
    columns.write_rate("sequence_lost", &Rates::sequence_lost);
    columns.write("busy", [](const Point& point) { return static_cast<double>(point.busy); });
    columns.write("in_flight", [](const Point& point) { return point.in_flight; });
    json.end_object();
}

}  // namespace

Response health(const HealthNow& health) {
    if (health.health == Health::collecting) return text_response(200, "OK\n");
    std::string text = "Not OK\n";
    text += health_name(health.health);
    if (!health.reason.empty()) text += ": " + health.reason;
    return text_response(503, text + '\n');
}

Response status(const Observation& observation, const HealthNow& health, const Request& request) {
    const auto points = number_parameter(request, "history", history_max, history_max);
    if (!points) return error_response(400, "history: not a number of points");
    JsonWriter json;
    json.begin_object();
    json.member("version", observation.version);
    json.member("serial", observation.serial);
    json.key("time");
    json.exact(seconds(observation.taken_at_ns));
    json.key("started");
    json.exact(seconds(observation.started_at_ns));
    const std::uint64_t uptime_ns =
        observation.taken_at_ns - std::min(observation.taken_at_ns, observation.started_at_ns);
    json.member("uptime_seconds", uptime_ns / 1'000'000'000);
    json.member("ingress", observation.ingress);
    json.begin_object("health");
    json.member("state", health_name(health.health));
    json.member("reason", health.reason);
    json.end_object();
    json.key("totals");
    write_totals(json, observation.box);
    json.key("rates");
    write_rates(json, observation.rates);
    json.begin_object("imbalance");
    json.member("datagrams", observation.datagram_imbalance);
    json.member("flows", observation.flow_imbalance);
    json.end_object();
    write_machine(json, observation);
    write_exporter_counts(json, observation);
    json.key("problems");
    write_findings(json, observation.problems);
    if (*points != 0) write_history(json, observation.history, *points);
    json.end_object();
    return json_response(json);
}

}  // namespace flowd::http::api

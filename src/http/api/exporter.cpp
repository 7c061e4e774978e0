// SPDX-License-Identifier: BSD-3-Clause
// /api/exporters/{address}: the X-ray of one. /api/templates: what exporters announced.
#include <optional>

#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/message.hpp"

namespace flowd::http::api {

namespace {

void write_domain(JsonWriter& json, const DomainView& view) {
    json.begin_object();
    json.member("protocol", protocol_name(view.version));
    json.member("version", protocol_number(view.version));
    json.member("id", view.id);
    json.member("first_seen", view.first_seen);
    json.member("last_seen", view.last_seen);
    json.key("totals");
    write_totals(json, view.totals);
    json.key("rates");
    write_rates(json, view.rates);
    json.key("skew");
    write_skew(json, view.skew);
    json.begin_object("sampling");
    json.member("rate", view.sampling_rate);
    json.member("source", view.sampling_source.empty() ? std::string_view{"none"}
                                                       : std::string_view{view.sampling_source});
    json.begin_array("samplers");
    for (const flow::SamplerRate& each : view.samplers) {
        json.begin_object();
        json.member("id", each.sampler);
        json.member("rate", each.rate);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.member("templates", view.template_count);
    json.end_object();
}

bool belongs(const TemplateView& view, const ExporterView& exporter) noexcept {
    const flow::StateKey& key = view.layout.key;
    return key.exporter == exporter.address && (exporter.port == 0 || key.port == exporter.port);
}

void write_templates(JsonWriter& json, const Observation& observation,
                     const ExporterView& exporter) {
    std::uint64_t left_out = 0;
    json.begin_array("templates");
    for (const TemplateView& each : observation.templates) {
        if (!belongs(each, exporter)) continue;
        if (json.size() > templates_size_max) {
            ++left_out;
        } else {
            write_template(json, each);
        }
    }
    json.end_array();
    json.member("templates_left_out", left_out);
}

void write_seconds(JsonWriter& json, std::string_view name, const std::optional<double>& value) {
    json.key(name);
    value ? json.value(*value) : json.null();
}

void write_xray(JsonWriter& json, const Xray& xray) {
    json.begin_object("xray");
    write_seconds(json, "active_timeout_seconds", xray.active_timeout_seconds);
    write_seconds(json, "inactive_timeout_seconds", xray.inactive_timeout_seconds);
    json.begin_object("flow_seconds");
    json.member("samples", xray.flow_seconds.samples);
    json.member("median", xray.flow_seconds.median);
    json.member("most", xray.flow_seconds.most);
    json.end_object();
    write_seconds(json, "template_refresh_seconds", xray.template_refresh_seconds);
    json.member("payload_size_max", xray.payload_size_max);
    json.member("reassembled", xray.reassembled);
    json.member("impossible_times", xray.impossible_times);
    json.member("restarts", xray.restarts);
    json.begin_array("deviations");
    for (const Xray::Deviating& each : xray.deviations) {
        json.begin_object();
        json.member("code", each.code);
        json.member("count", each.count);
        json.member("sentence", each.sentence);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

const ExporterView* find(const Observation& observation, const flow::Address& address,
                         std::uint64_t port) noexcept {
    if (address.size == 0) return &observation.other;
    for (const ExporterView& each : observation.exporters) {
        if (each.address == address && (port == 0 || each.port == port)) return &each;
    }
    return nullptr;
}

}  // namespace

Response exporter(const Observation& observation, const Request& request) {
    const auto address = parse_exporter(request.arguments.front());
    if (!address) return error_response(400, "the exporter is no IP address");
    const auto port = number_parameter(request, "port", 0, 65'535);
    if (!port) return error_response(400, "port: not 0 to 65535");
    const ExporterView* const view = find(observation, *address, *port);
    if (view == nullptr) {
        return error_response(404, "no exporter " + exporter_name(*address) +
                                       " is known; flowd has received nothing from it, or has "
                                       "forgotten it for others");
    }
    JsonWriter json;
    json.begin_object();
    json.key("time");
    json.exact(seconds(observation.taken_at_ns));
    json.member("serial", observation.serial);
    json.key("exporter");
    write_exporter(json, *view, present_seconds(observation));
    json.key("findings");
    write_findings(json, view->findings);
    json.begin_array("domains");
    for (const DomainView& each : view->domains) write_domain(json, each);
    json.end_array();
    write_templates(json, observation, *view);
    write_xray(json, view->xray);
    json.end_object();
    return json_response(json);
}

Response templates(const Observation& observation, const Request& request) {
    std::optional<flow::Address> wanted;
    if (const auto text = request.parameter("exporter"); text && !text->empty()) {
        wanted = parse_exporter(*text);
        if (!wanted || wanted->size == 0) return error_response(400, "exporter: no IP address");
    }
    std::vector<const TemplateView*> views;
    for (const TemplateView& each : observation.templates) {
        if (!wanted || each.layout.key.exporter == *wanted) views.push_back(&each);
    }
    JsonWriter json;
    json.begin_object();
    json.key("time");
    json.exact(seconds(observation.taken_at_ns));
    json.member("count", views.size());
    json.begin_array("templates");
    for (const TemplateView* each : views) {
        if (json.size() > templates_size_max) {
            return error_response(413, wanted ? "this exporter's templates are more than 32 MiB"
                                              : "all templates are more than 32 MiB; "
                                                "?exporter=ADDRESS shows those of one exporter");
        }
        write_template(json, *each);
    }
    json.end_array();
    json.end_object();
    return json_response(json);
}

}  // namespace flowd::http::api

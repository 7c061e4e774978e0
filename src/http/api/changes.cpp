// SPDX-License-Identifier: BSD-3-Clause
// What changes something: /api/reload, /api/log, /api/capture; and /api/config. Bodies are JSON.
#include <nlohmann/json.hpp>

#include <optional>

#include "config/keep_limits.hpp"
#include "config/text.hpp"
#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/message.hpp"
#include "log/log.hpp"

namespace flowd::http::api {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t capture_seconds_max = 3'600;
constexpr std::uint64_t capture_bytes_max = 256 * 1024 * 1024;

/// An object, or why not.
struct Body {
    Json json{};
    std::optional<Response> refusal{};
};

/// Any other type is what a form of a foreign page could send.
Body body_of(const Request& request) {
    const std::string_view type = request.header("Content-Type");
    if (!same_word(type.substr(0, type.find(';')), "application/json")) {
        return {.refusal = error_response(415, "the body is JSON: Content-Type: application/json")};
    }
    Json json = Json::parse(request.body, nullptr, false);
    if (!json.is_object()) return {.refusal = error_response(400, "the body is no JSON object")};
    return {.json = std::move(json)};
}

/// A member that is a number up to `max`; nothing when it is something else.
std::optional<std::uint64_t> number(const Json& json, const char* name, std::uint64_t fallback,
                                    std::uint64_t max) {
    const auto found = json.find(name);
    if (found == json.end()) return fallback;
    if (!found->is_number_unsigned()) return {};
    const auto value = found->get<std::uint64_t>();
    return value <= max ? std::optional{value} : std::nullopt;
}

std::optional<std::string> text(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return {};
    return found->get<std::string>();
}

/// Nothing, with `refusal` set, when the body is wrong.
std::optional<CaptureOrder> order_of(const Json& json, Response& refusal) {
    CaptureOrder order;
    const auto address = parse_exporter(text(json, "address").value_or(""));
    const auto port = number(json, "port", 0, 65'535);
    const auto seconds = number(json, "seconds", order.seconds, capture_seconds_max);
    const auto bytes = number(json, "bytes_max", order.bytes_max, capture_bytes_max);
    std::string_view why;
    if (!address || address->size == 0) why = "address: not the IP address of an exporter";
    if (!port) why = "port: not 0 to 65535";
    if (!seconds || *seconds == 0) why = "seconds: not 1 to 3600";
    if (!bytes || *bytes == 0) why = "bytes_max: not 1 to 268435456";
    if (!why.empty()) {
        refusal = error_response(400, why);
        return {};
    }
    order.address = *address;
    order.port = static_cast<std::uint16_t>(*port);
    order.seconds = *seconds;
    order.bytes_max = *bytes;
    return order;
}

bool knows(const Observation& observation, const flow::Address& address) noexcept {
    for (const ExporterView& each : observation.exporters) {
        if (each.address == address) return true;
    }
    return false;
}

}  // namespace

Response settings(const Actions& actions) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("settings");
    for (const SettingView& each : actions.settings()) {
        json.begin_object();
        json.member("key", each.key);
        json.member("flag", each.flag);
        json.key("value");
        json.raw(each.value_json);
        json.key("default");
        json.raw(each.default_json);
        json.member("unit", each.unit);
        json.member("help", each.help);
        json.member("lifetime", each.live ? "live" : "sealed");
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json_response(json);
}

Response reload(Actions& actions) {
    const Outcome<config::Reload> reloaded = actions.reload();
    if (!reloaded) return error_response(422, reloaded.error().sentence);
    JsonWriter json;
    json.begin_object();
    json.begin_array("changed");
    for (const std::string& each : reloaded->changed) json.value(each);
    json.end_array();
    json.begin_array("refused");
    for (const config::Reload::Refused& each : reloaded->refused) {
        json.begin_object();
        json.member("key", each.key);
        json.member("sentence", each.sentence);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json_response(json);
}

Response set_log_level(Actions& actions, const Request& request) {
    const Body body = body_of(request);
    if (body.refusal) return *body.refusal;
    const auto found = body.json.find("level");
    if (found == body.json.end() || !found->is_string()) {
        const bool is_there = found != body.json.end();
        return error_response(400, std::string{"level: "} +
                                       (is_there ? "it is no string" : "it is missing") +
                                       "; it is one of " + config::joined(log::level_names, ", "));
    }
    const std::string level = config::lower(found->get<std::string>());
    const Outcome<std::string> before = actions.set_log_level(level);
    if (!before) return error_response(422, before.error().sentence);
    JsonWriter json;
    json.begin_object();
    json.member("level", level);
    json.member("before", *before);
    json.end_object();
    return json_response(json);
}

Response capture(Actions& actions, const Source& source, const Request& request) {
    const Body body = body_of(request);
    if (body.refusal) return *body.refusal;
    Response refusal;
    std::optional<CaptureOrder> order = order_of(body.json, refusal);
    if (!order) return refusal;
    if (!knows(*source.latest(), order->address)) {
        return error_response(404, "no exporter " + exporter_name(order->address) + " is known");
    }
    order->given_up = request.given_up;
    Outcome<Captured> captured = actions.capture(*order);
    if (!captured) return error_response(409, captured.error().sentence);
    Response response{.type = "application/vnd.tcpdump.pcap",
                      .body = std::move(captured->pcapng),
                      .headers = {{"X-Flowd-Datagrams", std::to_string(captured->datagrams)},
                                  {"X-Flowd-Truncated", captured->truncated ? "1" : "0"}}};
    if (captured->kept_seconds) {
        response.headers.push_back(
            {"X-Flowd-Kept-Seconds", std::to_string(*captured->kept_seconds)});
    }
    return response;
}

Response keep(Actions& actions, const Request& request) {
    const Body body = body_of(request);
    if (body.refusal) return *body.refusal;
    constexpr std::uint64_t bytes_default = 64 * 1024 * 1024;
    const auto seconds = number(body.json, "seconds", 30, config::keep_seconds_max);
    if (!seconds) {
        return error_response(400, "seconds: not 1 to " + std::to_string(config::keep_seconds_max) +
                                       ", or 0 to keep nothing");
    }
    const auto bytes = number(body.json, "bytes", bytes_default, config::keep_bytes_max);
    if (!bytes || *bytes < config::keep_bytes_min) {
        return error_response(400, "bytes: not " + std::to_string(config::keep_bytes_min) + " to " +
                                       std::to_string(config::keep_bytes_max));
    }
    const Failure failure = actions.keep(*seconds, *bytes);
    if (failed(failure)) return error_response(422, failure.sentence);
    return capture_state(actions);
}

Response capture_state(const Actions& actions) {
    const CaptureView view = actions.capture_state();
    JsonWriter json;
    json.begin_object();
    json.member("keeping", view.keeping);
    json.member("seconds", view.seconds);
    json.member("bytes", view.bytes);
    json.member("datagrams", view.datagrams);
    json.member("lost", view.lost);
    json.begin_object("errors");
    json.member("enabled", view.errors_enabled);
    json.member("files", view.error_files);
    json.member("datagrams", view.error_datagrams);
    json.member("skipped", view.error_skipped);
    json.end_object();
    json.end_object();
    return json_response(json);
}

}  // namespace flowd::http::api

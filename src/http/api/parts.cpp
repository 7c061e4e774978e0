// SPDX-License-Identifier: BSD-3-Clause
// Shared parts: ledgers, rates, findings, templates, an exporter's row.
#include "http/api/parts.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "http/api/element_names.hpp"
#include "log/escape.hpp"

namespace flowd::http::api {

namespace {

void write_drops(JsonWriter& json, const Totals& totals) {
    json.begin_object("datagrams");
    if (totals.missed != 0) json.member("missed", totals.missed);
    for (std::size_t i = 0; i < totals.drops.size(); ++i) {
        if (totals.drops[i] == 0) continue;
        json.member(flow::error_name(static_cast<flow::Error>(i)), totals.drops[i]);
    }
    json.end_object();
    json.key("flows");
    write_losses(json, totals.too_large, totals.ring_full, totals.lost);
}

void write_protocols(JsonWriter& json, const ExporterView& view) {
    json.begin_array("protocols");
    std::uint64_t seen = 0;  // bits: versions modulo 64 are all different
    for (const DomainView& domain : view.domains) {
        const std::uint64_t bit = std::uint64_t{1} << domain.version % 64;
        const std::string_view name = protocol_name(domain.version);
        if (!name.empty() && (seen & bit) == 0) json.value(name);
        seen |= bit;
    }
    json.end_array();
}

/// What its sequence numbers count: NetFlow v9 and sFlow datagrams, the others flows.
std::uint64_t received_units(const DomainView& domain) noexcept {
    const bool datagrams = domain.version == 9 || domain.version == flow::sflow_domain_version;
    if (datagrams) return domain.totals.datagrams;
    // IPFIX numbers records of options, too.
    constexpr std::size_t options_data = 3;  // flow::SetKind
    const std::uint64_t options = domain.totals.set_records[options_data];
    return domain.totals.flows + (domain.version == 10 ? options : 0);
}

const DomainView* busiest_domain(const ExporterView& view) noexcept {
    const auto found = std::max_element(view.domains.begin(), view.domains.end(),
                                        [](const DomainView& left, const DomainView& right) {
                                            return left.totals.flows < right.totals.flows;
                                        });
    return found == view.domains.end() ? nullptr : &*found;
}

}  // namespace

Response json_response(JsonWriter& json) {
    return {.type = "application/json", .body = json.take() + '\n'};
}

std::optional<flow::Address> parse_exporter(const std::string& text) {
    if (text == exporter_name({})) return flow::Address{};
    const flow::Address address = parse_address(text);
    return address.size != 0 ? std::optional{address} : std::nullopt;
}

unsigned protocol_number(std::uint8_t version) noexcept {
    return version == flow::sflow_domain_version ? 5 : version;
}

std::optional<std::uint64_t> number_parameter(const Request& request, std::string_view name,
                                              std::uint64_t fallback, std::uint64_t max) {
    const std::optional<std::string> text = request.parameter(name);
    if (!text) return fallback;
    std::uint64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end || number > max) return {};
    return number;
}

double seconds(std::uint64_t ns) noexcept { return static_cast<double>(ns / 1'000'000) / 1e3; }

std::optional<double> loss_share(const ExporterView& view) noexcept {
    if (!view.xray.sequence_trusted) return {};
    std::uint64_t lost = 0;
    std::uint64_t received = 0;
    for (const DomainView& domain : view.domains) {
        lost += domain.totals.sequence.lost;
        received += received_units(domain);
    }
    if (lost == 0) return 0;
    return static_cast<double>(lost) / (static_cast<double>(lost) + static_cast<double>(received));
}

bool is_silent(const ExporterView& view, std::uint32_t now) noexcept {
    return view.address.size != 0 && now > view.last_seen &&
           now - view.last_seen >= silence_limit_seconds(view);
}

std::string_view state_of(const ExporterView& view, std::uint32_t now) noexcept {
    if (is_silent(view, now)) return "silent";
    if (view.findings.empty()) return "ok";
    const Severity worst = worst_severity(view.findings);
    return worst == Severity::note ? "ok" : severity_name(worst);
}

void write_losses(JsonWriter& json, std::uint64_t too_large, std::uint64_t ring_full,
                  const std::array<std::uint64_t, loss_count>& lost) {
    json.begin_object();
    if (too_large != 0) json.member("too_large", too_large);
    if (ring_full != 0) json.member("ring_full", ring_full);
    for (std::size_t i = 0; i < lost.size(); ++i) {
        if (lost[i] != 0) json.member(loss_name(static_cast<Loss>(i)), lost[i]);
    }
    json.end_object();
}

void write_sequence(JsonWriter& json, const SequenceTotals& sequence, std::optional<bool> trusted) {
    json.begin_object();
    json.member("lost", sequence.lost);
    json.member("late", sequence.late);
    json.member("duplicates", sequence.duplicates);
    json.member("resets", sequence.resets);
    json.member("unchecked", sequence.unchecked);
    if (trusted) json.member("trusted", *trusted);
    json.end_object();
}

void write_totals(JsonWriter& json, const Totals& totals, std::optional<bool> trusted) {
    json.begin_object();
    json.member("datagrams", totals.datagrams);
    json.member("payload_bytes", totals.payload_bytes);
    json.member("decoded", totals.decoded);
    json.member("parked", totals.parked);
    json.member("flows", totals.flows);
    json.member("offered", totals.offered);
    json.member("delivered", totals.delivered);
    json.begin_object("in_flight");
    json.member("ring", totals.in_ring);
    json.member("transport", totals.in_flight);
    json.member("spool", totals.spooled);
    json.end_object();
    json.member("restored", totals.restored);
    json.begin_object("drops");
    write_drops(json, totals);
    json.end_object();
    json.member("datagrams_dropped", totals.datagrams_dropped());
    json.member("flows_dropped", totals.flows_dropped());
    json.begin_object("sets");
    json.member("parked", totals.sets_parked);
    json.member("unparked", totals.sets_unparked);
    json.member("expired", totals.sets_expired);
    json.end_object();
    json.key("sequence");
    write_sequence(json, totals.sequence, trusted);
    json.begin_object("imbalance");
    json.member("datagrams", totals.datagram_imbalance());
    json.member("flows", totals.flow_imbalance());
    json.end_object();
    json.end_object();
}

void write_rates(JsonWriter& json, const Rates& rates) {
    json.begin_object();
    json.member("datagrams", rates.datagrams);
    json.member("payload_bytes", rates.payload_bytes);
    json.member("flows", rates.flows);
    json.member("delivered", rates.delivered);
    json.member("datagrams_dropped", rates.datagrams_dropped);
    json.member("flows_dropped", rates.flows_dropped);
    json.member("sequence_lost", rates.sequence_lost);
    json.end_object();
}

void write_skew(JsonWriter& json, const ClockSkew& skew) {
    if (!skew.known) return json.null();
    json.begin_object();
    json.member("last_seconds", skew.last_seconds);
    json.member("least_seconds", skew.least_seconds);
    json.member("most_seconds", skew.most_seconds);
    json.end_object();
}

void write_findings(JsonWriter& json, const std::vector<Finding>& findings) {
    json.begin_array();
    for (const Finding& each : findings) {
        json.begin_object();
        json.member("severity", severity_name(each.severity));
        json.member("code", each.code);
        json.member("sentence", each.sentence);
        json.member("action", each.action);
        json.end_object();
    }
    json.end_array();
}

void write_numbers(JsonWriter& json, const NamedNumbers& numbers) {
    json.begin_object();
    for (const auto& [name, number] : numbers) {
        json.key(log::json_escaped(name));
        json.exact(number);
    }
    json.end_object();
}

void write_template(JsonWriter& json, const TemplateView& view) {
    const flow::LearntTemplate& layout = view.layout;
    json.begin_object();
    json.member("exporter", exporter_name(layout.key.exporter));
    json.member("port", layout.key.port);
    json.member("protocol", protocol_name(layout.key.version));
    json.member("version", protocol_number(layout.key.version));
    json.member("domain", layout.key.domain);
    json.member("id", layout.id);
    json.member("kind", layout.options ? "options" : "data");
    json.member("scope_count", layout.scope_count);
    json.begin_array("fields");
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
        const flow::TemplateField& field = layout.fields[i];
        const bool is_scope = layout.options && i < layout.scope_count;
        json.begin_object();
        json.member("id", field.id);
        json.member("enterprise", field.enterprise);
        json.member("length", field.length);
        json.member("name", element_name(field, layout.key.version, is_scope));
        json.end_object();
    }
    json.end_array();
    json.member("first_seen", view.first_seen);
    json.member("last_seen", view.last_seen);
    json.member("announcements", view.announcements);
    json.member("changes", view.changes);
    json.key("refresh_seconds");
    view.refresh_seconds > 0 ? json.value(view.refresh_seconds) : json.null();
    json.member("used", view.used);
    json.end_object();
}

std::uint64_t sampling_rate(const ExporterView& view) noexcept {
    const DomainView* domain = busiest_domain(view);
    return domain == nullptr ? 0 : domain->sampling_rate;
}

void write_exporter(JsonWriter& json, const ExporterView& view, std::uint32_t now) {
    json.begin_object();
    json.member("address", exporter_name(view.address));
    json.member("port", view.port);
    write_protocols(json, view);
    json.member("first_seen", view.first_seen);
    json.member("last_seen", view.last_seen);
    json.member("state", state_of(view, now));
    json.key("totals");
    write_totals(json, view.totals, view.xray.sequence_trusted);
    json.key("rates");
    write_rates(json, view.rates);
    const std::optional<double> loss = loss_share(view);
    json.key("loss_share");
    loss ? json.value(*loss) : json.null();
    json.key("skew");
    write_skew(json, view.skew);
    json.begin_object("sampling");
    json.member("rate", sampling_rate(view));
    const DomainView* busiest = busiest_domain(view);
    json.member("source", busiest == nullptr || busiest->sampling_source.empty()
                              ? std::string_view{"none"}
                              : std::string_view{busiest->sampling_source});
    json.end_object();
    json.member("domains", view.domains.size());
    json.member("templates", view.template_count);
    json.member("payload_size_max", view.payload_size_max);
    json.member("reassembled", view.reassembled);
    const std::string_view nothing_wrong =
        view.address.size == 0 ? "all that have no row of their own" : "healthy";
    json.member("diagnosis", view.findings.empty() ? nothing_wrong
                                                   : std::string_view{view.findings[0].sentence});
    json.end_object();
}

}  // namespace flowd::http::api

// SPDX-License-Identifier: BSD-3-Clause
// The X-ray: the diagnosis first, then what it rests on.
#include <algorithm>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/options.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

bool is_other(const Json& exporter) { return text(exporter, {"address"}) == other_name; }

/// A label and its text, wrapped.
void add_fact(Page& page, std::string_view label, std::string_view words, const Look& look,
              Style style = Style::plain) {
    Line head{"  "};
    head.add(std::string{label}, Style::faint).pad_to(18);
    add_wrapped(page, head, words, style, look);
}

void add_head(Page& page, const Json& exporter, double now) {
    const std::string state = text(exporter, {"state"});
    Line line{address_text(exporter, "address"), Style::strong};
    const std::string protocols = protocols_text(at(exporter, {"protocols"}));
    if (!protocols.empty()) line.add("  " + protocols);
    if (!is_other(exporter)) line.add("  ").add(state, style_of_state(state));
    line.add("  last seen " + ago(number(exporter, {"last_seen"}), now) + ", first " +
                 moment(number(exporter, {"first_seen"})),
             Style::faint);
    page.push_back(std::move(line));
}

void add_diagnosis(Page& page, const Json& xray, const Look& look) {
    add_heading(page, "Diagnosis");
    const Json& findings = list(xray, {"findings"});
    append(page, findings_part(findings, look));
    if (findings.empty() && is_other(at(xray, {"exporter"}))) {
        add_wrapped(page, Line{"  "},
                    "Not an exporter, but what has no row of its own: datagrams that flowd cannot "
                    "understand, and exporters that it has forgotten. flowctl drops explains the "
                    "names below; flowd's -capture.errors keeps what cannot be decoded.",
                    Style::plain, look);
    } else if (findings.empty()) {
        page.emplace_back("  Healthy: nothing that flowd can see is wrong.", Style::good);
    }
}

void add_traffic(Page& page, const Json& exporter, const Look& look) {
    const auto of = [&](const char* key) { return number(exporter, {"rates", key}); };
    add_heading(page, "Traffic");
    add_fact(page, "per second",
             rate(of("flows"), look) + " flows in " + rate(of("datagrams"), look) + " datagrams, " +
                 bandwidth(of("payload_bytes"), look) + "; " + rate(of("delivered"), look) +
                 " delivered",
             look);
    const double dropped = of("datagrams_dropped") + of("flows_dropped");
    if (dropped > 0) {
        add_fact(page, "dropped here",
                 rate(of("datagrams_dropped"), look) + " datagrams and " +
                     rate(of("flows_dropped"), look) + " flows per second",
                 look, Style::bad);
    }
    const double loss = number(exporter, {"loss_share"});
    const bool is_known = has(exporter, {"loss_share"});
    std::string sequence = sequence_text(at(exporter, {"totals", "sequence"}), look);
    if (loss > 0) sequence += "; " + percent(loss) + " of what it sent did not arrive";
    if (is_known && of("sequence_lost") > 0) {
        sequence += ", now " + rate(of("sequence_lost"), look) + "/s";
    }
    if (!is_known) sequence += "; its numbers say nothing of loss, see the diagnosis";
    add_fact(page, "sequence", sequence, look, loss > 0 ? Style::warning : Style::plain);
}

std::string optional_span(const Json& json, const char* key) {
    return has(json, {key}) ? span(number(json, {key})) : "not known yet";
}

std::string announcements_of(const Json& xray) {
    const Json& every = at(xray, {"xray", "template_refresh_seconds"});
    if (every.is_number()) return "announced every " + span(every.get<double>());
    const Json& protocols = list(xray, {"exporter", "protocols"});
    return protocols.empty() || has_templates(protocols) ? "no second announcement seen yet"
                                                         : "its protocol needs none";
}

void add_measured(Page& page, const Json& xray, const Look& look) {
    const Json& exporter = at(xray, {"exporter"});
    const Json& seen = at(xray, {"xray"});
    add_heading(page, "Measured");
    add_fact(page, "clock", skew_text(at(exporter, {"skew"}), at(exporter, {"protocols"})), look);
    add_fact(page, "active timeout", optional_span(seen, "active_timeout_seconds"), look);
    add_fact(page, "inactive", optional_span(seen, "inactive_timeout_seconds"), look);
    const std::uint64_t samples = count(seen, {"flow_seconds", "samples"});
    if (samples > 0) {
        add_fact(page, "flows last",
                 span(number(seen, {"flow_seconds", "median"})) + " usually, " +
                     span(number(seen, {"flow_seconds", "most"})) + " at most, of " +
                     amount(samples, look) + " looked at",
                 look);
    }
    add_fact(page, "templates", announcements_of(xray), look);
    const std::uint64_t reassembled = count(seen, {"reassembled"});
    add_fact(page, "datagrams",
             "up to " + grouped(count(seen, {"payload_size_max"})) + " bytes of payload; " +
                 (reassembled == 0 ? "none came in fragments"
                                   : amount(reassembled, look) + " came in fragments"),
             look);
    const std::uint64_t impossible = count(seen, {"impossible_times"});
    if (impossible > 0) {
        add_fact(page, "times", amount(impossible, look) + " flows with impossible times", look,
                 Style::warning);
    }
}

/// Empty: it does not say.
std::string sampling_source(const Json& domain) {
    const std::string source = text(domain, {"sampling", "source"});
    return source == "none" ? std::string{} : source;
}

std::string sampling_of(const Json& domain, const Look& look) {
    const std::uint64_t rate = count(domain, {"sampling", "rate"});
    if (rate == 0 && sampling_source(domain).empty()) return "it does not say";
    std::string out = rate == 0 ? "unknown" : "1 in " + grouped(rate);
    const Json& samplers = list(domain, {"sampling", "samplers"});
    if (samplers.size() > 1) {
        out += " (";
        for (const Json& each : samplers) {
            out += (&each == &samplers.front() ? "" : ", ") + text(each, {"id"}) + ": " +
                   amount(count(each, {"rate"}), look);
        }
        out += ')';
    }
    return out;
}

void add_domains(Page& page, const Json& xray, const Look& look) {
    const Json& domains = list(xray, {"domains"});
    if (domains.empty()) return;
    add_heading(page, domains.size() == 1 ? "Domain" : "Domains");
    Table table{{{.title = "protocol", .align = Align::left, .rank = 3},
                 {.title = "domain", .align = Align::right},
                 {.title = "flows/s", .align = Align::right},
                 {.title = "datagrams/s", .align = Align::right, .rank = 2},
                 {.title = "lost", .align = Align::right},
                 {.title = "late", .align = Align::right, .rank = 7},
                 {.title = "twice", .align = Align::right, .rank = 6},
                 {.title = "resets", .align = Align::right, .rank = 5},
                 {.title = "sampling", .align = Align::left, .rank = 0, .least = 10},
                 {.title = "from", .align = Align::left, .rank = 1},
                 {.title = "clock", .align = Align::right, .rank = 4},
                 {.title = "templates", .align = Align::right, .rank = 8},
                 {.title = "seen", .align = Align::right, .rank = 9}}};
    const double now = number(xray, {"time"});
    for (const Json& each : domains) {
        const auto sequence = [&](const char* key) {
            const std::uint64_t value = count(each, {"totals", "sequence", key});
            return Cell{amount(value, look),
                        unless_zero(static_cast<double>(value), Style::warning)};
        };
        const Json& skew = at(each, {"skew"});
        const double last = number(skew, {"last_seconds"});
        table.add({{text(each, {"protocol"})},
                   {text(each, {"id"})},
                   {rate(number(each, {"rates", "flows"}), look)},
                   {rate(number(each, {"rates", "datagrams"}), look)},
                   sequence("lost"),
                   sequence("late"),
                   sequence("duplicates"),
                   sequence("resets"),
                   {sampling_of(each, look)},
                   {sampling_source(each)},
                   {skew.is_object() ? clock_text(last, at(each, {"protocol"})) : ""},
                   {amount(count(each, {"templates"}), look)},
                   {short_span(std::max(0.0, now - number(each, {"last_seen"})))}});
    }
    append(page, table.page(look, 2));
}

void add_deviations(Page& page, const Json& xray, const Look& look) {
    const Json& deviations = list(xray, {"xray", "deviations"});
    if (deviations.empty()) return;
    add_heading(page, "Not as the standard has it");
    for (const Json& each : deviations) {
        Line head{"  "};
        head.add(amount(count(each, {"count"}), look) + "x", Style::warning).pad_to(11);
        add_wrapped(page, head, text(each, {"sentence"}), Style::plain, look);
    }
}

}  // namespace

Page exporter_page(const Json& xray, Fields fields, const Look& look) {
    const Json& exporter = at(xray, {"exporter"});
    const double now = number(xray, {"time"});
    Page page;
    add_head(page, exporter, now);
    add_diagnosis(page, xray, look);
    add_traffic(page, exporter, look);
    page.emplace_back();
    append(page, ledger_part(at(exporter, {"totals"}), look));
    if (!is_other(exporter)) add_measured(page, xray, look);
    add_domains(page, xray, look);
    add_deviations(page, xray, look);
    const Json& templates = list(xray, {"templates"});
    if (!templates.empty()) {
        add_heading(page, "Templates");
        append(page, templates_part(templates, now, fields, look));
    }
    return page;
}

}  // namespace flowd::ctl

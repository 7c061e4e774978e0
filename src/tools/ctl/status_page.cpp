// SPDX-License-Identifier: BSD-3-Clause
// The box, from what matters first.
#include <algorithm>
#include <utility>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr std::size_t chart_width = 60;

void add_head(Page& page, const Json& status) {
    const std::string state = text(status, {"health", "state"});
    Line line{"flowd " + text(status, {"version"}), Style::strong};
    line.add("  ").add(state, style_of_state(state));
    line.add("  " + text(status, {"ingress"}));
    line.add("  up " + span(number(status, {"uptime_seconds"})));
    line.add("  " + moment(number(status, {"time"})), Style::faint);
    page.push_back(std::move(line));
    const std::string reason = text(status, {"health", "reason"});
    if (!reason.empty()) page.emplace_back("  " + reason, style_of_state(state));
}

void add_problems(Page& page, const Json& status, const Look& look) {
    const Json& problems = list(status, {"problems"});
    if (problems.empty()) return;
    add_heading(page, "Problems");
    append(page, findings_part(problems, look));
}

void add_rates(Page& page, const Json& status, const Look& look) {
    struct Row {
        const char* title;
        const char* key;
        Style style;
    };
    constexpr Row rows[]{{"datagrams", "datagrams", Style::plain},
                         {"payload", "payload_bytes", Style::plain},
                         {"flows", "flows", Style::plain},
                         {"delivered", "delivered", Style::plain},
                         {"dropped datagrams", "datagrams_dropped", Style::bad},
                         {"dropped flows", "flows_dropped", Style::bad},
                         {"lost upstream", "sequence_lost", Style::warning}};
    const Json& history = at(status, {"history"});
    add_heading(page, "Per second");
    std::vector<Column> columns{{.title = ""},
                                {.title = "", .align = Align::right},
                                {.title = "", .align = Align::left, .rank = 1}};
    Table table{std::move(columns)};
    for (const Row& row : rows) {
        const double value = number(status, {"rates", row.key});
        const bool is_payload = std::string_view{row.key} == "payload_bytes";
        const Style style = unless_zero(value, row.style);
        const std::string chart = sparkline(at(history, {row.key}), chart_width, look);
        table.add({{std::string{row.title}, style},
                   {is_payload ? bandwidth(value, look) : rate(value, look), style},
                   {chart, Style::note}});
    }
    Page lines = table.page(look, 2);
    lines.erase(lines.begin());  // it has no head
    append(page, std::move(lines));
}

void add_workers(Page& page, const Json& status, const Look& look) {
    const Json& workers = list(status, {"rx"});
    if (workers.empty()) return;
    add_heading(page, "RX workers");
    Table table{{{.title = "#", .align = Align::right},
                 {.title = "cpu", .align = Align::right, .rank = 6},
                 {.title = "busy"},
                 {.title = "datagrams/s", .align = Align::right},
                 {.title = "flows/s", .align = Align::right},
                 {.title = "missed", .align = Align::right, .rank = 2},
                 {.title = "forwarded", .align = Align::right, .rank = 7},
                 {.title = "reassembled", .align = Align::right, .rank = 9},
                 {.title = "exporters", .align = Align::right, .rank = 3},
                 {.title = "domains", .align = Align::right, .rank = 5},
                 {.title = "templates", .align = Align::right, .rank = 4},
                 {.title = "evicted", .align = Align::right, .rank = 8}}};
    for (const Json& each : workers) {
        const std::int64_t cpu = integer(each, {"cpu"});
        const double busy = number(each, {"busy"});
        const std::uint64_t missed = count(each, {"missed"});
        const std::uint64_t evicted = count(each, {"exporters_evicted"}) +
                                      count(each, {"domains_evicted"}) +
                                      count(each, {"templates_evicted"});
        table.add(
            {{text(each, {"worker"})},
             {cpu < 0 ? "any" : std::to_string(cpu), cpu < 0 ? Style::faint : Style::plain},
             {meter(busy, 18), style_of_load(busy)},
             {rate(number(each, {"datagrams_per_second"}), look)},
             {rate(number(each, {"flows_per_second"}), look)},
             {amount(missed, look), unless_zero(static_cast<double>(missed), Style::bad)},
             {amount(count(each, {"forwarded"}), look)},
             {amount(count(each, {"reassembled"}), look)},
             {amount(count(each, {"exporters"}), look)},
             {amount(count(each, {"domains"}), look)},
             {amount(count(each, {"templates"}), look)},
             {amount(evicted, look), unless_zero(static_cast<double>(evicted), Style::warning)}});
    }
    append(page, table.page(look, 2));
}

std::uint64_t sum_of(const Json& numbers) {
    std::uint64_t sum = 0;
    if (!numbers.is_object()) return sum;
    for (const auto& [name, value] : numbers.items()) {
        sum += count_of(value);
    }
    return sum;
}

/// Of the fullest ring.
double fullest(const Json& rings) {
    double share = 0;
    for (const Json& each : rings) {
        const double capacity = number(each, {"capacity"});
        if (capacity > 0) share = std::max(share, number(each, {"batches"}) / capacity);
    }
    return share;
}

void add_transports(Page& page, const Json& status, const Look& look) {
    const Json& transports = list(status, {"transports"});
    if (transports.empty()) return;
    add_heading(page, "Transports");
    Table table{{{.title = "name", .align = Align::left, .rank = 0, .least = 10},
                 {.title = "kind", .align = Align::left, .rank = 6},
                 {.title = "state"},
                 {.title = "delivered/s", .align = Align::right},
                 {.title = "delivered", .align = Align::right, .rank = 2},
                 {.title = "dropped", .align = Align::right},
                 {.title = "ring", .align = Align::right, .rank = 1},
                 {.title = "in ring", .align = Align::right, .rank = 5},
                 {.title = "in flight", .align = Align::right, .rank = 3},
                 {.title = "spooled", .align = Align::right, .rank = 4},
                 {.title = "bytes", .align = Align::right, .rank = 7}}};
    for (const Json& each : transports) {
        const std::string state = text(each, {"state"});
        const std::uint64_t dropped = sum_of(at(each, {"drops"}));
        const double full = fullest(list(each, {"rings"}));
        table.add({{text(each, {"name"})},
                   {text(each, {"kind"})},
                   {state, style_of_state(state)},
                   {rate(number(each, {"delivered_per_second"}), look)},
                   {amount(count(each, {"delivered"}), look)},
                   {amount(dropped, look), unless_zero(static_cast<double>(dropped), Style::bad)},
                   {percent(full), full == 0 ? Style::faint : style_of_load(full)},
                   {amount(count(each, {"in_ring"}), look)},
                   {amount(count(each, {"in_flight"}), look)},
                   {amount(count(each, {"spooled"}), look)},
                   {size(count(each, {"bytes"}), look)}});
    }
    append(page, table.page(look, 2));
}

void add_ports(Page& page, const Json& status, const Look& look) {
    const Json& ports = list(status, {"ports"});
    if (!ports.empty()) {
        add_heading(page, "Ports");
        Table table{{{.title = "name"},
                     {.title = "driver", .align = Align::left, .rank = 3},
                     {.title = "link"},
                     {.title = "packets", .align = Align::right},
                     {.title = "missed", .align = Align::right},
                     {.title = "errors", .align = Align::right, .rank = 1},
                     {.title = "no mbuf", .align = Align::right, .rank = 2}}};
        for (const Json& each : ports) {
            const bool up = truth(each, {"up"});
            const std::uint64_t speed = count(each, {"speed_mbps"});
            const std::string link = !up          ? "down"
                                     : speed == 0 ? "up"
                                                  : si(static_cast<double>(speed) * 1e6) + "bit/s";
            std::vector<Cell> row{{text(each, {"name"})},
                                  {text(each, {"driver"})},
                                  {link, up ? Style::good : Style::bad},
                                  {amount(count(each, {"counters", "ipackets"}), look)}};
            for (const char* counter : {"imissed", "ierrors", "rx_nombuf"}) {
                const std::uint64_t value = count(each, {"counters", counter});
                row.push_back(
                    {amount(value, look), unless_zero(static_cast<double>(value), Style::bad)});
            }
            table.add(std::move(row));
        }
        append(page, table.page(look, 2));
    }
    for (const Json& each : list(status, {"mempools"})) {
        const double all = number(each, {"size"});
        const double used = number(each, {"in_use"});
        const double share = all > 0 ? used / all : 0;
        Line line{"  mempool " + text(each, {"name"}) + ": "};
        line.add(amount(count(each, {"in_use"}), look) + " of " +
                 amount(count(each, {"size"}), look) + " buffers in use, ");
        line.add(percent(share), style_of_load(share));
        page.push_back(std::move(line));
    }
}

void add_exporters(Page& page, const Json& status, const Look& look) {
    const Json& exporters = at(status, {"exporters"});
    const std::uint64_t silent = count(exporters, {"silent"});
    const std::uint64_t findings = count(exporters, {"with_findings"});
    const std::uint64_t forgotten = count(exporters, {"forgotten"});
    add_heading(page, "Exporters");
    Line line{"  " + amount(count(exporters, {"count"}), look) + " known"};
    line.add(", " + amount(silent, look) + " silent", silent > 0 ? Style::warning : Style::plain);
    line.add(", " + amount(findings, look) + " with findings",
             findings > 0 ? Style::warning : Style::plain);
    if (forgotten > 0) line.add(", " + amount(forgotten, look) + " forgotten");
    line.add("; " + amount(count(status, {"templates"}), look) + " templates");
    page.push_back(std::move(line));
    const std::uint64_t moves = count(status, {"shard", "moves"});
    if (moves > 0) page.emplace_back("  " + amount(moves, look) + " moved between workers");
}

}  // namespace

Page status_page(const Json& status, const Look& look) {
    Page page;
    add_head(page, status);
    add_problems(page, status, look);
    add_rates(page, status, look);
    page.emplace_back();
    append(page, ledger_part(at(status, {"totals"}), look));
    const Json& sequence = at(status, {"totals", "sequence"});
    page.emplace_back();
    page.emplace_back("Upstream, by sequence numbers", Style::heading);
    page.emplace_back("  " + sequence_text(sequence, look),
                      count(sequence, {"lost"}) > 0 ? Style::warning : Style::plain);
    add_exporters(page, status, look);
    add_workers(page, status, look);
    add_transports(page, status, look);
    add_ports(page, status, look);
    return page;
}

}  // namespace flowd::ctl

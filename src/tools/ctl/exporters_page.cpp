// SPDX-License-Identifier: BSD-3-Clause
// Exporters as rows.
#include <cmath>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

std::string skew_cell(const Json& exporter) {
    const Json& skew = at(exporter, {"skew"});
    if (!skew.is_object()) return "";
    return clock_text(number(skew, {"last_seconds"}), at(exporter, {"protocols"}));
}

/// NetFlow and IPFIX tell whole seconds, so that one is no deviation.
Style style_of_skew(const Json& skew) {
    return std::fabs(number(skew, {"last_seconds"})) < 2 ? Style::faint : Style::plain;
}

Style style_of_loss(double share) {
    return share >= 0.01 ? Style::bad : share > 0 ? Style::warning : Style::faint;
}

/// It is neither healthy nor ill: datagrams that belong to none of the rows above.
std::vector<Cell> other_row(const Json& other, double now, const Look& look) {
    std::vector<Cell> row = exporter_row(other, now, look);
    row[row.size() - 2] = {};
    row.back() = {"what has no row above: see flowctl exporter other", Style::faint};
    return row;
}

}  // namespace

std::vector<Column> exporter_columns(const Look& look) {
    return {{.title = "exporter", .fixed = 15},
            {.title = "protocol", .align = Align::left, .rank = 3},
            {.title = "flows/s", .align = Align::right},
            {.title = "datagrams/s", .align = Align::right, .rank = 2},
            {.title = look.bytes ? "bytes/s" : "bits/s", .align = Align::right, .rank = 4},
            {.title = "lost/s", .align = Align::right, .rank = 6},
            {.title = "lost", .align = Align::right, .rank = 0, .least = 0, .fixed = 5},
            {.title = "dropped/s", .align = Align::right, .rank = 1},
            {.title = "clock", .align = Align::right, .rank = 8},
            {.title = "templates", .align = Align::right, .rank = 9},
            {.title = "sampling", .align = Align::right, .rank = 10},
            {.title = "seen", .align = Align::right, .rank = 5},
            {.title = "state", .align = Align::left, .rank = 7, .least = 0, .fixed = 7},
            {.title = "diagnosis", .align = Align::left, .rank = 0, .least = 20}};
}

std::vector<Cell> exporter_row(const Json& exporter, double now, const Look& look) {
    // Null where its numbers cannot be trusted.
    const bool is_known = has(exporter, {"loss_share"});
    const double loss = number(exporter, {"loss_share"});
    const double lost = is_known ? number(exporter, {"rates", "sequence_lost"}) : 0;
    const double dropped = number(exporter, {"rates", "datagrams_dropped"}) +
                           number(exporter, {"rates", "flows_dropped"});
    const std::string state = text(exporter, {"state"});
    const double seen = number(exporter, {"last_seen"});
    const bool is_ok = state == "ok";
    const std::uint64_t sampling = count(exporter, {"sampling", "rate"});
    return {{address_text(exporter, "address"), Style::strong},
            {protocols_text(at(exporter, {"protocols"}))},
            {rate(number(exporter, {"rates", "flows"}), look)},
            {rate(number(exporter, {"rates", "datagrams"}), look)},
            {bandwidth(number(exporter, {"rates", "payload_bytes"}), look)},
            {is_known ? rate(lost, look) : "?", unless_zero(lost, Style::warning)},
            {is_known ? percent(loss) : "?", style_of_loss(loss)},
            {rate(dropped, look), unless_zero(dropped, Style::bad)},
            {skew_cell(exporter), style_of_skew(at(exporter, {"skew"}))},
            {amount(count(exporter, {"templates"}), look)},
            {sampling > 0 ? "1 in " + grouped(sampling) : ""},
            {seen > 0 ? short_span(std::max(0.0, now - seen)) : ""},
            {state, state.empty() ? Style::plain : style_of_state(state)},
            {text(exporter, {"diagnosis"}), is_ok ? Style::faint : style_of_state(state)}};
}

Page exporters_page(const Json& exporters, const Look& look) {
    const double now = number(exporters, {"time"});
    const Json& rows = list(exporters, {"exporters"});
    const std::uint64_t matching = count(exporters, {"count"});
    const std::uint64_t total = count(exporters, {"total"});
    Table table{exporter_columns(look)};
    for (const Json& each : rows) table.add(exporter_row(each, now, look));
    const Json& other = at(exporters, {"other"});
    if (count(other, {"totals", "datagrams"}) > 0) table.add(other_row(other, now, look));

    Page page;
    if (!table.empty()) page = table.page(look);
    if (rows.empty()) {
        page.emplace_back(total == 0 ? "No exporter has sent anything yet."
                                     : "No exporter matches, of " + plural(total, "exporter") + ".",
                          Style::faint);
    } else if (matching > rows.size() || matching < total) {
        std::string words = grouped(rows.size()) + " of " + plural(total, "exporter");
        if (matching < total) words += ", " + grouped(matching) + " match";
        if (matching > rows.size()) {
            words += rows.size() < exporters_most ? "; --all or a larger --limit shows more"
                                                  : "; --search and --sort bring others up";
        }
        page.emplace_back(words + ".", Style::faint);
    }
    return page;
}

}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
// The box above, exporters below, keys at the bottom.
#include "tools/ctl/top_page.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

struct Meter {
    std::string name;
    double share = 0;
    std::string state{};
};

/// How busy workers are and how full the rings of transports.
std::vector<Meter> meters_of(const Json& status) {
    std::vector<Meter> meters;
    for (const Json& each : list(status, {"rx"})) {
        meters.push_back({"rx" + text(each, {"worker"}), number(each, {"busy"})});
    }
    for (const Json& each : list(status, {"transports"})) {
        double share = 0;
        for (const Json& ring : list(each, {"rings"})) {
            const double capacity = number(ring, {"capacity"});
            if (capacity > 0) share = std::max(share, number(ring, {"batches"}) / capacity);
        }
        meters.push_back({text(each, {"name"}), share, text(each, {"state"})});
    }
    return meters;
}

/// In as many columns as it takes to stay within `height` lines.
Page meters_part(const std::vector<Meter>& meters, std::size_t width, std::size_t height,
                 const Look& look) {
    if (meters.empty() || width < 12) return {};
    height = std::max<std::size_t>(height, 1);
    const std::size_t columns = std::min((meters.size() + height - 1) / height, width / 12);
    const std::size_t lines = (meters.size() + columns - 1) / columns;
    const std::size_t each_width = width / columns;
    std::size_t names = 3;
    for (const Meter& each : meters) names = std::max(names, width_of(each.name));
    names = std::min(names, each_width / 3);
    Page page(lines);
    for (std::size_t i = 0; i < meters.size(); ++i) {
        const Meter& meter = meters[i];
        Line& line = page[i % lines];
        line.pad_to(i / lines * each_width);
        const std::size_t start = line.width();
        const Style style =
            meter.state.empty() ? style_of_load(meter.share) : style_of_state(meter.state);
        line.add(cut(meter.name, names, look.ellipsis()), Style::note).pad_to(start + names + 1);
        std::string words = meter.state;
        const std::size_t room = each_width - names - 2;
        if (room < 26) words.clear();
        const std::size_t bar = words.empty() ? room : room - 10;
        line.add(ctl::meter(meter.share, bar), style);
        if (!words.empty()) line.add(' ' + cut(words, 9, ""), style);
    }
    return page;
}

Page rates_part(const Json& status, const Look& look) {
    const auto per_second = [&](const char* key) { return number(status, {"rates", key}); };
    struct Row {
        const char* title;
        std::string value;
        const char* other;
        double lost;
        Style style;
    };
    const Row rows[]{
        {"datagrams", rate(per_second("datagrams"), look), "dropped",
         per_second("datagrams_dropped"), Style::bad},
        {"flows", rate(per_second("flows"), look), "dropped", per_second("flows_dropped"),
         Style::bad},
        {"delivered", rate(per_second("delivered"), look), "lost upstream",
         per_second("sequence_lost"), Style::warning},
        {"payload", bandwidth(per_second("payload_bytes"), look), "", 0, Style::plain}};
    Page page;
    for (const Row& row : rows) {
        Line line;
        line.add(row.title, Style::note).pad_to(18 - std::min<std::size_t>(row.value.size(), 8));
        line.add(row.value, Style::strong).add("/s");
        if (row.other[0] != '\0') {
            const std::string lost = rate(row.lost, look);
            line.pad_to(23).add(row.other, Style::note);
            line.pad_to(44 - std::min<std::size_t>(lost.size(), 8));
            line.add(lost, unless_zero(row.lost, row.style)).add("/s");
        } else {
            const Json& exporters = at(status, {"exporters"});
            line.pad_to(23).add(plural(count(exporters, {"count"}), "exporter"));
            const std::uint64_t silent = count(exporters, {"silent"});
            const std::uint64_t bad = count(exporters, {"with_findings"});
            if (silent > 0) line.add(", " + amount(silent, look) + " silent", Style::warning);
            if (bad > 0) line.add(", " + amount(bad, look) + " with findings", Style::warning);
        }
        page.push_back(std::move(line));
    }
    return page;
}

Line title_line(const TopModel& model, const Look& look) {
    const Json& status = model.status();
    const std::string state = text(status, {"health", "state"});
    Line line{"flowd " + text(status, {"version"}), Style::strong};
    line.add("  ").add(state, style_of_state(state));
    // What a person has done comes before what may be cut.
    if (model.paused()) line.add("  ").add(" paused ", Style::selected);
    if (!model.filter().empty()) {
        line.add("  ").add(" filter: " + safe(model.filter()) + " ", Style::selected);
    }
    if (model.mode() == Mode::list && !model.found()) {
        line.add("  ").add("nothing like \"" + safe(model.typed()) + '"', Style::bad);
    }
    line.add("  " + text(status, {"ingress"}));
    line.add("  up " + span(number(status, {"uptime_seconds"})));
    line.add("  " + time_of_day(number(status, {"time"})), Style::faint);
    return line.cut_to(look.width == 0 ? line.width() : look.width, look.ellipsis());
}

/// Without saying twice that nothing answers.
std::string failure_words(const TopModel& model) {
    const std::string failure = safe(model.failure());
    return failure.starts_with("nothing answers") ? failure : "no answer: " + failure;
}

/// What an operator should look at first: the reason of a failure, the worst problem.
void add_alarm(Page& page, const TopModel& model) {
    const Json& status = model.status();
    const std::string reason = text(status, {"health", "reason"});
    if (!model.failure().empty()) {
        page.emplace_back(failure_words(model), Style::bad);
    } else if (!reason.empty()) {
        page.emplace_back(text(status, {"health", "state"}) + ": " + reason, Style::bad);
    }
    const Json& problems = list(status, {"problems"});
    if (problems.empty()) return;
    const std::string severity = text(problems.front(), {"severity"});
    Line line{severity + ": ", style_of_severity(severity)};
    line.add(text(problems.front(), {"sentence"}));
    if (problems.size() > 1) line.add(" (and " + grouped(problems.size() - 1) + " more)");
    page.push_back(std::move(line));
}

Page head_part(const TopModel& model, const Look& look, std::size_t height) {
    const Json& status = model.status();
    Page page;
    if (!status.is_object()) {
        page.emplace_back(
            model.failure().empty() ? "flowctl top: asking flowd" : failure_words(model),
            Style::bad);
        return page;
    }
    page.push_back(title_line(model, look));
    const std::size_t width = look.width == 0 ? 120 : look.width;
    const Page rates = rates_part(status, look);
    constexpr std::size_t rates_width = 50;
    const bool beside = width >= rates_width + 26;
    const std::size_t left = std::min<std::size_t>(beside ? width - rates_width - 3 : width, 44);
    const std::size_t lines = std::max<std::size_t>(rates.size(), height / 4);
    const Page meters = meters_part(meters_of(status), left, lines, look);
    if (beside) {
        for (std::size_t i = 0; i < std::max(rates.size(), meters.size()); ++i) {
            Line line = i < meters.size() ? meters[i] : Line{};
            if (i < rates.size()) {
                line.pad_to(left + 3);
                for (const Span& each : rates[i].spans()) line.add(each.text, each.style);
            }
            page.push_back(std::move(line));
        }
    } else {
        if (height >= 16) page.insert(page.end(), meters.begin(), meters.end());
        page.insert(page.end(), rates.begin(), rates.end());
    }
    add_alarm(page, model);
    return page;
}

/// The column that stands for a key of sorting.
std::size_t column_of(std::string_view sort) {
    constexpr std::pair<std::string_view, std::size_t> places[]{
        {"address", 0}, {"protocols", 1}, {"flows", 2},     {"datagrams", 3},  {"bytes", 4},
        {"lost", 5},    {"dropped", 7},   {"sampling", 10}, {"last_seen", 11}, {"findings", 13}};
    for (const auto& [key, column] : places) {
        if (key == sort) return column;
    }
    return 2;
}

bool descends(const TopModel& model) {
    bool natural = true;
    for (const SortKey& each : sort_keys()) {
        if (each.key == model.sort()) natural = each.descends;
    }
    return natural != model.reversed();
}

std::vector<Column> columns_of(const TopModel& model, const Look& look) {
    std::vector<Column> columns = exporter_columns(look);
    for (Column& each : columns) {
        each.head = Style::columns;
        if (each.align == Align::right) each.fixed = std::max<std::size_t>(each.fixed, 6);
    }
    Column& sorted = columns[column_of(model.sort())];
    sorted.title += descends(model) ? (look.utf8 ? "▼" : "v") : (look.utf8 ? "▲" : "^");
    sorted.head = Style::sorted;
    sorted.rank = 0;
    return columns;
}

/// A line of one style, over the whole width.
Line bar(Line line, Style style, std::size_t width) {
    Line out;
    for (const Span& each : line.spans()) {
        out.add(each.text, each.style == Style::plain ? style : each.style);
    }
    if (width > out.width()) out.add(std::string(width - out.width(), ' '), style);
    return out;
}

Page rows_part(const TopModel& model, const Look& look, std::size_t first, std::size_t rows,
               bool marks) {
    const Json& exporters = list(model.exporters(), {"exporters"});
    const double now = number(model.exporters(), {"time"});
    Table table{columns_of(model, look)};
    const std::size_t last = std::min(exporters.size(), first + rows);
    for (std::size_t i = first; i < last; ++i) table.add(exporter_row(exporters[i], now, look));
    Page page = table.page(look);
    page.front() = bar(page.front(), Style::columns, look.width);
    const std::size_t selected = model.selected() + 1 - first;
    if (marks && model.selected() >= first && selected < page.size()) {
        page[selected] = bar(page[selected].in(Style::selected), Style::selected, look.width);
    }
    if (exporters.empty() && model.exporters().is_object()) {
        page.emplace_back(
            model.filter().empty() ? "No exporter has sent anything yet." : "No exporter matches.",
            Style::faint);
    }
    return page;
}

/// A key and what it does.
struct Hint {
    std::string_view key;
    std::string_view words;
    int rank = 0;  ///< the highest is left out first where there is no room; 0: never

    [[nodiscard]] std::size_t width() const { return key.size() + words.size() + 1; }
};

void add_hints(Line& line, std::vector<Hint> hints, std::size_t width) {
    const auto needed = [&] {
        std::size_t sum = line.width();
        for (const Hint& each : hints) sum += each.width();
        return sum - 1;  // the last blank may be cut
    };
    while (!hints.empty() && needed() > width) {
        const auto least =
            std::max_element(hints.begin(), hints.end(),
                             [](const Hint& a, const Hint& b) { return a.rank < b.rank; });
        if (least->rank == 0) break;
        hints.erase(least);
    }
    for (const Hint& each : hints) {
        line.add(std::string{each.key}, Style::key).add(std::string{each.words}, Style::bar);
        line.add(" ");
    }
}

std::vector<Hint> hints_of(const TopModel& model) {
    switch (model.mode()) {
        case Mode::search: return {{"F3", "Next", 2}, {"Enter", "Done", 1}, {"Esc", "Cancel", 3}};
        case Mode::filter: return {{"Enter", "Done", 1}, {"Esc", "Clear", 2}};
        case Mode::sort: return {{"Enter", "Sort"}, {"Esc", "Cancel", 1}};
        case Mode::help: return {{"Esc", "Back"}, {"PgUp/PgDn", "Scroll", 2}, {"F10", "Quit", 1}};
        case Mode::xray:
            return {{"Esc", "Back"},
                    {"PgUp/PgDn", "Scroll", 2},
                    {"Space", model.paused() ? "Go on" : "Pause", 3},
                    {"F10", "Quit", 1}};
        case Mode::list: break;
    }
    return {{"F1", "Help", 1},     {"F3", "Search", 4},
            {"F4", "Filter", 3},   {"F6", "SortBy", 5},
            {"Enter", "X-ray", 2}, {"Space", model.paused() ? "Go on" : "Pause", 6},
            {"F10", "Quit"}};
}

Line keys_line(const TopModel& model, const Look& look) {
    Line line;
    const bool searches = model.mode() == Mode::search;
    if (searches || model.mode() == Mode::filter) {
        const bool found = !searches || model.found();
        line.add(searches ? "Search" : "Filter", Style::key).add(":", Style::bar).add(" ");
        line.add(safe(model.typed()), found ? Style::strong : Style::bad).add("_  ");
        if (!found) line.add("nothing like it", Style::bad).add("  ");
    }
    add_hints(line, hints_of(model), look.width);
    if (model.mode() == Mode::list) {
        const std::size_t shown = list(model.exporters(), {"exporters"}).size();
        const std::uint64_t all = count(model.exporters(), {"count"});
        std::string where = grouped(shown == 0 ? 0 : model.selected() + 1) + "/" + grouped(all);
        if (all > shown) where += ", the first " + grouped(shown);
        if (line.width() + where.size() + 1 <= look.width) {
            line.pad_to(look.width - where.size()).add(where, Style::faint);
        }
    }
    return line.cut_to(look.width, "");
}

Page help_part(const Look& look) {
    constexpr std::pair<const char*, const char*> keys[]{
        {"F1 h ?", "this help"},
        {"F3 /", "search: jumps to an exporter; F3 again to the next"},
        {"F4 \\", "filter: who has this in address, protocol or a finding's code"},
        {"F6 > <", "choose what to sort by"},
        {"I", "the other way round"},
        {"Enter", "the exporter's X-ray: what is wrong with it, and why"},
        {"Space", "pause, go on"},
        {"Up Down j k", "move; also PgUp, PgDn, Home (g) and End (G)"},
        {"F10 q", "quit"},
        {"", ""},
        {"P", "sort by flows per second"},
        {"D", "... datagrams per second"},
        {"B", "... bytes per second"},
        {"L", "... what is lost upstream, by sequence numbers"},
        {"X", "... what is dropped here"},
        {"S", "... when it was seen last"},
        {"W", "... what is worst: findings"},
        {"O", "... protocol"},
        {"M", "... sampling rate"},
        {"A", "... address"}};
    Page page{Line{"flowctl top: keys", Style::strong}, Line{}};
    for (const auto& [key, words] : keys) {
        Line line{"  "};
        line.add(key, Style::note).pad_to(15);
        add_wrapped(page, line, words, Style::plain, look);
    }
    page.emplace_back();
    Look text = look;
    text.width = std::min<std::size_t>(look.width, 76);
    for (const char* sentence :
         {"rx0, rx1, ...: the share of its time that a receiving worker is busy; below them "
          "transports: how full their fullest ring is, and their state.",
          "lost: by sequence numbers, before flowd; dropped: by flowd, with a name that flowctl "
          "drops explains."}) {
        add_wrapped(page, Line{"  "}, sentence, Style::plain, text);
    }
    return page;
}

/// The menu of sort keys, left of the list.
Page with_menu(const Page& rows, const TopModel& model, const Look& look) {
    constexpr std::size_t menu_width = 29;
    Page page;
    const auto keys = sort_keys();
    for (std::size_t i = 0; i < std::max(rows.size(), keys.size() + 1); ++i) {
        Line line;
        if (i == 0) line = bar(Line{"Sort by"}, Style::columns, menu_width);
        if (i > 0 && i <= keys.size()) {
            std::string words = std::string{keys[i - 1].letter} + "  ";
            words += keys[i - 1].title;
            line = i - 1 == model.menu()
                       ? bar(Line{words, Style::selected}, Style::selected, menu_width)
                       : Line{words};
        }
        line.pad_to(menu_width + 1);
        if (i < rows.size()) {
            for (const Span& each : rows[i].spans()) line.add(each.text, each.style);
        }
        page.push_back(line.cut_to(look.width, ""));
    }
    return page;
}

/// A page that scrolls, in `height` lines.
Page scrolled(TopModel& model, const Page& page, std::size_t height) {
    model.set_lines(page.size(), height);
    const std::size_t first = std::min(model.scroll(), page.size());
    const std::size_t last = std::min(page.size(), first + height);
    return {page.begin() + static_cast<std::ptrdiff_t>(first),
            page.begin() + static_cast<std::ptrdiff_t>(last)};
}

Page xray_part(const TopModel& model, const Look& look) {
    Page page;
    if (!model.failure().empty()) page.emplace_back(safe(model.failure()), Style::bad);
    if (model.xray().is_object()) {
        append(page, exporter_page(model.xray(), Fields::shown, look));
    } else if (page.empty()) {
        page.emplace_back("asking flowd", Style::faint);
    }
    return page;
}

}  // namespace

Page top_screen(TopModel& model, const Look& look, std::size_t height) {
    const std::size_t body = height > 1 ? height - 1 : 1;
    Page page;
    if (model.mode() == Mode::help) {
        page = scrolled(model, help_part(look), body);
    } else if (model.mode() == Mode::xray) {
        page = scrolled(model, xray_part(model, look), body);
    } else {
        page = head_part(model, look, height);
        // Whatever is small, some rows are left.
        if (page.size() + 4 > body) page.resize(body > 4 ? std::min(page.size(), body - 4) : 0);
        const std::size_t room = body - page.size();
        model.set_rows(room > 1 ? room - 1 : 1);
        Look narrow = look;
        const bool menu = model.mode() == Mode::sort;
        if (menu) narrow.width = look.width > 50 ? look.width - 30 : 20;
        Page rows = rows_part(model, narrow, model.first(), room > 1 ? room - 1 : 1, true);
        append(page, menu ? with_menu(rows, model, look) : std::move(rows));
    }
    page.resize(body);
    for (Line& each : page) each = each.cut_to(look.width, look.ellipsis());
    if (height > 1) page.push_back(keys_line(model, look));
    return page;
}

Page top_batch(const TopModel& model, const Look& look) {
    Page page = head_part(model, look, 24);
    page.emplace_back();
    const std::size_t all = list(model.exporters(), {"exporters"}).size();
    append(page, rows_part(model, look, 0, all, false));
    return page;
}

}  // namespace flowd::ctl

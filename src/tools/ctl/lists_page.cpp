// SPDX-License-Identifier: BSD-3-Clause
// The short pages: drops, settings, a reload, what is kept.
#include <algorithm>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

/// Names with their counts and meanings; the largest first where all count something.
Page drop_list(const Json& drops, Zeros zeros, const Look& look) {
    std::vector<const Json*> rows;
    std::size_t names = 0;
    std::size_t digits = 0;
    for (const Json& each : drops) {
        if (zeros == Zeros::left_out && count(each, {"count"}) == 0) continue;
        rows.push_back(&each);
        names = std::max(names, width_of(text(each, {"name"})));
        digits = std::max(digits, grouped(count(each, {"count"})).size());
    }
    if (zeros == Zeros::left_out) {
        std::stable_sort(rows.begin(), rows.end(), [](const Json* a, const Json* b) {
            return count(*a, {"count"}) > count(*b, {"count"});
        });
    }
    Page page;
    for (const Json* each : rows) {
        const std::uint64_t dropped = count(*each, {"count"});
        const Style style = unless_zero(static_cast<double>(dropped), Style::bad);
        const std::string number = grouped(dropped);
        Line line{"  "};
        line.add(text(*each, {"name"}), style).pad_to(4 + names + digits - number.size());
        line.add(number, style).add("  ");
        add_wrapped(page, line, text(*each, {"help"}), Style::plain, look);
    }
    if (page.empty()) page.emplace_back("  none", Style::good);
    return page;
}

/// As a person writes it: a setting without a key is a flag.
std::string name_of(const Json& setting) {
    const std::string key = text(setting, {"key"});
    return key.empty() ? '-' + text(setting, {"flag"}) : key;
}

bool is_changed(const Json& setting) { return at(setting, {"value"}) != at(setting, {"default"}); }

std::string value_text(const Json& value) {
    return value.is_string() ? '"' + text_of(value) + '"' : text_of(value);
}

}  // namespace

Page drops_page(const Json& drops, Zeros zeros, const Look& look) {
    Page page;
    add_heading(page, "Datagrams dropped");
    append(page, drop_list(list(drops, {"datagrams"}), zeros, look));
    add_heading(page, "Flows dropped");
    append(page, drop_list(list(drops, {"flows"}), zeros, look));
    add_heading(page, "Lost before flowd, by sequence numbers");
    const Json& upstream = at(drops, {"upstream"});
    page.emplace_back("  " + sequence_text(upstream, look),
                      count(upstream, {"lost"}) > 0 ? Style::warning : Style::plain);
    for (const char* what : {"datagrams", "flows"}) {
        const std::int64_t lacks = integer(drops, {"imbalance", what});
        if (lacks == 0) continue;
        if (page.back().width() > 0) page.emplace_back();
        page.emplace_back("The sum of " + std::string{what} + " is wrong by " +
                              grouped_signed(lacks) + ": a fault of flowd's own. Please report it.",
                          Style::bad);
    }
    return page;
}

bool dropped_any(const Json& drops) {
    for (const char* what : {"datagrams", "flows"}) {
        if (integer(drops, {"imbalance", what}) != 0) return true;
        for (const Json& each : list(drops, {what})) {
            if (count(each, {"count"}) > 0) return true;
        }
    }
    return false;
}

Json chosen_settings(Json config, std::string_view part, bool only_changed) {
    if (!at(config, {"settings"}).is_array()) return config;
    Json chosen = Json::array();
    for (Json& each : config["settings"]) {
        if (name_of(each).find(part) == std::string::npos) continue;
        if (!only_changed || is_changed(each)) chosen.push_back(std::move(each));
    }
    config["settings"] = std::move(chosen);
    return config;
}

Page config_page(const Json& config, std::string_view part, bool only_changed, const Look& look) {
    Table table{{{.title = "key"},
                 {.title = "value", .align = Align::left, .rank = 0, .least = 16},
                 {.title = "unit", .align = Align::left, .rank = 3},
                 {.title = "default", .align = Align::left, .rank = 1, .least = 10},
                 {.title = "changes", .align = Align::left, .rank = 2}}};
    const Json chosen = chosen_settings(config, part, only_changed);
    for (const Json& each : list(chosen, {"settings"})) {
        const bool changed = is_changed(each);
        const bool live = text(each, {"lifetime"}) == "live";
        table.add({{name_of(each), changed ? Style::strong : Style::plain},
                   {value_text(at(each, {"value"})), changed ? Style::note : Style::plain},
                   {text(each, {"unit"}), Style::faint},
                   {changed ? value_text(at(each, {"default"})) : "", Style::faint},
                   {live ? "by reload" : "by restart", Style::faint}});
    }
    if (!table.empty()) return table.page(look);
    return {Line{"No setting " + std::string{only_changed ? "differs from its default" : ""} +
                     (only_changed && !part.empty() ? " and " : "") +
                     (part.empty() ? "" : "has \"" + safe(part) + "\" in its key") + ".",
                 Style::faint}};
}

Page reload_page(const Json& reload, const Look& look) {
    Page page;
    const Json& changed = list(reload, {"changed"});
    const Json& refused = list(reload, {"refused"});
    if (changed.empty() && refused.empty()) {
        page.emplace_back("Read again; nothing has changed.");
    }
    for (const Json& each : changed) {
        Line line{"changed  ", Style::good};
        page.push_back(line.add(text_of(each)));
    }
    for (const Json& each : refused) {
        const std::string key = text(each, {"key"});
        std::string sentence = text(each, {"sentence"});
        if (!sentence.starts_with(key)) sentence.insert(0, key + ": ");
        add_wrapped(page, Line{"refused  ", Style::bad}, sentence, Style::plain, look);
    }
    if (changed.empty() && !refused.empty()) {
        page.emplace_back("Read again; flowd runs on as it did.");
    }
    return page;
}

Page keeping_page(const Json& capture, const Look& look) {
    Page page;
    const auto add = [&](const std::string& sentence, Style style = Style::plain) {
        add_wrapped(page, Line{}, sentence, style, look);
    };
    if (truth(capture, {"keeping"})) {
        add("Keeps the last " + span(number(capture, {"seconds"})) + ", in " +
            size(count(capture, {"bytes"}), look) +
            " at most: " + plural(count(capture, {"datagrams"}), "datagram") + " now" +
            (count(capture, {"lost"}) > 0
                 ? ", " + amount(count(capture, {"lost"}), look) + " found no room"
                 : "") +
            ".");
    } else {
        add("Keeps no datagrams: flowctl capture --keep SECONDS starts it.");
    }
    const Json& errors = at(capture, {"errors"});
    if (truth(errors, {"enabled"})) {
        add("Datagrams that were not decoded: " + plural(count(errors, {"datagrams"}), "datagram") +
            " in " + plural(count(errors, {"files"}), "file") + ", " +
            amount(count(errors, {"skipped"}), look) + " skipped.");
    } else {
        add("Does not keep datagrams that are not decoded.", Style::faint);
    }
    return page;
}

}  // namespace flowd::ctl

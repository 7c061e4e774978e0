// SPDX-License-Identifier: BSD-3-Clause
// Templates as rows, and their fields below.
#include <algorithm>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr std::uint64_t variable_length = 65535;  // RFC 7011 §7

std::string title_of(const Json& each) {
    return text(each, {"protocol"}) + " domain " + text(each, {"domain"}) + " template " +
           text(each, {"id"}) + (text(each, {"kind"}) == "options" ? " (options)" : "");
}

Page fields_of(const Json& each, const Look& look) {
    Table table{{{.title = "#", .align = Align::right},
                 {.title = "field", .align = Align::left, .rank = 0, .least = 12},
                 {.title = "enterprise", .align = Align::right},
                 {.title = "id", .align = Align::right},
                 {.title = "length", .align = Align::right},
                 {.title = "", .align = Align::left, .rank = 1}}};
    std::uint64_t position = 0;
    const std::uint64_t scopes = count(each, {"scope_count"});
    for (const Json& field : list(each, {"fields"})) {
        const std::string name = text(field, {"name"});
        const std::uint64_t length = count(field, {"length"});
        const std::uint64_t enterprise = count(field, {"enterprise"});
        table.add({{std::to_string(position + 1), Style::faint},
                   {name.empty() ? "not known" : name, name.empty() ? Style::faint : Style::plain},
                   {enterprise == 0 ? "" : std::to_string(enterprise)},
                   {text(field, {"id"})},
                   {length == variable_length ? "varies" : std::to_string(length)},
                   {position < scopes ? "scope" : "", Style::faint}});
        ++position;
    }
    return table.page(look, 4);
}

}  // namespace

Page templates_part(const Json& templates, double now, Fields fields, const Look& look) {
    Table table{{{.title = "exporter", .fixed = 15},
                 {.title = "protocol", .align = Align::left, .rank = 1},
                 {.title = "domain", .align = Align::right},
                 {.title = "id", .align = Align::right},
                 {.title = "kind", .align = Align::left, .rank = 6},
                 {.title = "fields", .align = Align::right, .rank = 2},
                 {.title = "announced", .align = Align::right, .rank = 5},
                 {.title = "last", .align = Align::right, .rank = 4},
                 {.title = "every", .align = Align::right, .rank = 3},
                 {.title = "changes", .align = Align::right, .rank = 7},
                 {.title = "used", .align = Align::left, .rank = 8}}};
    Page below;
    for (const Json& each : templates) {
        const std::uint64_t changes = count(each, {"changes"});
        const bool used = truth(each, {"used"});
        const double last = number(each, {"last_seen"});
        table.add(
            {{address_text(each, "exporter"), Style::strong},
             {text(each, {"protocol"})},
             {text(each, {"domain"})},
             {text(each, {"id"})},
             {text(each, {"kind"})},
             {grouped(list(each, {"fields"}).size())},
             {amount(count(each, {"announcements"}), look)},
             {last > 0 ? short_span(std::max(0.0, now - last)) : ""},
             {has(each, {"refresh_seconds"}) ? span(number(each, {"refresh_seconds"})) : ""},
             {amount(changes, look), unless_zero(static_cast<double>(changes), Style::warning)},
             {used ? "yes" : "no", used ? Style::plain : Style::faint}});
        if (fields == Fields::left_out) continue;
        below.emplace_back();
        below.emplace_back("  " + address_text(each, "exporter") + " " + title_of(each),
                           Style::strong);
        append(below, fields_of(each, look));
    }
    Page page = table.page(look, 2);
    append(page, std::move(below));
    return page;
}

Json templates_at(Json templates, std::uint16_t port) {
    Json rows = Json::array();
    for (const Json& each : list(templates, {"templates"})) {
        if (count(each, {"port"}) == port) rows.push_back(each);
    }
    if (!templates.is_object()) return templates;
    templates["count"] = rows.size();
    templates["templates"] = std::move(rows);
    return templates;
}

Json first_templates(Json templates, std::size_t limit) {
    if (list(templates, {"templates"}).size() <= limit) return templates;
    Json& rows = templates["templates"];
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
    return templates;
}

Page templates_page(const Json& templates, Fields fields, const Look& look) {
    const Json& shown = list(templates, {"templates"});
    if (shown.empty()) return {Line{"No templates have been announced.", Style::faint}};
    Page page = templates_part(shown, number(templates, {"time"}), fields, look);
    const std::uint64_t all = count(templates, {"count"});
    if (all > shown.size()) {
        page.emplace_back("  " + grouped(shown.size()) + " of " + plural(all, "template") + ".",
                          Style::faint);
    }
    return page;
}

}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
// Aligning and wrapping, or JSON.
#include "ingress/dpdk/probe_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace flowd::dpdk {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t columns = 100;
constexpr std::size_t name_width = 18;
constexpr std::size_t margin = 2;
constexpr std::size_t value_column = 2 * margin + name_width;

std::vector<std::string_view> lines_of(std::string_view value) {
    std::vector<std::string_view> lines;
    for (;;) {
        const std::size_t end = std::min(value.find('\n'), value.size());
        lines.push_back(value.substr(0, end));
        if (end == value.size()) return lines;
        value.remove_prefix(end + 1);
    }
}

void add_wrapped(std::string& text, std::string_view line) {
    constexpr std::size_t room = columns - value_column;
    while (line.size() > room) {
        const std::size_t space = line.rfind(' ', room);
        if (space == std::string_view::npos || space == 0) break;
        text.append(line.substr(0, space)) += '\n';
        text.append(value_column, ' ');
        line.remove_prefix(space + 1);
    }
    text.append(line) += '\n';
}

void add_row(std::string& text, std::string_view name, std::string_view value) {
    text.append(2 * margin, ' ').append(name);
    text.append(name.size() < name_width ? name_width - name.size() : 1, ' ');
    bool first = true;
    for (const std::string_view line : lines_of(value)) {
        if (!first) text.append(value_column, ' ');
        first = false;
        add_wrapped(text, line);
    }
}

/// A second value of one name makes an array of both.
void add_value(Json& rows, const std::string& name, const std::string& value) {
    for (const std::string_view line : lines_of(value)) {
        Json& slot = rows[name];
        if (slot.is_null()) {
            slot = line;
        } else if (slot.is_array()) {
            slot.push_back(line);
        } else {
            slot = Json::array({slot, line});
        }
    }
}

}  // namespace

void ProbePage::section(std::string_view title) {
    sections_.push_back({std::string{title}, {Item{}}});
}

void ProbePage::item(std::string_view title) {
    if (sections_.empty()) section("");
    sections_.back().items.push_back({std::string{title}});
}

void ProbePage::row(std::string_view name, std::string_view value) {
    if (sections_.empty()) section("");
    sections_.back().items.back().rows.push_back({std::string{name}, std::string{value}});
}

std::string ProbePage::text() const {
    std::string text;
    for (const Section& section : sections_) {
        if (!text.empty()) text += '\n';
        if (!section.title.empty()) text += section.title + '\n';
        for (const Item& item : section.items) {
            if (!item.title.empty()) text.append(margin, ' ').append(item.title) += '\n';
            for (const Row& row : item.rows) add_row(text, row.name, row.value);
        }
    }
    return text;
}

std::string ProbePage::json() const {
    Json root = Json::object();
    for (const Section& section : sections_) {
        Json& place = root[section.title] = Json::object();
        for (const Item& item : section.items) {
            Json rows = Json::object();
            for (const Row& row : item.rows) add_value(rows, row.name, row.value);
            if (item.title.empty()) {
                place.update(rows);
            } else {
                place[item.title] = std::move(rows);
            }
        }
    }
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Sentences about rows, and their order by table and by group.
#include "config/describe.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include "config/text.hpp"

namespace flowd::config {

namespace {

constexpr std::size_t choices_shown_max = 4;  // more would hide the flag in -h
constexpr std::string_view general_group = "general";

std::string_view first_part(std::string_view name) { return name.substr(0, name.find('.')); }

std::string with_unit(std::int64_t value, const Row& row) {
    std::string out = std::to_string(value);
    if (!row.unit.empty()) (out += ' ') += row.unit;
    return out;
}

/// `1 to 64`, `at least 1`, `one of json, text`, or nothing.
std::string limits_of(const Row& row) {
    if (!row.choices.empty()) return "one of " + joined(row.choices, ", ");
    if (!std::holds_alternative<std::int64_t*>(row.target)) return {};
    const bool from_below = row.min == std::numeric_limits<std::int64_t>::min();
    const bool to_above = row.max == std::numeric_limits<std::int64_t>::max();
    if (from_below && to_above) return {};
    if (to_above) return "at least " + with_unit(row.min, row);
    if (from_below) return "at most " + with_unit(row.max, row);
    return std::to_string(row.min) + " to " + with_unit(row.max, row);
}

/// By the key's first part, else by the flag's where other flags share it.
std::string_view group_of(const Row& row, const Schema& schema) {
    if (row.effect == Effect::accepted || row.effect == Effect::missing) return goflow2_group;
    const std::string_view name = row.key.empty() ? row.flag : row.key;
    const std::string_view first = first_part(name);
    if (!row.key.empty() || first != name) return first;
    const auto shared = [first](const Setting& each) {
        return each.row.flag.size() > first.size() && each.row.flag.starts_with(first) &&
               each.row.flag[first.size()] == '.';
    };
    const std::span<const Setting> all = schema.settings();
    return std::any_of(all.begin(), all.end(), shared) ? first : general_group;
}

}  // namespace

void add(std::vector<Group>& groups, std::string_view name, const Setting& setting) {
    auto found = std::find_if(groups.begin(), groups.end(),
                              [name](const Group& each) { return each.name == name; });
    if (found == groups.end()) {
        const auto kin = std::find_if(groups.rbegin(), groups.rend(), [name](const Group& each) {
            return !name.empty() && first_part(each.name) == first_part(name);
        });
        found = groups.insert(kin == groups.rend() ? groups.end() : kin.base(), Group{name, {}});
    }
    found->settings.push_back(&setting);
}

std::vector<Group> tables_of_keys(const Schema& schema) {
    std::vector<Group> tables(1);  // keys without a table must come before the first table
    for (const Setting& each : schema.settings()) {
        if (!each.row.key.empty()) add(tables, table_of(each.row.key), each);
    }
    return tables;
}

std::vector<Group> groups_of_flags(const Schema& schema) {
    std::vector<Group> groups;
    for (const Setting& each : schema.settings()) {
        if (!each.row.flag.empty()) add(groups, group_of(each.row, schema), each);
    }
    return groups;
}

std::string_view table_of(std::string_view key) noexcept {
    const std::size_t dot = key.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

std::string facts_of(const Setting& setting) {
    std::string facts = limits_of(setting.row);
    if (!facts.empty()) facts += "; ";
    facts += "default " + setting.default_value;
    const bool bare = facts.starts_with("default") && !setting.row.unit.empty();
    return bare ? facts + ' ' + std::string{setting.row.unit} : facts;
}

std::string help_of(const Setting& setting) {
    const Row& row = setting.row;
    std::string text{row.help};
    std::string facts;
    // Choices stand after the flag already; a switch is off and a text empty unless it says so.
    const bool choices_shown = !row.choices.empty() && row.choices.size() <= choices_shown_max;
    const bool is_plain = (is_switch(row) && setting.default_value == "false") ||
                          setting.default_value == "\"\"" || setting.default_value == "[]" ||
                          setting.default_value == "{}";
    if (choices_shown) {
        facts = "default " + setting.default_value;
    } else if (!is_plain) {
        facts = facts_of(setting);
    }
    if (!row.key.empty()) {
        if (!facts.empty()) facts += "; ";
        facts += "key " + std::string{row.key};
    }
    if (!facts.empty()) text += " (" + facts + ")";
    return text;
}

std::string argument_of(const Row& row) {
    if (is_switch(row)) return {};
    if (std::holds_alternative<std::vector<std::string>*>(row.target)) return " a,b,...";
    if (std::holds_alternative<Table*>(row.target)) return " name=value,...";
    if (!row.choices.empty() && row.choices.size() <= choices_shown_max) {
        return ' ' + joined(row.choices, "|");
    }
    if (is_duration(row)) return " duration";
    return std::holds_alternative<std::int64_t*>(row.target) ? " number" : " text";
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
}

}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// Rows by name, and the checks between a row's new value and its target.
#include "config/schema.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "config/numbers.hpp"
#include "config/text.hpp"
#include "log/escape.hpp"

namespace flowd::config {

namespace {

struct TimeUnit {
    std::string_view name;
    std::chrono::nanoseconds length;
};

constexpr std::array<TimeUnit, 4> time_units{
    TimeUnit{"ns", std::chrono::nanoseconds{1}}, TimeUnit{"us", std::chrono::microseconds{1}},
    TimeUnit{"ms", std::chrono::milliseconds{1}}, TimeUnit{"s", std::chrono::seconds{1}}};

/// Zero when the row is no duration.
std::chrono::nanoseconds unit_length(const Row& row) noexcept {
    if (!std::holds_alternative<std::int64_t*>(row.target)) return {};
    for (const TimeUnit& unit : time_units) {
        if (unit.name == row.unit) return unit.length;
    }
    return {};
}

std::string with_unit(std::int64_t value, const Row& row) {
    std::string out = std::to_string(value);
    if (!row.unit.empty()) (out += ' ') += row.unit;
    return out;
}

/// The choice that `value` spells, in any case.
Outcome<std::string> choose(const Row& row, std::string_view value) {
    if (row.choices.empty()) return std::string{value};
    const std::string wanted = lower(value);
    for (const std::string_view choice : row.choices) {
        if (lower(choice) == wanted) return std::string{choice};
    }
    const std::string choices = joined(row.choices, ", ");
    return Failure{in_quotes(value) + " is not one of " + choices};
}

std::string list_as_toml(const std::vector<std::string>& values) {
    std::string out = "[";
    for (const std::string& value : values) {
        if (out.size() > 1) out += ", ";
        out += '"' + log::json_escaped(value) + '"';
    }
    return out + "]";
}

/// Inline; secrets are left out.
std::string table_as_toml(const Row& row, const Table& table) {
    std::string out = "{";
    for (const auto& [name, value] : table) {
        if (row.is_secret != nullptr && row.is_secret(name)) continue;
        out += out.size() > 1 ? ", " : " ";
        out += '"' + log::json_escaped(name) + "\" = \"" + log::json_escaped(value) + '"';
    }
    return out.size() > 1 ? out + " }" : "{}";
}

Failure set_entries(const Row& row, std::string_view text) {
    Table table;
    if (text.empty()) return set_table(row, {});
    for (const std::string_view part : split(text, ',')) {
        const std::size_t equals = part.find('=');
        const std::string_view name = trimmed(part.substr(0, equals));
        if (equals == part.npos || name.empty()) {
            return {in_quotes(part) + " is not name=value"};
        }
        table.insert_or_assign(std::string{name}, std::string{trimmed(part.substr(equals + 1))});
    }
    return set_table(row, std::move(table));
}

/// Sets the row to the value it has, as if a person had given it.
Failure set_again(const Row& row) {
    if (auto* const* integer = std::get_if<std::int64_t*>(&row.target)) {
        return set_integer(row, **integer);
    }
    if (auto* const* string = std::get_if<std::string*>(&row.target)) {
        return set_string(row, std::string{**string});
    }
    return {};
}

}  // namespace

Schema::Schema(std::vector<Row> rows) {
    settings_.reserve(rows.size());
    for (Row& row : rows) {
        std::string default_value = value_of(row);
        settings_.push_back({std::move(row), std::move(default_value)});
    }
}

const Row* Schema::by_key(std::string_view key) const noexcept {
    if (key.empty()) return nullptr;
    const auto found = std::find_if(settings_.begin(), settings_.end(),
                                    [key](const Setting& each) { return each.row.key == key; });
    return found == settings_.end() ? nullptr : &found->row;
}

const Row* Schema::by_flag(std::string_view flag) const noexcept {
    if (flag.empty()) return nullptr;
    const auto found = std::find_if(settings_.begin(), settings_.end(),
                                    [flag](const Setting& each) { return each.row.flag == flag; });
    return found == settings_.end() ? nullptr : &found->row;
}

const TableArray* Schema::array_of(std::string_view key) const noexcept {
    for (const TableArray& each : arrays_) {
        if (key.size() > each.name.size() && key.starts_with(each.name) &&
            key[each.name.size()] == '.') {
            return &each;
        }
    }
    return nullptr;
}

bool Schema::is_setting(const Row& row) const noexcept {
    if (row.effect == Effect::command) return false;
    if (!row.key.empty()) return true;
    return std::none_of(settings_.begin(), settings_.end(), [&row](const Setting& each) {
        return !each.row.key.empty() && each.row.target == row.target;
    });
}

TableArray* Schema::array(std::string_view name) const noexcept {
    const auto found = std::find_if(arrays_.begin(), arrays_.end(),
                                    [name](const TableArray& each) { return each.name == name; });
    return found == arrays_.end() ? nullptr : &*found;
}

std::string_view Schema::nearest_key(std::string_view key) const {
    // A flag's name in a file means that flag's key: `loglevel = "debug"`.
    const Row* row = by_flag(key);
    if (row != nullptr && !row->key.empty()) return row->key;
    std::vector<std::string_view> known;
    for (const Setting& each : settings_) {
        if (!each.row.key.empty()) known.push_back(each.row.key);
    }
    return nearest(key, known);
}

std::string_view Schema::nearest_table(std::string_view table) const {
    std::vector<std::string_view> known;
    for (const Setting& each : settings_) {
        const std::size_t dot = each.row.key.rfind('.');
        if (dot != std::string_view::npos) known.push_back(each.row.key.substr(0, dot));
    }
    return nearest(table, known);
}

std::string_view Schema::nearest_flag(std::string_view flag) const {
    const Row* row = by_key(flag);
    if (row != nullptr && !row->flag.empty()) return row->flag;
    std::vector<std::string_view> known;
    for (const Setting& each : settings_) {
        if (!each.row.flag.empty()) known.push_back(each.row.flag);
    }
    return nearest(flag, known);
}

Failure Schema::conflict() const {
    std::set<std::string_view> keys;
    std::set<std::string_view> flags;
    for (const Setting& each : settings_) {
        const Row& row = each.row;
        if (row.key.empty() && row.flag.empty()) {
            return {"a row has neither key nor flag: " + std::string{row.help}};
        }
        if (!row.key.empty() && !keys.insert(row.key).second) {
            return {"the key " + std::string{row.key} + " belongs to two rows"};
        }
        if (!row.flag.empty() && !flags.insert(row.flag).second) {
            return {"the flag -" + std::string{row.flag} + " belongs to two rows"};
        }
        if (Failure failure = set_again(row); failed(failure)) {
            return {"the default of " + std::string{name_of(row)} + ": " + failure.sentence};
        }
    }
    for (const std::string_view key : keys) {
        const auto next = keys.lower_bound(std::string{key} + ".");
        if (next != keys.end() && next->starts_with(std::string{key} + ".")) {
            return {"the key " + std::string{key} + " is also the table of " + std::string{*next}};
        }
    }
    return {};
}

std::string_view name_of(const Row& row) noexcept { return row.flag.empty() ? row.key : row.flag; }

bool is_switch(const Row& row) noexcept { return std::holds_alternative<bool*>(row.target); }

bool is_duration(const Row& row) noexcept { return unit_length(row).count() != 0; }

Failure set_switch(const Row& row, bool value) {
    *std::get<bool*>(row.target) = value;
    return {};
}

Failure set_integer(const Row& row, std::int64_t value) {
    if (value < row.min) return {std::to_string(value) + " is below " + with_unit(row.min, row)};
    if (value > row.max) return {std::to_string(value) + " is above " + with_unit(row.max, row)};
    *std::get<std::int64_t*>(row.target) = value;
    return {};
}

Failure set_string(const Row& row, std::string_view value) {
    Outcome<std::string> chosen = choose(row, value);
    if (!chosen) return chosen.error();
    *std::get<std::string*>(row.target) = std::move(*chosen);
    return {};
}

Failure set_list(const Row& row, const std::vector<std::string>& values) {
    std::vector<std::string> all;
    for (const std::string& value : values) {
        Outcome<std::string> chosen = choose(row, value);
        if (!chosen) return chosen.error();
        all.push_back(std::move(*chosen));
    }
    *std::get<std::vector<std::string>*>(row.target) = std::move(all);
    return {};
}

Failure set_table(const Row& row, Table values) {
    *std::get<Table*>(row.target) = std::move(values);
    return {};
}

Failure set_duration(const Row& row, std::string_view text) {
    const std::optional<std::chrono::nanoseconds> duration = parse_duration(text);
    if (!duration) {
        return {in_quotes(text) + " is neither a number of " + std::string{row.unit} +
                " nor a duration such as 500ms, 10s or 1h30m"};
    }
    const std::chrono::nanoseconds unit = unit_length(row);
    if (*duration % unit != std::chrono::nanoseconds{0}) {
        return {std::string{text} + " is not a whole number of " + std::string{row.unit}};
    }
    return set_integer(row, *duration / unit);
}

Failure set_text(const Row& row, std::string_view text) {
    if (is_switch(row)) {
        const std::optional<bool> value = parse_switch(text);
        return value ? set_switch(row, *value)
                     : Failure{in_quotes(text) + " is neither true nor false"};
    }
    if (std::holds_alternative<std::string*>(row.target)) return set_string(row, text);
    if (std::holds_alternative<std::int64_t*>(row.target)) {
        const std::optional<std::int64_t> value = parse_integer(text);
        if (value) return set_integer(row, *value);
        if (is_duration(row)) return set_duration(row, text);
        return {in_quotes(text) + " is not an integer"};
    }
    if (std::holds_alternative<Table*>(row.target)) return set_entries(row, text);
    std::vector<std::string> values;
    if (!text.empty()) {
        for (const std::string_view part : split(text, ',')) values.emplace_back(trimmed(part));
    }
    return set_list(row, values);
}

std::string value_of(const Row& row) {
    if (auto* const* flag = std::get_if<bool*>(&row.target)) return **flag ? "true" : "false";
    if (auto* const* integer = std::get_if<std::int64_t*>(&row.target)) {
        return std::to_string(**integer);
    }
    if (auto* const* string = std::get_if<std::string*>(&row.target)) {
        if (row.is_secret != nullptr && row.is_secret(row.key)) return "\"\"";
        return '"' + log::json_escaped(**string) + '"';
    }
    if (auto* const* table = std::get_if<Table*>(&row.target)) return table_as_toml(row, **table);
    return list_as_toml(*std::get<std::vector<std::string>*>(row.target));
}

bool same_value(const Row& one, const Row& other) {
    return std::visit(
        [&other](auto* value) {
            auto* const* that = std::get_if<decltype(value)>(&other.target);
            return that != nullptr && *value == **that;
        },
        one.target);
}

}  // namespace flowd::config

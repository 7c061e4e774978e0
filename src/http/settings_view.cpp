// SPDX-License-Identifier: BSD-3-Clause
// Values as JSON. TOML writes switches, numbers, text and lists the same way; tables are not.
#include "http/settings_view.hpp"

#include <string>
#include <utility>
#include <variant>

#include "http/json_writer.hpp"
#include "log/escape.hpp"

namespace flowd::http {

namespace {

constexpr std::string_view hidden = "***";

std::string table_json(const config::Row& row, const config::Table& table) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [name, value] : table) {
        json.key(log::json_escaped(name));
        const bool is_secret = row.is_secret != nullptr && row.is_secret(name);
        json.value(is_secret ? hidden : std::string_view{value});
    }
    json.end_object();
    return json.take();
}

std::string value_json(const config::Row& row) {
    if (auto* const* table = std::get_if<config::Table*>(&row.target)) {
        return table_json(row, **table);
    }
    auto* const* text = std::get_if<std::string*>(&row.target);
    if (text != nullptr && !(*text)->empty() && row.is_secret != nullptr &&
        row.is_secret(row.key)) {
        return '"' + std::string{hidden} + '"';
    }
    return config::value_of(row);
}

std::string default_json(const config::Setting& setting) {
    const bool is_table = std::holds_alternative<config::Table*>(setting.row.target);
    return is_table && setting.default_value != "{}" ? "null" : setting.default_value;
}

/// `place` stands behind the array's name in the keys of its elements.
void append(std::vector<SettingView>& views, const config::Schema& schema,
            std::string_view array = {}, const std::string& place = {}) {
    for (const config::Setting& each : schema.settings()) {
        const config::Row& row = each.row;
        if (row.effect != config::Effect::used || !schema.is_setting(row)) continue;
        const config::TableArray* const of = schema.array_of(row.key);
        if (of != nullptr && !of->elements.empty()) continue;
        std::string key{row.key};
        if (!array.empty() && row.key.starts_with(array)) key.insert(array.size(), place);
        views.push_back({.key = std::move(key),
                         .flag = array.empty() ? std::string{row.flag} : std::string{},
                         .value_json = value_json(row),
                         .default_json = default_json(each),
                         .unit = std::string{row.unit},
                         .help = std::string{row.help},
                         .live = row.lifetime == config::Lifetime::live});
    }
}

}  // namespace

std::vector<SettingView> settings_of(const config::Schema& schema) {
    std::vector<SettingView> views;
    append(views, schema);
    for (const config::TableArray& array : schema.arrays()) {
        for (std::size_t i = 0; i < array.elements.size(); ++i) {
            append(views, array.elements[i], array.name, '[' + std::to_string(i) + ']');
        }
    }
    return views;
}

}  // namespace flowd::http

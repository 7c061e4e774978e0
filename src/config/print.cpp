// SPDX-License-Identifier: BSD-3-Clause
// TOML and help text out of rows. The order is that of the rows, gathered by table or group.
#include "config/print.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "config/text.hpp"

namespace flowd::config {

namespace {

constexpr std::size_t width = 100;
constexpr std::size_t choices_shown_max = 4;  // more would hide the flag in -h

/// Settings under a common name, groups in the order of their first member.
struct Group {
    std::string_view name;
    std::vector<const Setting*> settings;
};

std::string_view first_part(std::string_view name) { return name.substr(0, name.find('.')); }

/// New groups go behind those whose names start alike: [transport.file] follows [transport].
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

std::string_view table_of(std::string_view key) {
    const std::size_t dot = key.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

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

/// `1 to 64; default 1`: what a line of its own says under a setting's help.
std::string facts_of(const Setting& setting) {
    std::string facts = limits_of(setting.row);
    if (!facts.empty()) facts += "; ";
    facts += "default " + setting.default_value;
    const bool bare = facts.starts_with("default") && !setting.row.unit.empty();
    return bare ? facts + ' ' + std::string{setting.row.unit} : facts;
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
}

std::string toml_entry(const Setting& setting) {
    const Row& row = setting.row;
    std::string facts = capitalised(facts_of(setting));
    if (!row.flag.empty()) facts += "; flag -" + std::string{row.flag};
    if (row.lifetime == Lifetime::live) facts += "; can change while flowd runs";
    const std::size_t table_size = table_of(row.key).size();
    const std::string_view name = row.key.substr(table_size == 0 ? 0 : table_size + 1);
    return '\n' + wrapped(row.help, "# ", width) + wrapped(facts + ".", "# ", width) +
           std::string{name} + " = " + value_of(row) + '\n';
}

constexpr std::string_view goflow2_group = "goflow2";
constexpr std::string_view general_group = "general";

/// By the key's first part, else by the flag's where other flags share it.
std::string_view group_of(const Row& row, const Schema& schema) {
    if (row.effect != Effect::used) return goflow2_group;
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

/// What to write after the flag.
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

std::string help_entry(const Setting& setting) {
    const Row& row = setting.row;
    std::string out = "  -" + std::string{row.flag} + argument_of(row) + '\n';
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
    return out + wrapped(text, "        ", width);
}

/// Flags of goflow2 that share a reason, in one paragraph.
std::string goflow2_help(const Group& group) {
    std::vector<Group> reasons;
    for (const Setting* each : group.settings) add(reasons, each->row.help, *each);
    std::string out =
        "\nflags of goflow2 that are accepted and do nothing here; when one is given, the log says "
        "so\n";
    for (const Group& reason : reasons) {
        std::string flags;
        for (const Setting* each : reason.settings) {
            if (!flags.empty()) flags += ' ';
            flags += '-' + std::string{each->row.flag};
        }
        out += wrapped(flags, "  ", width) + wrapped(reason.name, "        ", width);
    }
    return out;
}

}  // namespace

namespace {

/// The settings by table; those of an array's table are left to the array.
std::string tables_of(const Schema& schema) {
    std::vector<Group> tables(1);  // keys without a table must come before the first table
    for (const Setting& each : schema.settings()) {
        const TableArray* const array = schema.array_of(each.row.key);
        if (array != nullptr && !array->elements.empty()) continue;
        if (!each.row.key.empty()) add(tables, table_of(each.row.key), each);
    }
    std::string out;
    for (const Group& table : tables) {
        if (table.settings.empty()) continue;
        if (!table.name.empty()) out += "\n[" + std::string{table.name} + "]\n";
        for (const Setting* each : table.settings) out += toml_entry(*each);
    }
    return out;
}

}  // namespace

std::string print_config(const Schema& schema) {
    std::string out =
        "# SPDX-License-Identifier: BSD-3-Clause\n"
        "# flowd's configuration: every key and its value, as `flowd -print-config` writes them.\n"
        "# Keys may be left out; flags win over this file. Durations are whole numbers of the\n"
        "# unit, or strings such as \"500ms\" and \"1h30m\".\n";
    out += tables_of(schema);
    for (const TableArray& array : schema.arrays()) {
        for (const Schema& element : array.elements) {
            std::string tables = tables_of(element);
            const std::string head = "\n[" + array.name + "]\n";
            tables.replace(tables.find(head), head.size(), "\n[[" + array.name + "]]\n");
            out += tables;
        }
    }
    return out;
}

std::string help_text(const Schema& schema) {
    std::vector<Group> groups;
    for (const Setting& each : schema.settings()) {
        if (!each.row.flag.empty()) add(groups, group_of(each.row, schema), each);
    }
    std::string out =
        "flowd collects NetFlow v1, v5, v7, v8 and v9, IPFIX and sFlow v5, and writes the flows "
        "as\n"
        "messages.\n"
        "\n"
        "usage: flowd [flags]\n"
        "\n"
        "A flag is written -name value or -name=value, with one dash or two; a switch is -name or\n"
        "-name=false. A duration is 500ms, 10s or 1h30m. Keys are those of the file that -config\n"
        "names; -print-config writes one.\n";
    const auto is_goflow2 = [](const Group& group) { return group.name == goflow2_group; };
    for (const Group& group : groups) {
        if (is_goflow2(group)) continue;
        out += '\n' + std::string{group.name} + '\n';
        for (const Setting* each : group.settings) out += help_entry(*each);
    }
    const auto goflow2 = std::find_if(groups.begin(), groups.end(), is_goflow2);
    return goflow2 == groups.end() ? out : out + goflow2_help(*goflow2);
}

}  // namespace flowd::config

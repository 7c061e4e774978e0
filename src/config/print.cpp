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

#include "config/describe.hpp"
#include "config/text.hpp"

namespace flowd::config {

namespace {

constexpr std::size_t width = 100;

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

std::string help_entry(const Setting& setting) {
    const Row& row = setting.row;
    std::string out = "  -" + std::string{row.flag} + argument_of(row) + '\n';
    return out + wrapped(help_of(setting), "        ", width);
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
    const std::vector<Group> groups = groups_of_flags(schema);
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

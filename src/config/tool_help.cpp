// SPDX-License-Identifier: BSD-3-Clause
// In the order of the rows.
#include "config/tool_help.hpp"

#include <cstdint>
#include <variant>

#include "config/text.hpp"

namespace flowd::config {

std::string tool_flags(const Schema& schema, Defaults defaults) {
    std::string out;
    for (const Setting& each : schema.settings()) {
        const Row& row = each.row;
        out += "  -" + std::string{row.flag};
        if (!row.choices.empty()) {
            out += ' ' + joined(row.choices, "|");
        } else if (!is_switch(row)) {
            out += std::holds_alternative<std::int64_t*>(row.target) ? " number" : " text";
        }
        const bool tells = defaults == Defaults::shown && !is_switch(row);
        if (tells && each.default_value != "\"\"") out += " (default " + each.default_value + ")";
        out += '\n' + wrapped(row.help, "        ", 100);
    }
    return out;
}

}  // namespace flowd::config

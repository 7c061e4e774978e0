// SPDX-License-Identifier: BSD-3-Clause
// Roff and bash out of rows.
#include "config/manual.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "config/describe.hpp"
#include "config/text.hpp"

namespace flowd::config {

namespace {

constexpr std::size_t roff_width = 76;  // mandoc asks for less than 80

/// What roff would take for itself.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char character : text) {
        if (character == '\\') {
            out += "\\e";
        } else if (character == '-') {
            out += "\\-";
        } else {
            out += character;
        }
    }
    return out;
}

/// A paragraph. A line that starts with a dot or an apostrophe would be a macro.
std::string paragraph(std::string_view text) {
    std::istringstream lines{wrapped(escaped(text), "", roff_width)};
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('.') || line.starts_with('\'')) out += "\\&";
        out += line + '\n';
    }
    return out;
}

std::string key_entry(const Setting& setting) {
    const Row& row = setting.row;
    std::string facts = capitalised(facts_of(setting));
    if (!row.flag.empty()) facts += "; flag -" + std::string{row.flag};
    return ".TP\n.B " + escaped(row.key) + '\n' + paragraph(row.help) + ".br\n" +
           paragraph(facts + ".");
}

std::string flag_entry(const Setting& setting) {
    const Row& row = setting.row;
    const std::string argument = argument_of(row);
    std::string head = ".TP\n\\fB\\-" + escaped(row.flag) + "\\fR";
    if (!argument.empty()) head += " \\fI" + escaped(argument.substr(1)) + "\\fR";
    return head + '\n' + paragraph(help_of(setting));
}

/// Does the flag take a file's name? By what its help calls it.
bool takes_file(const Row& row) {
    if (!std::holds_alternative<std::string*>(row.target) || !row.choices.empty()) return false;
    constexpr std::array<std::string_view, 5> starts{"File ", "TOML file ", "Capture ", "Folder ",
                                                     "The state file "};
    return std::any_of(starts.begin(), starts.end(),
                       [&row](std::string_view start) { return row.help.starts_with(start); });
}

/// `-a|--a|-b|--b`: a pattern of bash's case, or nothing.
std::string pattern_of(const std::vector<std::string_view>& flags) {
    std::string pattern;
    for (const std::string_view flag : flags) {
        if (!pattern.empty()) pattern += '|';
        pattern.append("-").append(flag).append("|--").append(flag);
    }
    return pattern;
}

std::string case_of(const std::vector<std::string_view>& flags, const std::string& body) {
    if (flags.empty()) return {};
    return "        " + pattern_of(flags) + ")\n            " + body + "\n            return ;;\n";
}

}  // namespace

std::string manual_of_keys(const Schema& schema) {
    std::string out;
    for (const Group& table : tables_of_keys(schema)) {
        if (table.settings.empty()) continue;
        if (!table.name.empty()) out += ".SS [" + escaped(table.name) + "]\n";
        for (const Setting* each : table.settings) out += key_entry(*each);
    }
    return out;
}

std::string manual_of_flags(const Schema& schema) {
    std::string out;
    std::string goflow2;
    for (const Group& group : groups_of_flags(schema)) {
        std::string& section = group.name == goflow2_group ? goflow2 : out;
        section += ".SS " + capitalised(std::string{group.name}) + '\n';
        if (group.name == goflow2_group) {
            section += paragraph(
                "Accepted, and without effect here. The log says why when one is "
                "given.");
        }
        for (const Setting* each : group.settings) section += flag_entry(*each);
    }
    return out + goflow2;
}

std::string bash_completion(const Schema& schema) {
    std::vector<std::string_view> flags;
    std::vector<std::string_view> with_file;
    std::vector<std::string_view> with_value;
    std::string choices;
    for (const Setting& each : schema.settings()) {
        const Row& row = each.row;
        if (row.flag.empty()) continue;
        flags.push_back(row.flag);
        if (is_switch(row)) continue;
        if (!row.choices.empty()) {
            choices += case_of({row.flag}, "mapfile -t COMPREPLY < <(compgen -W '" +
                                               joined(row.choices, " ") + "' -- \"$word\")");
        } else {
            (takes_file(row) ? with_file : with_value).push_back(row.flag);
        }
    }
    return "# SPDX-License-Identifier: BSD-3-Clause\n"
           "# Completion for flowd, made of its settings by flowd -print-docs bash.\n"
           "_flowd() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} dash=-\n"
           "    # bash splits -name=value at the equals sign.\n"
           "    if [[ $word == = ]]; then\n"
           "        word=\n"
           "    elif [[ $before == = ]]; then\n"
           "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    fi\n"
           "    case $before in\n" +
           choices +
           case_of(with_file,
                   "compopt -o filenames\n            "
                   "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")") +
           case_of(with_value, "COMPREPLY=()") +
           "    esac\n"
           "    [[ $word == --* ]] && dash=--\n"
           "    mapfile -t COMPREPLY < <(compgen -P \"$dash\" -W '" +
           joined(flags, " ") +
           "' -- \"${word#\"$dash\"}\")\n"
           "}\n"
           "complete -F _flowd flowd\n";
}

std::string print_docs(const Schema& schema, std::string_view kind) {
    if (kind == "keys") return manual_of_keys(schema);
    return kind == "flags" ? manual_of_flags(schema) : bash_completion(schema);
}

}  // namespace flowd::config

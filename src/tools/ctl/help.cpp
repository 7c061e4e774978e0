// SPDX-License-Identifier: BSD-3-Clause
// Words for people, roff and bash.
#include "tools/ctl/help.hpp"

#include <sstream>
#include <utility>
#include <vector>

#include "config/text.hpp"
#include "log/log.hpp"
#include "tools/ctl/commands.hpp"
#include "tools/ctl/options.hpp"

namespace flowd::ctl {

namespace {

constexpr std::pair<std::string_view, std::string_view> statuses[]{
    {"0", "All is well."},
    {"1",
     "flowd says that something is wrong: it is failing, a sum does not add up, a setting was "
     "refused, a request failed."},
    {"2", "The command line is wrong."},
    {"3", "Nothing answers."},
    {"4", "flowd refuses: changes need its UNIX socket or its token."},
    {"5", "There is no such exporter, setting or page."},
};

std::string spelled(const Option& option) {
    std::string out = option.letter == 0 ? "" : std::string{"-"} + option.letter + ", ";
    out += "--" + std::string{option.row.flag};
    if (!option.argument.empty()) out += ' ' + std::string{option.argument};
    return out;
}

std::string meaning(const Option& option) {
    std::string out{option.row.help};
    if (!option.row.choices.empty()) {
        out += " KEY is " + config::joined(option.row.choices, ", ") + '.';
    }
    return out;
}

/// A text behind its head, the lines below it indented as far.
std::string hanging(std::string_view head, std::string_view text, std::size_t indent,
                    std::size_t width) {
    std::string lines = config::wrapped(text, std::string(indent, ' '), width);
    return lines.replace(0, head.size(), head);
}

std::string list(const std::vector<Option>& options, std::string_view command, std::size_t width) {
    std::string out;
    for (const Option& each : options) {
        if (each.commands.empty() != command.empty() || !takes(command, each)) continue;
        out += "  " + spelled(each) + '\n' + config::wrapped(meaning(each), "        ", width);
    }
    return out;
}

std::string status_list(std::size_t width) {
    std::string out = "Exit status:\n";
    for (const auto& [number, text] : statuses) {
        out += hanging("  " + std::string{number}, text, 5, width);
    }
    return out;
}

/// What roff would take for itself.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char character : text) {
        out += character == '\\' ? "\\e" : character == '-' ? "\\-" : std::string{character};
    }
    return out;
}

std::string paragraph(std::string_view text) {
    std::istringstream lines{config::wrapped(escaped(text), "", 76)};
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('.') || line.starts_with('\'')) out += "\\&";
        out += line + '\n';
    }
    return out;
}

std::string roff_entry(const Option& option) {
    std::string head = ".TP\n";
    if (option.letter != 0) head += "\\fB\\-" + std::string{option.letter} + "\\fR, ";
    head += "\\fB\\-\\-" + escaped(option.row.flag) + "\\fR";
    if (!option.argument.empty()) head += " \\fI" + escaped(option.argument) + "\\fR";
    return head + '\n' + paragraph(meaning(option));
}

std::string manual() {
    Options unused;
    const std::vector<Option> options = options_into(unused);
    std::string out = ".SH COMMANDS\n";
    for (const Command& command : commands()) {
        out += ".SS " + std::string{command.name};
        if (!command.arguments.empty()) out += ' ' + escaped(command.arguments);
        std::string summary{command.summary};
        summary.front() = static_cast<char>(std::toupper(summary.front()));
        out += '\n' + paragraph(summary + '.' + (command.text.empty() ? "" : " ") +
                                std::string{command.text});
        for (const Option& each : options) {
            if (!each.commands.empty() && takes(command.name, each)) out += roff_entry(each);
        }
    }
    out += ".SH OPTIONS\nOf all commands:\n";
    for (const Option& each : options) {
        if (each.commands.empty()) out += roff_entry(each);
    }
    out += ".SH EXIT STATUS\n";
    for (const auto& [number, text] : statuses) {
        out += ".TP\n.B " + std::string{number} + '\n' + paragraph(text);
    }
    return out;
}

std::string flags_of(const std::vector<Option>& options, std::string_view command) {
    std::string out;
    for (const Option& each : options) {
        if (!takes(command, each)) continue;
        if (!out.empty()) out += ' ';
        out += "--" + std::string{each.row.flag};
    }
    return out;
}

/// What bash runs; the names between at signs are filled in.
constexpr std::string_view completion_frame = R"bash(# SPDX-License-Identifier: BSD-3-Clause
# Completion for flowctl, made of its tables by flowctl --print-docs bash.
_flowctl() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command= flags= each offered=
    # bash splits --name=value at the equals sign.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case " @COMMANDS@ " in *" $each "*) command=$each && break ;; esac
    done
    case $before in
@CHOICES@        @FILES@)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return ;;
        @VALUES@) COMPREPLY=(); return ;;
    esac
    case $command in
@FLAGS@    esac
    case $command in
        '' | help) offered='@COMMANDS@' ;;
        log) offered='@LEVELS@' ;;
        exporter | capture | templates)
            [[ $command == exporter ]] && offered=other
            [[ $word == -* ]] || offered+=\ $(flowctl exporters --all --json 2>/dev/null |
                grep -o '"address": *"[0-9a-f.:]*"' | cut -d'"' -f4) ;;
    esac
    [[ $word == -* ]] && offered=$flags
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
}
complete -F _flowctl flowctl
)bash";

void fill(std::string& text, std::string_view name, const std::string& value) {
    const std::string mark = '@' + std::string{name} + '@';
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        text.replace(at, mark.size(), value);
        at += value.size();
    }
}

std::string completion() {
    Options unused;
    const std::vector<Option> options = options_into(unused);
    std::vector<std::string_view> names;
    std::string flags;
    std::string with_file;
    std::string with_value;
    std::string choices;
    const auto flags_case = [&options](std::string_view pattern, std::string_view command) {
        return "        " + std::string{pattern} + ") flags='" + flags_of(options, command) +
               "' ;;\n";
    };
    for (const Command& each : commands()) {
        names.push_back(each.name);
        flags += flags_case(each.name, each.name);
    }
    flags += flags_case("*", "");
    for (const Option& each : options) {
        if (each.argument.empty()) continue;
        std::string pattern = "--" + std::string{each.row.flag};
        if (each.letter != 0) pattern += "|-" + std::string{each.letter};
        const bool is_file = each.argument == "FILE" || each.argument == "PATH";
        if (!each.row.choices.empty()) {
            choices += "        " + pattern + ") mapfile -t COMPREPLY < <(compgen -W '" +
                       config::joined(each.row.choices, " ") + "' -- \"$word\"); return ;;\n";
        } else {
            std::string& patterns = is_file ? with_file : with_value;
            patterns += (patterns.empty() ? "" : "|") + pattern;
        }
    }
    std::string out{completion_frame};
    fill(out, "COMMANDS", config::joined(names, " "));
    fill(out, "LEVELS", config::joined(log::level_names, " "));
    fill(out, "CHOICES", choices);
    fill(out, "FILES", with_file);
    fill(out, "VALUES", with_value);
    fill(out, "FLAGS", flags);
    return out;
}

}  // namespace

std::string help_text(std::size_t width) {
    Options unused;
    const auto paragraph_of = [width](std::string_view text) {
        return config::wrapped(text, "", width) + '\n';
    };
    std::string out =
        paragraph_of("flowctl shows what flowd knows, and changes what may change while it runs.");
    out += "usage: flowctl COMMAND [options]\n\n";
    for (const Command& each : commands()) {
        out += hanging("  " + std::string{each.name}, each.summary, 13, width);
    }
    out +=
        '\n' + paragraph_of("flowctl help COMMAND lists a command's own options. Options of all:");
    out += list(options_into(unused), "", width) + '\n';
    out += paragraph_of(
        "Without --socket and --url: FLOWCTL_SOCKET, FLOWCTL_URL; then flowd.sock in "
        "RUNTIME_DIRECTORY and in /run/flowd, where there is one; then http://localhost:8080. "
        "The token may be in FLOWCTL_TOKEN.");
    return out + status_list(width);
}

std::string help_text(std::string_view name, std::size_t width) {
    const Command* command = find_command(name);
    if (command == nullptr) return {};
    Options unused;
    const std::string call = "flowctl " + std::string{name};
    std::string out =
        config::wrapped(call + ": " + std::string{command->summary}, "", width) + '\n';
    std::string usage = call;
    if (!command->arguments.empty()) usage += ' ' + std::string{command->arguments};
    out += hanging("usage: ", usage + " [options]", 7, width);
    if (!command->text.empty()) out += '\n' + config::wrapped(command->text, "", width);
    const std::string own = list(options_into(unused), name, width);
    if (!own.empty()) out += '\n' + own;
    return out + '\n' +
           config::wrapped("flowctl help lists the options of all commands and the exit statuses.",
                           "", width);
}

std::string print_docs(std::string_view kind) {
    if (kind == "man") return manual();
    return kind == "bash" ? completion() : std::string{};
}

}  // namespace flowd::ctl

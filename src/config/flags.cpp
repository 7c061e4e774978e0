// SPDX-License-Identifier: BSD-3-Clause
// Go's flag syntax, argument by argument.
#include "config/flags.hpp"

#include <cstddef>
#include <string>

#include "config/numbers.hpp"
#include "config/text.hpp"
#include "log/escape.hpp"

namespace flowd::config {

namespace {

Failure unknown_flag(std::string_view name, const Schema& schema) {
    std::string sentence = "unknown flag -" + log::one_line(name);
    const std::string_view near = schema.nearest_flag(name);
    if (!near.empty()) sentence += "; did you mean -" + std::string{near} + "?";
    return {sentence};
}

Failure left_over(std::string_view argument, const std::vector<FlagValue>& before) {
    std::string sentence = in_quotes(argument) + " is left over after the flags";
    // `-switch true` is the usual reason: Go does not take it as one flag.
    if (!before.empty() && is_switch(*before.back().row) && parse_switch(argument)) {
        const std::string name{before.back().row->flag};
        sentence += "; write -" + name + "=" + std::string{argument};
    }
    return {sentence};
}

}  // namespace

Outcome<std::vector<FlagValue>> parse_flags(std::span<const char* const> arguments,
                                            const Schema& schema) {
    std::vector<FlagValue> flags;
    std::size_t next = 0;
    while (next < arguments.size()) {
        const std::string_view argument = arguments[next];
        if (argument.size() < 2 || argument.front() != '-') break;
        ++next;
        if (argument == "--") break;

        const std::string_view body = argument.substr(argument[1] == '-' ? 2 : 1);
        if (body.front() == '-' || body.front() == '=') {
            return Failure{in_quotes(argument) + " is not a flag: a name must follow the dash"};
        }
        const std::size_t equals = body.find('=');
        const std::string_view name = body.substr(0, equals);
        const Row* row = schema.by_flag(name);
        if (row == nullptr) return unknown_flag(name, schema);
        if (equals != std::string_view::npos) {
            flags.push_back({row, body.substr(equals + 1)});
        } else if (is_switch(*row)) {
            flags.push_back({row, "true"});
        } else if (next < arguments.size()) {
            flags.push_back({row, arguments[next++]});
        } else {
            return Failure{"-" + std::string{name} + ": needs a value"};
        }
    }
    if (next < arguments.size()) return left_over(arguments[next], flags);
    return flags;
}

Failure apply_flag(const FlagValue& flag) {
    const Failure failure = set_text(*flag.row, flag.text);
    if (!failed(failure)) return {};
    return {"-" + std::string{flag.row->flag} + ": " + failure.sentence};
}

}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// Options as rows, and their letters.
#include "tools/ctl/options.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "config/keep_limits.hpp"
#include "config/numbers.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"
#include "log/address.hpp"
#include "log/escape.hpp"
#include "tools/ctl/commands.hpp"

namespace flowd::ctl {

namespace {

using config::Row;

std::vector<Option> common_options(Options& options) {
    return {
        {Row{.key = {},
             .flag = "socket",
             .target = &options.socket,
             .help = "flowd's UNIX socket, which may change things, too."},
         0, "PATH"},
        {Row{.key = {},
             .flag = "url",
             .target = &options.url,
             .help = "flowd over TCP: http://host:port or https://host:port."},
         0, "URL"},
        {Row{.key = {},
             .flag = "token",
             .target = &options.token,
             .help = "The token that flowd asks for. Others can read it in the list of processes: "
                     "better --token-file or FLOWCTL_TOKEN."},
         0, "TEXT"},
        {Row{.key = {},
             .flag = "token-file",
             .target = &options.token_file,
             .help = "A file whose first line is the token."},
         0, "FILE"},
        {Row{.key = {},
             .flag = "ca",
             .target = &options.ca,
             .help = "https: whose certificates are believed (PEM), instead of the system's."},
         0, "FILE"},
        {Row{.key = {},
             .flag = "json",
             .target = &options.json,
             .help = "Prints the API's JSON; indented on a terminal."}},
        {Row{.key = {},
             .flag = "exact",
             .target = &options.exact,
             .help = "All digits, instead of 1.23M."}},
        {Row{.key = {},
             .flag = "bytes",
             .target = &options.bytes,
             .help = "Rates in bytes, instead of bits, per second."}},
        {Row{.key = {},
             .flag = "no-color",
             .target = &options.no_color,
             .help = "No colours, as with NO_COLOR in the environment."}},
        {Row{.key = {}, .flag = "help", .target = &options.help, .help = "Prints this."}, 'h'},
        {Row{.key = {},
             .flag = "version",
             .target = &options.version,
             .help = "Prints the version."},
         'v'},
    };
}

std::vector<Option> list_options(Options& options) {
    std::vector<std::string_view> keys;
    for (const SortKey& each : sort_keys()) keys.push_back(each.key);
    return {
        {Row{.key = {},
             .flag = "sort",
             .target = &options.sort,
             .help = "By what exporters are sorted; flows, unless it is said.",
             .choices = std::move(keys)},
         0, "KEY", "exporters top"},
        {Row{.key = {},
             .flag = "reverse",
             .target = &options.reverse,
             .help = "The other way round."},
         'r',
         {},
         "exporters top"},
        {Row{.key = {},
             .flag = "search",
             .target = &options.search,
             .help = "Only exporters with this in their address, protocol or a finding's code."},
         0, "TEXT", "exporters top"},
        {Row{.key = {},
             .flag = "limit",
             .target = &options.limit,
             .help = "At most so many rows.",
             .min = 1,
             .max = 10'000},
         0, "N", "exporters templates"},
        {Row{.key = {},
             .flag = "all",
             .target = &options.all,
             .help = "exporters: all of them. drops: names with nothing to count, too."},
         'a',
         {},
         "exporters drops"},
        {Row{.key = {},
             .flag = "templates",
             .target = &options.templates,
             .help = "Adds the fields of the exporter's templates."},
         't',
         {},
         "exporter"},
        {Row{.key = {},
             .flag = "fields",
             .target = &options.fields,
             .help = "Adds the fields of each template."},
         'f',
         {},
         "templates"},
        {Row{.key = {},
             .flag = "changed",
             .target = &options.changed,
             .help = "Only what differs from the default."},
         0,
         {},
         "config"},
        {Row{.key = {},
             .flag = "fail",
             .target = &options.fail,
             .help = "Ends with 1 if anything was dropped, or a sum does not add up."},
         0,
         {},
         "drops"},
    };
}

std::vector<Option> other_options(Options& options) {
    return {
        {Row{.key = {},
             .flag = "watch",
             .target = &options.watch,
             .help = "Again every so many seconds, until it is ended."},
         'w', "SECONDS", "status exporters drops"},
        {Row{.key = {},
             .flag = "delay",
             .target = &options.delay,
             .help = "Seconds between two refreshes; 1, unless it is said."},
         'd', "SECONDS", "top"},
        {Row{.key = {},
             .flag = "count",
             .target = &options.count,
             .help = "Ends after so many refreshes.",
             .min = 1},
         'n', "N", "top status exporters drops"},
        {Row{.key = {},
             .flag = "batch",
             .target = &options.batch,
             .help = "Prints each refresh below the other, for scripts; once, unless -n is given."},
         'b',
         {},
         "top"},
        {Row{.key = {},
             .flag = "seconds",
             .target = &options.seconds,
             .help = "How many; 10, unless it is said.",
             .min = 1,
             .max = 3600},
         's', "N", "capture"},
        {Row{.key = {},
             .flag = "out",
             .target = &options.out,
             .help = "Where to; - is standard output."},
         'o', "FILE", "capture"},
        {Row{.key = {},
             .flag = "max",
             .target = &options.bytes_max,
             .help = "At most so many bytes, such as 64M; 16M, unless it is said."},
         0, "SIZE", "capture"},
        {Row{.key = {},
             .flag = "keep",
             .target = &options.keep,
             .help =
                 "Keeps the datagrams of the last so many seconds, 1 to 3600, in so many bytes at "
                 "most, 1M to 1G; 64M, unless it is said."},
         0, "SECONDS[:SIZE]", "capture"},
        {Row{.key = {}, .flag = "stop", .target = &options.stop, .help = "Keeps none any more."},
         0,
         {},
         "capture"},
        {Row{.key = {}, .flag = "show", .target = &options.show, .help = "Says what is kept."},
         0,
         {},
         "capture"},
    };
}

/// One argument, taken apart.
struct Given {
    const Option* option = nullptr;
    std::string_view name;
    bool has_value = false;
    std::string_view value;
};

/// `--name`, `--name=value`, `-name`, `-n`, `-nvalue`.
Given take_apart(std::string_view argument, const std::vector<Option>& options) {
    const std::string_view body = argument.substr(argument.starts_with("--") ? 2 : 1);
    const std::size_t equals = body.find('=');
    Given given;
    given.name = body.substr(0, equals);
    given.has_value = equals != std::string_view::npos;
    if (given.has_value) given.value = body.substr(equals + 1);
    for (const Option& each : options) {
        if (each.row.flag == given.name) {
            given.option = &each;
            return given;
        }
    }
    if (argument.starts_with("--")) return given;
    for (const Option& each : options) {
        if (each.letter == 0 || body.front() != each.letter) continue;
        if (body.size() > 1 && each.argument.empty()) break;
        given.option = &each;
        given.name = body.substr(0, 1);
        if (body.size() > 1) {
            given.has_value = true;
            given.value = body.substr(body[1] == '=' ? 2 : 1);
        }
    }
    return given;
}

Failure unknown_option(std::string_view argument, const std::vector<Option>& options) {
    std::vector<std::string_view> names;
    for (const Option& each : options) names.push_back(each.row.flag);
    const std::string_view body = argument.substr(argument.starts_with("--") ? 2 : 1);
    const std::string_view near = config::nearest(body.substr(0, body.find('=')), names);
    std::string sentence = "unknown option " + log::one_line(argument);
    if (!near.empty()) sentence += "; did you mean --" + std::string{near} + "?";
    return {sentence};
}

Failure check_command(const Options& options) {
    const Command* command = find_command(options.command);
    if (command == nullptr) {
        std::vector<std::string_view> names;
        for (const Command& each : commands()) names.push_back(each.name);
        std::string sentence = config::in_quotes(options.command) + " is no command";
        const std::string_view near = config::nearest(options.command, names);
        if (!near.empty()) sentence += "; did you mean " + std::string{near} + "?";
        return {sentence};
    }
    if (options.help) return {};
    const std::size_t given = options.arguments.size();
    if (given < command->least) {
        return {options.command + ": needs " + std::string{command->arguments}};
    }
    if (given > command->most) {
        return {options.command + ": " + config::in_quotes(options.arguments[command->most]) +
                " is left over"};
    }
    return {};
}

Failure set(const Given& given, std::string_view value) {
    const Failure failure = config::set_text(given.option->row, value);
    if (!failed(failure)) return {};
    return {"--" + std::string{given.option->row.flag} + ": " + failure.sentence};
}

}  // namespace

std::vector<Option> options_into(Options& options) {
    std::vector<Option> out = list_options(options);
    for (auto* more : {&other_options, &common_options}) {
        std::vector<Option> part = more(options);
        std::move(part.begin(), part.end(), std::back_inserter(out));
    }
    return out;
}

bool takes(std::string_view command, const Option& option) {
    if (option.commands.empty()) return true;
    const auto names = config::split(option.commands, ' ');
    return std::find(names.begin(), names.end(), command) != names.end();
}

Failure read_arguments(std::span<const char* const> arguments, Options& options) {
    const std::vector<Option> known = options_into(options);
    std::vector<const Option*> used;
    bool only_arguments = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (only_arguments || argument.size() < 2 || argument.front() != '-') {
            if (options.command.empty()) {
                options.command = argument;
            } else {
                options.arguments.emplace_back(argument);
            }
            continue;
        }
        only_arguments = argument == "--";
        if (only_arguments) continue;
        Given given = take_apart(argument, known);
        if (given.option == nullptr) return unknown_option(argument, known);
        if (!given.has_value) {
            const bool is_switch = given.option->argument.empty();
            if (!is_switch && i + 1 == arguments.size()) {
                return {"--" + std::string{given.option->row.flag} + ": needs a value"};
            }
            given.value = is_switch ? "true" : arguments[++i];
        }
        if (Failure failure = set(given, given.value); failed(failure)) return failure;
        used.push_back(given.option);
    }
    if (options.command.empty()) return {};
    if (Failure failure = check_command(options); failed(failure)) return failure;
    if (options.all && options.limit > 0) return {"--all and --limit: one of them"};
    for (const Option* each : used) {
        if (takes(options.command, *each) || options.help) continue;
        return {"--" + std::string{each->row.flag} + ": is an option of " +
                config::joined(config::split(each->commands, ' '), ", ") + ", not of " +
                options.command};
    }
    return {};
}

Outcome<double> parse_seconds(std::string_view text) {
    const bool bare = !text.empty() && (text.back() >= '0' && text.back() <= '9');
    const auto parsed = config::parse_duration(std::string{text} + (bare ? "s" : ""));
    const double seconds = parsed ? std::chrono::duration<double>(*parsed).count() : 0;
    if (seconds >= 0.1 && seconds <= 86'400) return seconds;
    return Failure{config::in_quotes(text) + " is no number of seconds between 0.1 and 86400"};
}

Outcome<std::int64_t> parse_size(std::string_view text) {
    constexpr std::string_view units = "KMG";
    std::int64_t unit = 1;
    std::string_view digits = text;
    if (!text.empty()) {
        const char last = text.back() >= 'a' ? static_cast<char>(text.back() - 32) : text.back();
        const std::size_t power = units.find(last);
        if (power != std::string_view::npos) {
            unit <<= 10 * (power + 1);
            digits.remove_suffix(1);
        }
    }
    const auto number = config::parse_integer(digits);
    constexpr std::int64_t most = std::int64_t{1} << 40;
    if (number && *number > 0 && *number <= most / unit) return *number * unit;
    return Failure{config::in_quotes(text) + " is no size such as 65536, 64M or 1G"};
}

Outcome<Keep> parse_keep(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view duration = text.substr(0, colon);
    const auto seconds = parse_seconds(duration);
    Keep keep;
    keep.seconds = seconds ? static_cast<std::int64_t>(*seconds) : 0;
    const bool whole = seconds && static_cast<double>(keep.seconds) == *seconds;
    if (!whole || keep.seconds < 1 || keep.seconds > config::keep_seconds_max) {
        return Failure{config::in_quotes(duration) + " is no whole number of seconds from 1 to " +
                       std::to_string(config::keep_seconds_max)};
    }
    if (colon == std::string_view::npos) return keep;
    const std::string_view size = text.substr(colon + 1);
    const auto bytes = parse_size(size);
    if (!bytes) return bytes.error();
    keep.bytes = *bytes;
    if (keep.bytes < config::keep_bytes_min || keep.bytes > config::keep_bytes_max) {
        return Failure{config::in_quotes(size) + " is no size from 1M to 1G (" +
                       std::to_string(config::keep_bytes_min) + " to " +
                       std::to_string(config::keep_bytes_max) + " bytes)"};
    }
    return keep;
}

Outcome<Exporter> parse_exporter(std::string_view text) {
    if (text == other_name) return Exporter{std::string{text}};
    const Failure bad{config::in_quotes(text) +
                      " is no address of an exporter, such as 192.0.2.1, 192.0.2.1:2055 or "
                      "[2001:db8::1]:2055"};
    std::string_view address = text;
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return bad;
        address = text.substr(1, end - 1);
        has_port = end + 1 < text.size();
        if (has_port && text[end + 1] != ':') return bad;
        if (has_port) port = text.substr(end + 2);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        has_port = true;
        address = text.substr(0, text.find(':'));
        port = text.substr(text.find(':') + 1);
    }
    Exporter exporter;
    exporter.address = address;
    if (parse_address(address).size == 0) return bad;
    if (!has_port) return exporter;
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), exporter.port);
    const bool whole = error == std::errc{} && end == port.data() + port.size();
    if (!whole || exporter.port == 0) return bad;
    return exporter;
}

}  // namespace flowd::ctl

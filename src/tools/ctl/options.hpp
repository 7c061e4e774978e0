// SPDX-License-Identifier: BSD-3-Clause
// The command line: a command, its arguments, and options anywhere between them, with one dash or
// two. Main thread, at start.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::ctl {

struct Options {
    std::string command;  ///< empty: none was given
    std::vector<std::string> arguments;

    std::string socket;
    std::string url;
    std::string token;
    std::string token_file;
    std::string ca;

    bool json = false;
    bool no_color = false;
    bool exact = false;
    bool bytes = false;
    bool help = false;
    bool version = false;

    bool all = false;
    bool templates = false;
    bool fields = false;
    bool changed = false;
    bool fail = false;
    bool reverse = false;
    std::string sort;
    std::string search;
    std::int64_t limit = 0;  ///< 0: not given

    std::string watch;  ///< seconds; empty: once
    std::string delay = "1";
    std::int64_t count = 0;  ///< 0: until it is ended
    bool batch = false;

    std::int64_t seconds = 10;
    std::string bytes_max;
    std::string out;
    std::string keep;
    bool stop = false;
    bool show = false;
};

/// An option: a row as flowd's, and what the command line of a tool has besides.
struct Option {
    config::Row row;
    char letter = 0;              ///< 0: none
    std::string_view argument{};  ///< what its value is called; empty: a switch
    std::string_view commands{};  ///< those that take it, with blanks between; empty: all
};

[[nodiscard]] std::vector<Option> options_into(Options& options);
[[nodiscard]] bool takes(std::string_view command, const Option& option);

/// Reads the arguments, without the program's name. On a failure `options` holds what came before.
[[nodiscard]] Failure read_arguments(std::span<const char* const> arguments, Options& options);

/// "2", "0.5", "500ms", "1m": seconds, from a tenth to a day.
[[nodiscard]] Outcome<double> parse_seconds(std::string_view text);
/// "67108864", "64M" (powers of 1024).
[[nodiscard]] Outcome<std::int64_t> parse_size(std::string_view text);

/// What is to be kept. "30", "30:64M": whole seconds and a size, as flowd takes them.
struct Keep {
    std::int64_t seconds = 0;
    std::int64_t bytes = std::int64_t{64} << 20;
};
[[nodiscard]] Outcome<Keep> parse_keep(std::string_view text);

/// The API's name of what has no row of its own: datagrams that flowd cannot understand, and
/// exporters that it has forgotten.
inline constexpr std::string_view other_name = "other";

/// ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT, other.
struct Exporter {
    std::string address;
    std::uint16_t port = 0;
    [[nodiscard]] bool is_other() const noexcept { return address == other_name; }
};
[[nodiscard]] Outcome<Exporter> parse_exporter(std::string_view text);

}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
// flowctl: shows what flowd knows, over its API. Exit statuses are in status.hpp.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/help.hpp"
#include "tools/ctl/options.hpp"
#include "tools/ctl/run.hpp"
#include "tools/ctl/session.hpp"

namespace {

using namespace flowd;
using ctl::Status;

int number_of(Status status) { return static_cast<int>(status); }

/// Where to read how it is done; `command` may be none.
void point_to_help(std::string_view command) {
    ctl::complain(ctl::find_command(command) == nullptr
                      ? "--help lists commands and options"
                      : "see flowctl help " + std::string{command});
}

int refuse(const std::string& sentence, std::string_view command = {}) {
    ctl::complain(sentence);
    point_to_help(command);
    return number_of(Status::usage);
}

/// A terminal's, but no wider than is good to read.
std::size_t help_width() {
    constexpr std::size_t usual = 80;
    if (::isatty(STDOUT_FILENO) != 1) return usual;
    return std::min(usual, ctl::columns_of(STDOUT_FILENO));
}

int print(const std::string& text) {
    return number_of(ctl::write_out(text) ? Status::fine : Status::wrong);
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// One that may not be seen is there as well: that it may not is what is to be said.
bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0 || errno == EACCES;
}

int print_help(const ctl::Options& options) {
    const bool asks_for_one = options.command == "help" && !options.arguments.empty();
    const std::string about = asks_for_one                ? options.arguments.front()
                              : options.command == "help" ? std::string{}
                                                          : options.command;
    if (about.empty()) return print(ctl::help_text(help_width()));
    const std::string text = ctl::help_text(about, help_width());
    return text.empty() ? refuse("\"" + about + "\" is no command") : print(text);
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    std::setlocale(LC_CTYPE, "");  // widths of characters; numbers keep their points
    const auto given = static_cast<std::size_t>(argument_count > 0 ? argument_count - 1 : 0);
    const std::span words{arguments + 1, given};
    // For the build: the manual page and the completion are made of the program's own tables.
    if (given == 2 && std::string_view{words[0]} == "--print-docs") {
        return print(ctl::print_docs(words[1]));
    }
    ctl::Options options;
    const Failure failure = ctl::read_arguments(words, options);
    if (failed(failure)) return refuse(failure.sentence, options.command);
    if (options.help || options.command == "help") return print_help(options);
    if (options.version) return print("flowctl " FLOWD_VERSION "\n");
    if (options.command.empty()) return refuse("which command?");

    const auto endpoints = ctl::endpoints_of(options, environment, exists);
    if (!endpoints) return refuse(endpoints.error().sentence, options.command);
    auto token = ctl::token_of(options, environment);
    if (!token) return refuse(token.error().sentence, options.command);
    ctl::Client client{*endpoints, *token, options.ca};
    const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
    ctl::Session session{options, client, ctl::look_of(options, is_terminal), is_terminal};
    const Status status = ctl::run(session);
    if (status == Status::usage) point_to_help(options.command);
    return number_of(status);
}

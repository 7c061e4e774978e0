// SPDX-License-Identifier: BSD-3-Clause
// The same additions as flowd's, so that both ends of a pair start by the same words.
#include "tools/gen/eal_text.hpp"

#include <algorithm>
#include <initializer_list>

namespace flowd::gen {

namespace {

bool has_any(const std::vector<std::string>& arguments,
             std::initializer_list<std::string_view> names) {
    return std::any_of(arguments.begin(), arguments.end(), [&](std::string_view argument) {
        const std::string_view name = argument.substr(0, argument.find('='));
        return std::find(names.begin(), names.end(), name) != names.end();
    });
}

}  // namespace

Outcome<std::vector<std::string>> split_eal(std::string_view text) {
    std::vector<std::string> words;
    char quote = 0;
    bool inside = false;
    for (const char each : text) {
        if (quote == 0 && (each == ' ' || each == '\t')) {
            inside = false;
            continue;
        }
        if (!inside) words.emplace_back();
        inside = true;
        if (quote == 0 && (each == '\'' || each == '"')) {
            quote = each;
        } else if (each == quote) {
            quote = 0;
        } else {
            words.back() += each;
        }
    }
    if (quote != 0) return Failure{std::string{"-eal: a quote "} + quote + " is not closed"};
    return words;
}

std::vector<std::string> eal_command(const std::vector<std::string>& given, const EalPlan& plan) {
    std::vector<std::string> command{"flowd-gen"};
    // A floating lcore: the sender shares its CPUs with the receiver on small machines.
    if (!has_any(given, {"-l", "-c", "--lcores"})) {
        command.insert(command.end(), {"--lcores", "0@(" + plan.cpus + ")"});
    }
    const bool chose = has_any(given, {"--no-huge", "--in-memory", "--huge-dir", "--legacy-mem"});
    const bool shares = has_any(given, {"--file-prefix", "--proc-type"});
    const bool no_huge = chose ? has_any(given, {"--no-huge"}) : !plan.hugepages;
    if (!chose && no_huge) command.emplace_back("--no-huge");
    if (!chose && !no_huge && !shares) command.emplace_back("--in-memory");
    if (no_huge && !shares && !has_any(given, {"--no-shconf"})) command.emplace_back("--no-shconf");
    if (no_huge && !has_any(given, {"-m", "--socket-mem"})) {
        command.insert(command.end(), {"-m", std::to_string(plan.memory_mb)});
    }
    if (!has_any(given, {"--telemetry", "--no-telemetry"})) command.emplace_back("--no-telemetry");
    if (!has_any(given, {"--log-level"})) command.emplace_back("--log-level=error");
    command.insert(command.end(), given.begin(), given.end());
    return command;
}

}  // namespace flowd::gen

// SPDX-License-Identifier: BSD-3-Clause
// Splitting and completing the EAL's command line.
#include "ingress/dpdk/arguments.hpp"

#include <algorithm>

namespace flowd::dpdk {
namespace {

bool is_option(std::string_view argument, std::string_view option) {
    if (!argument.starts_with(option)) return false;
    if (argument.size() == option.size()) return true;
    return option.starts_with("--") ? argument[option.size()] == '=' : true;
}

bool has_any(const std::vector<std::string>& arguments,
             std::initializer_list<std::string_view> options) {
    return std::any_of(options.begin(), options.end(),
                       [&](std::string_view option) { return has_option(arguments, option); });
}

}  // namespace

Outcome<std::vector<std::string>> split_arguments(std::string_view line) {
    std::vector<std::string> arguments;
    bool open = false;  // an argument has begun; "" is one
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char character = line[i];
        const bool blank = character == ' ' || character == '\t';
        if (quote == 0 && blank) {
            open = false;
            continue;
        }
        if (!open) arguments.emplace_back();
        open = true;
        if (character == '\\' && quote != '\'') {
            if (++i == line.size()) return Failure{"dpdk.eal: the last character is a backslash"};
            arguments.back() += line[i];
        } else if (quote != 0 && character == quote) {
            quote = 0;
        } else if (quote == 0 && (character == '"' || character == '\'')) {
            quote = character;
        } else {
            arguments.back() += character;
        }
    }
    if (quote != 0) return Failure{std::string{"dpdk.eal: a quote "} + quote + " is not closed"};
    return arguments;
}

bool has_option(const std::vector<std::string>& arguments, std::string_view option) {
    return count_option(arguments, option) > 0;
}

std::uint32_t count_option(const std::vector<std::string>& arguments, std::string_view option) {
    const auto count =
        std::count_if(arguments.begin(), arguments.end(),
                      [&](const std::string& argument) { return is_option(argument, option); });
    return static_cast<std::uint32_t>(count);
}

std::vector<std::string> eal_arguments(std::vector<std::string> user, const EalPlan& plan) {
    std::vector<std::string> added;
    // One lcore that floats over all our CPUs: RX workers are threads of flowd's own, and a pinned
    // main thread would hand its one CPU down to every thread that is created after it.
    if (!has_any(user, {"-l", "-c", "--lcores"})) {
        added.insert(added.end(), {"--lcores", "0@(" + plan.cpus + ")"});
    }
    const bool chose_memory =
        has_any(user, {"--no-huge", "--in-memory", "--huge-dir", "--legacy-mem"});
    // Without shared files any number of processes run side by side, and a runtime directory that
    // belongs to another user ($XDG_RUNTIME_DIR after su, /tmp/dpdk) does no harm.
    const bool shares = has_any(user, {"--file-prefix", "--proc-type"});
    const bool no_huge = chose_memory ? has_option(user, "--no-huge") : !plan.hugepages;
    // EAL 22.11 refuses --no-huge, which implies the legacy memory mode, beside --in-memory.
    if (!chose_memory && no_huge) added.emplace_back("--no-huge");
    if (!chose_memory && !no_huge && !shares) added.emplace_back("--in-memory");
    if (no_huge && !shares && !has_option(user, "--no-shconf")) added.emplace_back("--no-shconf");
    if (no_huge && !has_any(user, {"-m", "--socket-mem"})) {
        added.insert(added.end(), {"-m", std::to_string(plan.memory_mb)});
    }
    if (!plan.telemetry && !has_any(user, {"--telemetry", "--no-telemetry"})) {
        added.emplace_back("--no-telemetry");
    }
    if (!plan.probes_pci && !has_option(user, "--no-pci")) added.emplace_back("--no-pci");
    if (!plan.verbose && !has_option(user, "--log-level")) {
        added.emplace_back("--log-level=error");
    }
    user.insert(user.begin(), added.begin(), added.end());
    return user;
}

}  // namespace flowd::dpdk

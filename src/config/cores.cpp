// SPDX-License-Identifier: BSD-3-Clause
// Numbers and ranges of numbers.
#include "config/cores.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "config/numbers.hpp"
#include "config/text.hpp"

namespace flowd::config {

Outcome<std::vector<unsigned>> parse_cores(std::string_view text) {
    constexpr std::int64_t cpus_max = 1024;
    std::vector<unsigned> cores;
    if (text == "auto") return cores;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view range = trimmed(part);
        const std::size_t dash = range.find('-');
        const auto first = parse_integer(range.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_integer(range.substr(dash + 1));
        if (!first || !last || *first < 0 || *last < *first || *last >= cpus_max) {
            return Failure{in_quotes(text) + " is neither auto nor a list of CPUs such as 2-5,8"};
        }
        for (std::int64_t cpu = *first; cpu <= *last; ++cpu) {
            if (std::find(cores.begin(), cores.end(), cpu) != cores.end()) {
                return Failure{in_quotes(text) + ": CPU " + std::to_string(cpu) +
                               " is there twice"};
            }
            cores.push_back(static_cast<unsigned>(cpu));
        }
    }
    return cores;
}

}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// The EAL's command line: what -eal says, and what is added where it is silent. Text only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"

namespace flowd::gen {

struct EalPlan {
    bool hugepages = false;       ///< enough of them are free
    std::uint64_t memory_mb = 0;  ///< without hugepages
    std::string cpus;             ///< "0,1": where this process may run
};

/// Split at blanks outside single and double quotes.
[[nodiscard]] Outcome<std::vector<std::string>> split_eal(std::string_view text);

/// All arguments, the program's name first.
[[nodiscard]] std::vector<std::string> eal_command(const std::vector<std::string>& given,
                                                   const EalPlan& plan);

}  // namespace flowd::gen

// SPDX-License-Identifier: BSD-3-Clause
// The command line that the EAL is given: what the user asks for, and what flowd adds where the
// user is silent. Plain text, no rte_ here. Cold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"

namespace flowd::dpdk {

/// Splits at spaces and tabs, as a shell would: single and double quotes keep them, a backslash
/// outside single quotes keeps the next character.
[[nodiscard]] Outcome<std::vector<std::string>> split_arguments(std::string_view line);

/// Whether one of the arguments is `option`, alone or as `option=value`; for a one-letter option,
/// also with its value behind it ("-m256").
[[nodiscard]] bool has_option(const std::vector<std::string>& arguments, std::string_view option);

/// How many arguments are `option`.
[[nodiscard]] std::uint32_t count_option(const std::vector<std::string>& arguments,
                                         std::string_view option);

struct EalPlan {
    bool hugepages = false;
    std::uint64_t memory_mb = 0;  ///< of use without hugepages only
    std::string cpus;             ///< "0,1": where this process may run
    bool probes_pci = true;
    bool verbose = false;
    bool telemetry = false;  ///< the socket of dpdk-telemetry.py
};

/// The user's arguments and flowd's, without the program's name.
[[nodiscard]] std::vector<std::string> eal_arguments(std::vector<std::string> user,
                                                     const EalPlan& plan);

}  // namespace flowd::dpdk

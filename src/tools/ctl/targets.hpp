// SPDX-License-Identifier: BSD-3-Clause
// What is asked for: the API's paths with their queries. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "tools/ctl/options.hpp"

namespace flowd::ctl {

/// `sort` empty: flows. Reversed: the least first, or of addresses the last.
[[nodiscard]] std::string exporters_target(const std::string& sort, bool reverse,
                                           const std::string& search, std::int64_t limit);
[[nodiscard]] std::string exporter_target(const Exporter& exporter);

}  // namespace flowd::ctl

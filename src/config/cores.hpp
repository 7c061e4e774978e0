// SPDX-License-Identifier: BSD-3-Clause
// Lists of CPUs as the kernel writes them: "2-5,8". Main thread, at start.
#pragma once

#include <string_view>
#include <vector>

#include "log/failure.hpp"

namespace flowd::config {

/// In the order written; none for "auto". A CPU may be there once, and is below 1,024.
[[nodiscard]] Outcome<std::vector<unsigned>> parse_cores(std::string_view text);

}  // namespace flowd::config

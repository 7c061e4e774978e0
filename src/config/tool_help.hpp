// SPDX-License-Identifier: BSD-3-Clause
// The list of a tool's flags for its -h. The daemon's, with groups and keys, is in print.hpp.
#pragma once

#include <string>

#include "config/schema.hpp"

namespace flowd::config {

enum class Defaults : bool { left_out, shown };

[[nodiscard]] std::string tool_flags(const Schema& schema, Defaults defaults);

}  // namespace flowd::config

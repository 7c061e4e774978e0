// SPDX-License-Identifier: BSD-3-Clause
// What the schema looks like to a person: -print-config (and so config/flowd.toml) and -h. Main
// thread.
#pragma once

#include <string>

#include "config/schema.hpp"

namespace flowd::config {

/// Every row that has a key, as TOML: what it is, its limits and default as comments, its current
/// value. Reading it back gives the same configuration.
[[nodiscard]] std::string print_config(const Schema& schema);

/// The text of -h: every flag, in groups, with kind, limits and default.
[[nodiscard]] std::string help_text(const Schema& schema);

}  // namespace flowd::config

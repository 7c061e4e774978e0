// SPDX-License-Identifier: BSD-3-Clause
// What manual pages and shells must know of the settings: -print-docs. Main thread.
#pragma once

#include <string>
#include <string_view>

#include "config/schema.hpp"

namespace flowd::config {

/// The keys of the file as the body of flowd.toml(5), in roff with the macros of man(7).
[[nodiscard]] std::string manual_of_keys(const Schema& schema);
/// The flags as a section of flowd(8).
[[nodiscard]] std::string manual_of_flags(const Schema& schema);
/// Completion for bash: flags, their choices, and files where a flag takes one.
[[nodiscard]] std::string bash_completion(const Schema& schema);

/// By what -print-docs calls it: keys, flags, bash.
[[nodiscard]] std::string print_docs(const Schema& schema, std::string_view kind);

}  // namespace flowd::config

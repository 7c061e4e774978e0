// SPDX-License-Identifier: BSD-3-Clause
// The command line in the syntax of Go's package flag, as goflow2 has it. Main thread, at start.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/schema.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// One flag as it was given. Borrows from the arguments.
struct FlagValue {
    const Row* row = nullptr;
    std::string_view text;
};

/// Takes the arguments apart (without the program's name); sets nothing. `-name value`,
/// `-name=value`, `--name`; switches only `-name` or `-name=value`. goflow2 ignores what is left
/// over after the flags; here it is a failure, since it is always a slip.
[[nodiscard]] Outcome<std::vector<FlagValue>> parse_flags(std::span<const char* const> arguments,
                                                          const Schema& schema);

/// Sets the row; the failure starts with the flag's name.
[[nodiscard]] Failure apply_flag(const FlagValue& flag);

}  // namespace flowd::config

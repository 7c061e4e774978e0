// SPDX-License-Identifier: BSD-3-Clause
// Help, the generated parts of the manual page, and bash completion: all of the tables.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flowd::ctl {

/// In lines of at most `width` columns.
[[nodiscard]] std::string help_text(std::size_t width);
/// Empty when there is no such command.
[[nodiscard]] std::string help_text(std::string_view command, std::size_t width);
/// `--print-docs`: "man" or "bash"; empty when it is neither.
[[nodiscard]] std::string print_docs(std::string_view kind);

}  // namespace flowd::ctl

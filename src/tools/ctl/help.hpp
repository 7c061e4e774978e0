// SPDX-License-Identifier: BSD-3-Clause
// Help, the generated parts of the manual page, and bash completion: all of the tables.
#pragma once

#include <string>
#include <string_view>

namespace flowd::ctl {

[[nodiscard]] std::string help_text();
/// Empty when there is no such command.
[[nodiscard]] std::string help_text(std::string_view command);
/// `--print-docs`: "man" or "bash"; empty when it is neither.
[[nodiscard]] std::string print_docs(std::string_view kind);

}  // namespace flowd::ctl

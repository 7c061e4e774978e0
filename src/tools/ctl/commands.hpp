// SPDX-License-Identifier: BSD-3-Clause
// The commands, as data: help, manual page, completion and dispatch come from this table.
#pragma once

#include <span>
#include <string_view>

namespace flowd::ctl {

struct Command {
    std::string_view name;
    std::string_view arguments;  ///< as in a synopsis
    std::size_t least = 0;       ///< arguments
    std::size_t most = 0;
    std::string_view summary;  ///< one line
    std::string_view text;     ///< a paragraph
};

[[nodiscard]] std::span<const Command> commands() noexcept;
/// Null when there is none of this name.
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;

/// Sort keys of exporters, as the API has them, and what they are called.
struct SortKey {
    std::string_view key;
    std::string_view title;
    char letter;  ///< in `top`
    bool descends;
};
[[nodiscard]] std::span<const SortKey> sort_keys() noexcept;

}  // namespace flowd::ctl

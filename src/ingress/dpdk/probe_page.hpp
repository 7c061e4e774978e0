// SPDX-License-Identifier: BSD-3-Clause
// Text in sections of aligned rows, for a person at a terminal. Cold.
#pragma once

#include <string>
#include <string_view>

namespace flowd::dpdk {

class ProbePage {
public:
    /// A blank line and a heading.
    void section(std::string_view title);
    /// What the rows that follow are about.
    void item(std::string_view title);
    /// Wrapped at 100 columns; the value may have several lines.
    void row(std::string_view name, std::string_view value);

    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    void add_wrapped(std::string_view line, std::size_t indent);

    std::string text_;
};

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Text that came from somewhere else, made harmless, and text in columns of a terminal. Widths are
// wcwidth(3)'s, so they are right once setlocale(LC_CTYPE) has been called. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::ctl {

/// Valid UTF-8 that moves no terminal: control characters (C0, DEL, C1), marks that turn the
/// direction of writing, and invisible ones are written \u00xx; bytes that are not UTF-8 become
/// U+FFFD.
[[nodiscard]] std::string safe(std::string_view text);

/// For a terminal without UTF-8: every other character becomes a question mark.
[[nodiscard]] std::string ascii(std::string_view text);

/// Columns that it takes on a terminal. `text` is safe.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// `text`, or as much of it as fits with `ellipsis` behind it.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis);

/// In lines of at most `width` columns, broken at blanks where there are any. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// "a" or "many" of them: plural(1, "exporter") is "1 exporter", plural(2, …) "2 exporters".
[[nodiscard]] std::string plural(unsigned long long count, std::string_view noun);

}  // namespace flowd::ctl

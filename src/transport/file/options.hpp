// SPDX-License-Identifier: BSD-3-Clause
// The settings of the file transport: where messages are written and what stands between them.
// Read once at start by the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::file {

struct Options {
    std::string path;               ///< empty: stdout
    std::string separator = "\\n";  ///< as a person writes it; parse_separator() gives the bytes
};

/// The rows of `options`, which must outlive them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

/// The bytes that end each message: `text` with \n \r \t \0 \\ and \xHH replaced and all else as
/// it is, so goflow2's real newline works too. Fails on any other escape.
[[nodiscard]] Outcome<std::string> parse_separator(std::string_view text);

}  // namespace flowd::file

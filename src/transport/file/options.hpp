// SPDX-License-Identifier: BSD-3-Clause
// The settings of the file transport: where messages are written, what stands between them, when a
// new file begins, how it is compressed and how long it is kept. Read at start by the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::file {

/// How a reader finds the end of a message, and flowd the end of the last whole one.
enum class Framing : std::uint8_t {
    none,             ///< it cannot be found
    lines,            ///< the separator
    length_prefixed,  ///< a varint in front of each message; the separator, if any, behind it
};

enum class Compression : std::uint8_t { none, gzip, zstd, lz4 };

struct Options {
    std::string path;               ///< empty: stdout
    std::string separator = "\\n";  ///< as a person writes it; parse_separator() gives the bytes
    std::int64_t rotate_bytes = 0;
    std::int64_t rotate_interval_ms = 0;
    std::string compression = "none";
    std::int64_t compression_level = 0;  ///< 0: the library's default
    std::int64_t keep_bytes = 0;
    std::int64_t keep_age_ms = 0;
    std::string sync = "none";
    std::int64_t sync_interval_ms = 1000;
    Framing framing = Framing::none;  ///< no setting: the daemon knows it from the format

    [[nodiscard]] bool rotates() const noexcept {
        return rotate_bytes > 0 || rotate_interval_ms > 0;
    }
};

/// The rows of `options`, which must outlive them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

/// What rows cannot say: settings that need each other.
[[nodiscard]] Failure check(const Options& options);

[[nodiscard]] Compression compression_of(const Options& options) noexcept;

/// The bytes that end each message: `text` with \n \r \t \0 \\ and \xHH replaced and all else as
/// it is, so goflow2's real newline works too. Fails on any other escape.
[[nodiscard]] Outcome<std::string> parse_separator(std::string_view text);

}  // namespace flowd::file

// SPDX-License-Identifier: BSD-3-Clause
// The rows and the separator of the file transport. Runs at start, on the main thread.
#include "transport/file/options.hpp"

#include <charconv>
#include <utility>

namespace flowd::file {

namespace {

/// The byte that stands for one of the short escapes; -1: there is no such escape.
[[nodiscard]] int short_escape(char letter) noexcept {
    switch (letter) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case '0': return '\0';
        case '\\': return '\\';
        default: return -1;
    }
}

/// The byte of two hexadecimal digits; -1: they are not two, or not hexadecimal.
[[nodiscard]] int hexadecimal(std::string_view digits) noexcept {
    if (digits.size() != 2) return -1;
    unsigned value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
    return error == std::errc{} && stop == end ? static_cast<int>(value) : -1;
}

[[nodiscard]] constexpr std::int64_t compression_level_max(Compression compression) noexcept {
    switch (compression) {
        case Compression::gzip: return 9;
        case Compression::lz4: return 12;
        case Compression::zstd:
        case Compression::none: break;
    }
    return 22;
}

constexpr std::int64_t bytes_max = std::int64_t{1} << 50;
constexpr std::int64_t interval_ms_max = 31 * std::int64_t{86'400'000};
constexpr std::int64_t age_ms_max = 3660 * std::int64_t{86'400'000};  // ten years

std::vector<config::Row> rotation_rows(Options& options) {
    return {
        {.key = "transport.file.rotate_bytes",
         .flag = "transport.file.rotate-bytes",
         .target = &options.rotate_bytes,
         .help = "Begin a new file before one grows larger than this; 0: never.",
         .unit = "bytes",
         .max = bytes_max},
        {.key = "transport.file.rotate_interval_ms",
         .flag = "transport.file.rotate-interval",
         .target = &options.rotate_interval_ms,
         .help = "Begin a new file at every multiple of this since midnight UTC, January 1, 1970; "
                 "0: never.",
         .unit = "ms",
         .max = interval_ms_max},
        {.key = "transport.file.keep_bytes",
         .flag = "transport.file.keep-bytes",
         .target = &options.keep_bytes,
         .help = "Remove the oldest finished files while all of them are larger than this; 0: "
                 "keep all.",
         .unit = "bytes",
         .max = bytes_max},
        {.key = "transport.file.keep_age_ms",
         .flag = "transport.file.keep-age",
         .target = &options.keep_age_ms,
         .help = "Remove finished files that were last written longer ago than this; 0: keep all.",
         .unit = "ms",
         .max = age_ms_max},
    };
}

std::vector<config::Row> compression_rows(Options& options) {
    return {
        {.key = "transport.file.compression",
         .flag = "transport.file.compression",
         .target = &options.compression,
         .help = "Compress what is written, each batch as a frame of its own.",
         .choices = {"none", "gzip", "zstd", "lz4"}},
        {.key = "transport.file.compression_level",
         .flag = "transport.file.compression-level",
         .target = &options.compression_level,
         .help = "Higher is smaller and slower: up to 9 for gzip, 22 for zstd, 12 for lz4; 0: the "
                 "library's default.",
         .max = compression_level_max(Compression::zstd)},
    };
}

std::vector<config::Row> sync_rows(Options& options) {
    return {
        {.key = "transport.file.sync",
         .flag = "transport.file.sync",
         .target = &options.sync,
         .help = "When the disk must have what was written: when the system likes, when a file is "
                 "finished, or at an interval as well.",
         .choices = {"none", "close", "interval"}},
        {.key = "transport.file.sync_interval_ms",
         .flag = "transport.file.sync-interval",
         .target = &options.sync_interval_ms,
         .help = "The interval of -transport.file.sync=interval.",
         .unit = "ms",
         .min = 1,
         .max = 3'600'000},
    };
}

}  // namespace

std::vector<config::Row> rows(Options& options) {
    std::vector<config::Row> all{
        {.key = "transport.file.path",
         .flag = "transport.file",
         .target = &options.path,
         .help = "File that messages are appended to; empty: standard output. With rotation its "
                 "name may hold %Y %m %d %H %M %S and others of strftime, in UTC."},
        {.key = "transport.file.separator",
         .flag = "transport.file.sep",
         .target = &options.separator,
         .help = "Written after each message; \\n \\r \\t \\0 \\\\ and \\xHH stand for bytes."},
    };
    for (auto more : {rotation_rows, compression_rows, sync_rows}) {
        for (config::Row& row : more(options)) all.push_back(std::move(row));
    }
    return all;
}

Failure check(const Options& options) {
    if (options.rotates() && options.path.empty()) {
        return {"transport.file.path: empty, which is standard output: rotation needs a file"};
    }
    if (!options.rotates() && (options.keep_bytes > 0 || options.keep_age_ms > 0)) {
        return {
            "transport.file.keep_bytes and keep_age_ms need transport.file.rotate_bytes or "
            "rotate_interval_ms: only finished files are removed"};
    }
    const std::int64_t level_max = compression_level_max(compression_of(options));
    if (options.compression_level > level_max) {
        return {"transport.file.compression_level: " + std::to_string(options.compression_level) +
                " is above " + std::to_string(level_max) + ", the most that " +
                options.compression + " has"};
    }
    return {};
}

Compression compression_of(const Options& options) noexcept {
    if (options.compression == "gzip") return Compression::gzip;
    if (options.compression == "zstd") return Compression::zstd;
    if (options.compression == "lz4") return Compression::lz4;
    return Compression::none;
}

Outcome<std::string> parse_separator(std::string_view text) {
    std::string separator;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            separator += text[at];
            continue;
        }
        const std::string_view escape = text.substr(at, text.substr(at, 2) == "\\x" ? 4 : 2);
        int byte = -1;
        if (escape.size() == 2) byte = short_escape(escape[1]);
        if (escape.size() == 4) byte = hexadecimal(escape.substr(2));
        if (byte < 0) {
            return Failure{"transport.file.separator: \"" + std::string{text} + "\" has \"" +
                           std::string{escape} + "\" at character " + std::to_string(at + 1) +
                           ", which is none of \\n \\r \\t \\0 \\\\ \\xHH"};
        }
        separator += static_cast<char>(byte);
        at += escape.size() - 1;
    }
    return separator;
}

}  // namespace flowd::file

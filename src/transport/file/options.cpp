// SPDX-License-Identifier: BSD-3-Clause
// The rows and the separator of the file transport. Runs at start, on the main thread.
#include "transport/file/options.hpp"

#include <charconv>

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

}  // namespace

std::vector<config::Row> rows(Options& options) {
    return {
        {.key = "transport.file.path",
         .flag = "transport.file",
         .target = &options.path,
         .help = "File that messages are appended to; empty: standard output."},
        {.key = "transport.file.separator",
         .flag = "transport.file.sep",
         .target = &options.separator,
         .help = "Written after each message; \\n \\r \\t \\0 \\\\ and \\xHH stand for bytes."},
    };
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

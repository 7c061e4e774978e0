// SPDX-License-Identifier: BSD-3-Clause
// Escaping for log lines and for sentences that quote what a person wrote.
#include "log/escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace flowd::log {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7f; }

void append_control(std::string& out, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (byte) {
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
}

/// Bytes of the UTF-8 sequence that `text` starts with; 0 when it is none (RFC 3629 §4: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_size(std::string_view text) {
    const auto at = [text](std::size_t index) {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
    };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    unsigned low = 0x80;
    unsigned high = 0xbf;
    if (first < 0xc2 || first > 0xf4) return 0;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
    if (at(1) < low || at(1) > high) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if (at(i) < 0x80 || at(i) > 0xbf) return 0;
    }
    return size;
}

}  // namespace

std::string json_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const std::size_t size = sequence_size(text);
        if (is_control(byte)) {
            append_control(out, byte);
        } else if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text.front();
        } else {
            out += size == 0 ? replacement : text.substr(0, size);
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (is_control(byte)) {
            append_control(out, byte);
        } else {
            out += character;
        }
    }
    return out;
}

}  // namespace flowd::log

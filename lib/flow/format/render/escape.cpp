// SPDX-License-Identifier: BSD-3-Clause
// One UTF-8 sequence at a time.
#include "flow/format/render/escape.hpp"

#include <cstring>
#include <string_view>

namespace flow::render {

namespace {

/// How many bytes the UTF-8 sequence at the front has (RFC 3629 §4); 0: it is none.
std::size_t utf8_size(Bytes text) noexcept {
    const std::uint8_t first = text[0];
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
    if (size == 0 || size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((text[i] & 0xc0) != 0x80) return 0;
    }
    if (first == 0xe0 && text[1] < 0xa0) return 0;   // overlong
    if (first == 0xed && text[1] >= 0xa0) return 0;  // a surrogate
    if (first == 0xf0 && text[1] < 0x90) return 0;   // overlong
    if (first == 0xf4 && text[1] >= 0x90) return 0;  // past U+10FFFF
    return size;
}

std::uint8_t* put(std::uint8_t* to, std::string_view text) noexcept {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

constexpr bool needs_escape(std::uint8_t byte) noexcept {
    return byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\' || byte == '<' ||
           byte == '>' || byte == '&';
}

std::uint8_t* put_one(std::uint8_t* to, Bytes sequence) noexcept {
    constexpr std::string_view hex = "0123456789abcdef";
    const std::uint8_t byte = sequence[0];
    if (sequence.size() == 3 && byte == 0xe2 && sequence[1] == 0x80 &&
        (sequence[2] == 0xa8 || sequence[2] == 0xa9)) {
        return put(to, sequence[2] == 0xa8 ? "\\u2028" : "\\u2029");
    }
    if (!needs_escape(byte)) {
        std::memcpy(to, sequence.data(), sequence.size());
        return to + sequence.size();
    }
    if (byte == '"' || byte == '\\') {
        *to++ = '\\';
        *to++ = byte;
        return to;
    }
    to = put(to, "\\u00");
    *to++ = static_cast<std::uint8_t>(hex[byte >> 4]);
    *to++ = static_cast<std::uint8_t>(hex[byte & 15]);
    return to;
}

}  // namespace

std::uint8_t* put_escaped(std::uint8_t* to, Bytes text) noexcept {
    while (!text.empty()) {
        const std::size_t size = utf8_size(text);
        to = size == 0 ? put(to, "\\ufffd") : put_one(to, text.first(size));
        text = text.subspan(size == 0 ? 1 : size);
    }
    return to;
}

}  // namespace flow::render

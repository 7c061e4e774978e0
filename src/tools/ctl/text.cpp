// SPDX-License-Identifier: BSD-3-Clause
// Characters, one by one: what they are and how wide they are.
#include "tools/ctl/text.hpp"

#include <wchar.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "tools/ctl/numbers.hpp"

namespace flowd::ctl {

namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t size = 1;  ///< in bytes; 1 where it is none
    bool valid = false;
};

/// RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
Character first_of(std::string_view text) {
    const auto at = [text](std::size_t index) {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
    };
    const unsigned first = at(0);
    if (first < 0x80) return {first, 1, true};
    if (first < 0xc2 || first > 0xf4) return {};
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    std::uint32_t code = first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((at(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (at(i) & 0x3f);
    }
    constexpr std::uint32_t least[]{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < least[size] || surrogate || code > 0x10ffff) return {};
    return {code, size, true};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

/// Whatever a terminal obeys, and what a reader cannot see: Unicode's Cc, Cf of direction and
/// joining, line separators, tags, private use and noncharacters of its first plane.
constexpr Range harmful[]{{0x00, 0x1f},     {0x7f, 0x9f},      {0xad, 0xad},     {0x61c, 0x61c},
                          {0x180e, 0x180e}, {0x200b, 0x200f},  {0x2028, 0x202e}, {0x2060, 0x206f},
                          {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},  {0xfeff, 0xfeff}, {0xfff0, 0xfffb},
                          {0xfffe, 0xffff}, {0xe0000, 0xe0fff}};

bool is_harmful(std::uint32_t code) {
    return std::any_of(std::begin(harmful), std::end(harmful), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

std::size_t columns_of(const Character& character) {
    const int width = wcwidth(static_cast<wchar_t>(character.code));
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

/// How many bytes of `text` fit into so many columns.
std::size_t fitting(std::string_view text, std::size_t width) {
    std::size_t size = 0;
    std::size_t used = 0;
    while (size < text.size()) {
        const Character next = first_of(text.substr(size));
        used += columns_of(next);
        if (used > width) break;
        size += next.size;
    }
    return size;
}

}  // namespace

std::string safe(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character next = first_of(text);
        if (!next.valid) {
            out += "\xEF\xBF\xBD";
        } else if (is_harmful(next.code)) {
            char escape[16];
            std::snprintf(escape, sizeof escape, "\\u%04x", next.code);
            out += escape;
        } else {
            out += text.substr(0, next.size);
        }
        text.remove_prefix(next.size);
    }
    return out;
}

std::string ascii(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character next = first_of(text);
        out += next.valid && next.code < 0x80 ? static_cast<char>(next.code) : '?';
        text.remove_prefix(next.size);
    }
    return out;
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character next = first_of(text);
        width += columns_of(next);
        text.remove_prefix(next.size);
    }
    return width;
}

std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis) {
    if (width_of(text) <= width) return std::string{text};
    const std::size_t tail = width_of(ellipsis);
    if (tail > width) return std::string{text.substr(0, fitting(text, width))};
    return std::string{text.substr(0, fitting(text, width - tail))} + std::string{ellipsis};
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    width = std::max<std::size_t>(width, 1);
    while (width_of(text) > width) {
        std::size_t size = std::max<std::size_t>(fitting(text, width), first_of(text).size);
        const std::size_t blank = text[size] == ' ' ? size : text.rfind(' ', size);
        const bool breaks = blank != std::string_view::npos && blank > 0;
        if (breaks) size = blank;
        lines.emplace_back(text.substr(0, size));
        text.remove_prefix(breaks ? size + 1 : size);
    }
    lines.emplace_back(text);
    return lines;
}

std::string plural(unsigned long long count, std::string_view noun) {
    return grouped(count) + ' ' + std::string{noun} + (count == 1 ? "" : "s");
}

}  // namespace flowd::ctl

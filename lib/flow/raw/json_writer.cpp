// SPDX-License-Identifier: BSD-3-Clause
// Every piece asks for its room before it is written.
#include "flow/raw/json_writer.hpp"

#include <array>
#include <cstring>

#include "flow/format/render/address.hpp"
#include "flow/format/render/decimal.hpp"

namespace flow::raw {

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

}  // namespace

std::uint8_t* JsonWriter::take(std::size_t size) noexcept {
    if (failed_ || size > static_cast<std::size_t>(limit_ - at_)) {
        failed_ = true;
        return nullptr;
    }
    std::uint8_t* const taken = at_;
    at_ += size;
    return taken;
}

void JsonWriter::put(std::string_view text) noexcept {
    if (std::uint8_t* const to = take(text.size()); to != nullptr) {
        std::memcpy(to, text.data(), text.size());
    }
}

void JsonWriter::separate() noexcept {
    if (needs_comma_) put(",");
    needs_comma_ = true;
}

void JsonWriter::open(char bracket) noexcept {
    separate();
    put({&bracket, 1});
    needs_comma_ = false;
}

void JsonWriter::close(char bracket) noexcept {
    put({&bracket, 1});
    needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) noexcept {
    separate();
    put("\"");
    put(name);
    put("\":");
    needs_comma_ = false;
}

void JsonWriter::plain(std::string_view value) noexcept {
    separate();
    put(value);
}

void JsonWriter::number(std::uint64_t value) noexcept {
    std::array<std::uint8_t, render::decimal_u64_size_max + render::overshoot_max> digits;
    const std::uint8_t* const end = render::decimal(digits.data(), value);
    plain({reinterpret_cast<const char*>(digits.data()),
           static_cast<std::size_t>(end - digits.data())});
}

void JsonWriter::text(Bytes bytes) noexcept {
    constexpr std::string_view hex = "0123456789abcdef";
    plain("\"");
    while (!bytes.empty() && !failed_) {
        const std::uint8_t byte = bytes[0];
        std::size_t size = utf8_size(bytes);
        if (size == 0) {
            put("\\ufffd");
            size = 1;
        } else if (byte < 0x20 || byte == '"' || byte == '\\') {
            const std::array<char, 6> escape{'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
            put({escape.data(), escape.size()});
        } else {
            put({reinterpret_cast<const char*>(bytes.data()), size});
        }
        bytes = bytes.subspan(size);
    }
    put("\"");
}

/// RFC 4648 §4, with padding.
void JsonWriter::base64(Bytes bytes) noexcept {
    plain("\"");
    std::uint8_t* to = take((bytes.size() + 2) / 3 * 4);
    if (to == nullptr) return;
    while (!bytes.empty()) {
        const std::size_t size = bytes.size() < 3 ? bytes.size() : 3;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < size ? bytes[i] : 0U);
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint32_t digit = group >> (18 - 6 * i) & 63;
            *to++ = static_cast<std::uint8_t>(i <= size ? base64_digits[digit] : '=');
        }
        bytes = bytes.subspan(size);
    }
    put("\"");
}

void JsonWriter::address(Bytes octets) noexcept {
    std::array<std::uint8_t, render::ip_size_max + render::overshoot_max> text;
    const std::uint8_t* const end = render::ip(text.data(), octets);
    plain("\"");
    put({reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(end - text.data())});
    put("\"");
}

}  // namespace flow::raw

// SPDX-License-Identifier: BSD-3-Clause
// Every piece asks for its room before it is written.
#include "flow/raw/json_writer.hpp"

#include <array>
#include <cstring>

#include "flow/format/render/address.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/format/render/escape.hpp"

namespace flow::raw {

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
    plain("\"");
    std::uint8_t* const to = take(render::escaped_size_max * bytes.size());
    if (to == nullptr) return;
    at_ = render::put_escaped(to, bytes);
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

// SPDX-License-Identifier: BSD-3-Clause
// Numbers by std::to_chars, text escaped only where it has to be.
#include "http/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "log/escape.hpp"

namespace flowd::http {

namespace {

bool is_plain(char c) noexcept { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

}  // namespace

void JsonWriter::key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    follows_ = false;
}

void JsonWriter::value(std::string_view text) {
    separate();
    out_ += '"';
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        out_ += text;
    } else {
        out_ += log::json_escaped(text);
    }
    out_ += '"';
}

void JsonWriter::value(bool truth) { raw(truth ? "true" : "false"); }

void JsonWriter::null() { raw("null"); }

void JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
}

void JsonWriter::write_signed(std::int64_t number) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonWriter::write_unsigned(std::uint64_t number) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    std::array<char, 40> text;
    constexpr int digits = 7;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number,
                                   std::chars_format::general, digits)
                         .ptr;
    raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonWriter::exact(double number) {
    if (!std::isfinite(number)) return null();
    std::array<char, 40> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

}  // namespace flowd::http

// SPDX-License-Identifier: BSD-3-Clause
// Writes JSON front to back into one string: ten thousand exporters are half a million values, too
// many for a tree of them (nlohmann's took five times as long). The caller closes what it opens.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace flowd::http {

class JsonWriter {
public:
    void reserve(std::size_t bytes) { out_.reserve(bytes); }

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /// Names are flowd's own: nothing in them needs an escape.
    void key(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    void value(const std::string& text) { value(std::string_view{text}); }
    void value(bool truth);
    /// Seven digits; NaN and infinity, which JSON lacks, are null.
    void value(double number);
    template <std::integral Integer>
    void value(Integer number) {
        if constexpr (std::is_signed_v<Integer>) {
            write_signed(static_cast<std::int64_t>(number));
        } else {
            write_unsigned(static_cast<std::uint64_t>(number));
        }
    }
    /// A time or another number that keeps all its digits.
    void exact(double number);
    void null();
    /// JSON that somebody else has written.
    void raw(std::string_view json);

    template <class Value>
    void member(std::string_view name, const Value& member_value) {
        key(name);
        value(member_value);
    }
    /// A member's object or array, to be closed by the caller.
    void begin_object(std::string_view name) {
        key(name);
        begin_object();
    }
    void begin_array(std::string_view name) {
        key(name);
        begin_array();
    }

    /// So far.
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void separate() {
        if (follows_) out_ += ',';
        follows_ = true;
    }
    void open(char bracket) {
        separate();
        out_ += bracket;
        follows_ = false;
    }
    void close(char bracket) {
        out_ += bracket;
        follows_ = true;
    }
    void write_signed(std::int64_t number);
    void write_unsigned(std::uint64_t number);

    std::string out_;
    bool follows_ = false;  ///< a value stands before the next one
};

}  // namespace flowd::http

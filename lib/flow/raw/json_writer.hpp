// SPDX-License-Identifier: BSD-3-Clause
// JSON (RFC 8259) into memory of the caller's, for messages whose size nobody knows beforehand.
// Runs out of room silently and latches: ask failed() once, at the end. Commas come by themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/base/bytes.hpp"

namespace flow::raw {

class JsonWriter {
public:
    explicit JsonWriter(std::span<std::uint8_t> room) noexcept
        : at_{room.data()}, limit_{room.data() + room.size()} {}

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    /// Just past the last byte written.
    [[nodiscard]] std::uint8_t* end() const noexcept { return at_; }

    void open_object() noexcept { open('{'); }
    void close_object() noexcept { close('}'); }
    void open_array() noexcept { open('['); }
    void close_array() noexcept { close(']'); }
    /// A line of text instead of JSON.
    void line(std::string_view text) noexcept { put(text); }
    /// The name of the value that comes next.
    void key(std::string_view name) noexcept;

    void number(std::uint64_t value) noexcept;
    void boolean(bool value) noexcept { plain(value ? "true" : "false"); }
    void null() noexcept { plain("null"); }
    /// Any bytes; see render/escape.hpp. Asks for the room that the worst text would take.
    void text(Bytes bytes) noexcept;
    void text(std::string_view text) noexcept {
        this->text(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    void base64(Bytes bytes) noexcept;
    /// An IP address; "" unless there are 4 or 16 bytes.
    void address(Bytes octets) noexcept;

    void member(std::string_view name, std::uint64_t value) noexcept {
        key(name);
        number(value);
    }
    void text_member(std::string_view name, std::string_view value) noexcept {
        key(name);
        text(value);
    }
    void base64_member(std::string_view name, Bytes value) noexcept {
        key(name);
        base64(value);
    }
    void address_member(std::string_view name, Bytes octets) noexcept {
        key(name);
        address(octets);
    }

private:
    void open(char bracket) noexcept;
    void close(char bracket) noexcept;
    void plain(std::string_view value) noexcept;
    /// The comma before an item that is not the first of its bracket.
    void separate() noexcept;
    /// Room for `size` bytes, or null and latched.
    [[nodiscard]] std::uint8_t* take(std::size_t size) noexcept;
    void put(std::string_view text) noexcept;

    std::uint8_t* at_;
    std::uint8_t* limit_;
    bool failed_ = false;
    bool needs_comma_ = false;
};

}  // namespace flow::raw

// SPDX-License-Identifier: BSD-3-Clause
// Writes into memory that the caller owns and has proven large enough: a format says how much a
// message may need
// (`size_max`), the sink reserves that once, and then nothing is checked per byte.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "flow/base/bytes.hpp"

namespace flow::wire {

class Writer {
public:
    explicit constexpr Writer(std::uint8_t* to) noexcept : at_{to} {}

    /// Just past the last byte written.
    [[nodiscard]] std::uint8_t* end() const noexcept { return at_; }

    void byte(std::uint8_t value) noexcept { *at_++ = value; }
    void copy(Bytes bytes) noexcept {
        if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
        at_ += bytes.size();
    }
    void text(std::string_view text) noexcept {
        if (!text.empty()) std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }

private:
    std::uint8_t* at_;
};

}  // namespace flow::wire

// SPDX-License-Identifier: BSD-3-Clause
// Reads borrowed bytes from front to back. Reading past the end yields zeros and latches: ask
// failed() once, after a group of reads. Fixed parts are cheaper as a block(); the cursor is for
// what varies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/wire/block.hpp"

namespace flow::wire {

class Cursor {
public:
    explicit constexpr Cursor(Bytes bytes) noexcept : rest_{bytes} {}

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }
    /// What has not been read yet.
    [[nodiscard]] Bytes rest() const noexcept { return rest_; }

    /// The next `Size` bytes, proven; a block of zeros when they are not there.
    template <std::size_t Size>
    [[nodiscard]] Block<Size> block() noexcept {
        static constexpr std::array<std::uint8_t, Size> zeros{};
        const Bytes taken = take(Size);
        return Block<Size>{taken.size() == Size ? taken.data() : zeros.data()};
    }

    [[nodiscard]] std::uint8_t u8() noexcept { return block<1>().template u8<0>(); }
    [[nodiscard]] std::uint16_t u16() noexcept { return block<2>().template u16<0>(); }
    [[nodiscard]] std::uint32_t u32() noexcept { return block<4>().template u32<0>(); }

    /// The next `size` bytes; empty and latched when there are fewer.
    [[nodiscard]] Bytes take(std::size_t size) noexcept {
        if (size > rest_.size()) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        const Bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    void skip(std::size_t size) noexcept { static_cast<void>(take(size)); }

private:
    Bytes rest_;
    bool failed_ = false;
};

}  // namespace flow::wire

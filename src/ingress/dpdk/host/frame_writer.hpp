// SPDX-License-Identifier: BSD-3-Clause
// FrameWriter: writes a frame into the caller's memory. What does not fit latches, and the frame
// then has size 0: nothing is sent in parts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"

namespace flowd::dpdk::host {

class FrameWriter {
public:
    explicit FrameWriter(std::span<std::uint8_t> out) noexcept : out_{out} {}

    /// Where the next byte goes.
    [[nodiscard]] std::size_t at() const noexcept { return size_; }
    /// Of the whole frame; 0: it did not fit.
    [[nodiscard]] std::size_t size() const noexcept { return failed_ ? 0 : size_; }
    /// What has been written since `from`.
    [[nodiscard]] flow::Bytes since(std::size_t from) const noexcept {
        return {out_.data() + from, size_ - from};
    }

    void u8(std::uint8_t value) noexcept { bytes({&value, 1}); }
    void u16(std::uint16_t value) noexcept {
        u8(static_cast<std::uint8_t>(value >> 8));
        u8(static_cast<std::uint8_t>(value));
    }
    void u32(std::uint32_t value) noexcept {
        u16(static_cast<std::uint16_t>(value >> 16));
        u16(static_cast<std::uint16_t>(value));
    }
    void bytes(flow::Bytes from) noexcept {
        if (failed_ || from.size() > out_.size() - size_) {
            failed_ = true;
            return;
        }
        std::copy(from.begin(), from.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += from.size();
    }
    /// Over what has been written at `place`; nothing when it has not.
    void patch(std::size_t place, std::uint16_t value) noexcept {
        if (failed_ || place + 2 > size_) return;
        out_[place] = static_cast<std::uint8_t>(value >> 8);
        out_[place + 1] = static_cast<std::uint8_t>(value);
    }

private:
    std::span<std::uint8_t> out_;
    std::size_t size_ = 0;
    bool failed_ = false;
};

}  // namespace flowd::dpdk::host

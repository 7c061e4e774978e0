// SPDX-License-Identifier: BSD-3-Clause
// Payload: bytes that grow, in network order. Its memory is kept from one datagram to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace flowd::gen {

class Payload {
public:
    void clear() noexcept { bytes_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

    void number(std::uint64_t value, unsigned size) {
        for (unsigned left = size; left > 0; --left) {
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
        }
    }
    void u8(std::uint64_t value) { number(value, 1); }
    void u16(std::uint64_t value) { number(value, 2); }
    void u32(std::uint64_t value) { number(value, 4); }
    void u64(std::uint64_t value) { number(value, 8); }
    void copy(std::span<const std::uint8_t> bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }
    void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }

    /// Writes over two bytes that are there: a length or a count that is known afterwards.
    void set_u16(std::size_t at, std::size_t value) noexcept {
        bytes_[at] = static_cast<std::uint8_t>(value >> 8);
        bytes_[at + 1] = static_cast<std::uint8_t>(value);
    }

private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace flowd::gen

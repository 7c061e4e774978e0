// SPDX-License-Identifier: BSD-3-Clause
// Builds wire bytes in network order, front to back, for tests. Lengths and counts are what the
// test says: wrong ones are often the point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "flow/base/bytes.hpp"

namespace flow::test {

class ByteBuilder {
public:
    ByteBuilder& u8(std::uint64_t value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    ByteBuilder& u16(std::uint64_t value) { return number(value, 2); }
    ByteBuilder& u32(std::uint64_t value) { return number(value, 4); }
    ByteBuilder& u64(std::uint64_t value) { return number(value, 8); }
    /// The low `size` bytes of `value`, zeros before them when there are more than eight.
    ByteBuilder& number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = size; i-- > 0;) u8(i < 8 ? value >> (8 * i) : 0);
        return *this;
    }
    ByteBuilder& raw(std::initializer_list<unsigned> values) {
        for (const unsigned value : values) u8(value);
        return *this;
    }
    ByteBuilder& bytes(Bytes more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return *this;
    }
    ByteBuilder& fill(std::size_t count, unsigned value = 0) {
        bytes_.insert(bytes_.end(), count, static_cast<std::uint8_t>(value));
        return *this;
    }
    /// Overwrites two bytes that are there already: a length or a count that is known late.
    ByteBuilder& put_u16(std::size_t offset, std::uint64_t value) {
        bytes_.at(offset) = static_cast<std::uint8_t>(value >> 8);
        bytes_.at(offset + 1) = static_cast<std::uint8_t>(value);
        return *this;
    }

    [[nodiscard]] Bytes bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace flow::test

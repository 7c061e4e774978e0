// SPDX-License-Identifier: BSD-3-Clause
// N bytes that are proven to be there. Reading from a block cannot fail, so a fixed header costs
// one check.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow::wire {

/// Borrows; made by Cursor::block(). Offsets past the end are programmer errors and do not compile
/// when constant.
template <std::size_t Size>
class Block {
public:
    explicit constexpr Block(const std::uint8_t* data) noexcept : data_{data} {}

    template <std::size_t Offset>
    [[nodiscard]] std::uint8_t u8() const noexcept {
        static_assert(Offset + 1 <= Size);
        return data_[Offset];
    }
    template <std::size_t Offset>
    [[nodiscard]] std::uint16_t u16() const noexcept {
        static_assert(Offset + 2 <= Size);
        return load_be16(data_ + Offset);
    }
    template <std::size_t Offset>
    [[nodiscard]] std::uint32_t u32() const noexcept {
        static_assert(Offset + 4 <= Size);
        return load_be32(data_ + Offset);
    }
    template <std::size_t Offset>
    [[nodiscard]] std::uint64_t u64() const noexcept {
        static_assert(Offset + 8 <= Size);
        return load_be64(data_ + Offset);
    }
    template <std::size_t Offset, std::size_t Length>
    [[nodiscard]] Bytes bytes() const noexcept {
        static_assert(Offset + Length <= Size);
        return {data_ + Offset, Length};
    }

private:
    const std::uint8_t* data_;
};

}  // namespace flow::wire

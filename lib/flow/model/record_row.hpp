// SPDX-License-Identifier: BSD-3-Clause
// What a compiled program takes and gives at once: records of one template, and their messages.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace flow {

/// Most records that are written in one go.
inline constexpr std::size_t row_records_max = 32;

/// Records of one template, one behind the other, with as many readable bytes behind the last as
/// the format's `record_padding` says.
struct RecordRow {
    const std::uint8_t* first;
    std::size_t size;   ///< of a record, in bytes
    std::size_t count;  ///< at most row_records_max

    [[nodiscard]] RecordRow first_of(std::size_t count_max) const noexcept {
        return {first, size, std::min(count, count_max)};
    }
    /// What is left behind the first records of it.
    [[nodiscard]] RecordRow behind(const RecordRow& done) const noexcept {
        return {first + done.count * size, size, count - done.count};
    }
    /// Asks for all of its cache lines at once: a datagram is too short for the CPU to see where
    /// the reading goes.
    void prefetch() const noexcept {
        constexpr std::size_t cache_line = 64;
        for (std::size_t at = 0; at < size * count; at += cache_line) {
            __builtin_prefetch(first + at);
        }
    }
};

/// Their messages, one behind the other, `gap` bytes between two.
struct MessageRow {
    std::uint8_t* to = nullptr;  ///< program.row_size() bytes
    std::size_t gap = 0;
    std::array<std::uint8_t*, row_records_max> ends;  ///< out: of each message
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Program: a plan as the pieces of a line, in their order. Everything that is the same in all
// lines of a template (keys, marks, the values of columns that it does not fill) is literal text;
// what the datagram decides is written once per datagram. What is left are the record's values,
// each with its code. Line compiles programs (compile.cpp); kernel.cpp runs them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record_row.hpp"

namespace flow::render {

/// Bytes that must be readable behind a record: numbers are loaded as eight bytes.
inline constexpr std::size_t record_padding = 8;

/// Size of the stores that copy literals and constants.
inline constexpr std::size_t wide_copy_size = 32;

/// Bytes behind the last line of a row that may be overwritten.
inline constexpr std::size_t row_slack = 2 * wide_copy_size;

/// The columns that the datagram decides, as text, once per datagram. Neighbours in the line form
/// one run, with the keys between them.
struct Constants {
    static constexpr std::size_t runs_max = 8;
    static constexpr std::size_t text_size_max = 2048;

    struct Run {
        std::uint32_t begin;  ///< in `text`
        std::uint32_t size;
    };
    std::array<Run, runs_max> runs;
    std::array<std::uint8_t, text_size_max + 2 * wide_copy_size> text;
};

enum class Code : std::uint8_t {
    end,          ///< only the literal
    constants,    ///< run `offset` of the datagram's
    octet,        ///< a number of one byte
    number,       ///< any other
    s_of_ms,      ///< a time of milliseconds in seconds
    s_of_uptime,  ///< times that NetFlow v5 and v9 have
    ms_of_uptime,
    time,  ///< any other time
    mac,
    ipv4,
    ipv6,
    octets,        ///< bytes as [1,2]
    named,         ///< any other number, by its rendering
    named_time,    ///< the same of a time
    named_little,  ///< the same of a little-endian number
    bytes,         ///< any other bytes, by their rendering
    network,       ///< a prefix; the next piece is the address
    icmp_name,     ///< of the protocol; the next piece is the type
};

/// A value of the record and the literal text before it.
struct Piece {
    Code code{};
    Render render{};
    Kind kind{};
    Transform transform{};   ///< of a time
    std::uint8_t down = 0;   ///< numbers: how far the eight loaded bytes are shifted down
    bool otherwise = false;  ///< icmp_name: other protocols are "unknown"
    std::uint16_t offset = 0;
    std::uint16_t size = 0;     ///< bytes: of the field
    std::uint16_t operand = 0;  ///< numbers: OR-ed in; a constant is that and an empty mask
    std::uint16_t literal = 0;  ///< where it begins in Program::text
    std::uint16_t literal_size = 0;
    std::uint64_t mask = 0;  ///< numbers: the bits that count
};

struct Program {
    static constexpr std::size_t pieces_max = 128;
    static constexpr std::size_t text_size_max = 6144;
    /// Longer lines are left to the plain way, which knows their true size.
    static constexpr std::size_t line_size_max = 16 * 1024;

    std::array<Piece, pieces_max> pieces;
    std::uint32_t piece_count;
    std::uint32_t text_size;
    std::uint32_t message_size_max;
    /// False: the plan is one for the plain way.
    bool usable;
    std::array<std::uint8_t, text_size_max + 2 * wide_copy_size> text;

    /// Bytes that `count` lines may take and overwrite, each with `gap` bytes behind it.
    [[nodiscard]] std::size_t row_size(std::size_t count, std::size_t gap) const noexcept {
        return count * (message_size_max + gap) + row_slack;
    }
};
static_assert(Program::text_size_max <= std::numeric_limits<std::uint16_t>::max());

/// Writes the lines of a row of records.
using RunProgram = void (*)(const Program& program, const Constants& constants,
                            const Origin& origin, const RecordRow& records,
                            MessageRow& messages) noexcept;

void run_portable(const Program& program, const Constants& constants, const Origin& origin,
                  const RecordRow& records, MessageRow& messages) noexcept;
/// The same for CPUs with AVX2 and BMI2 (base/cpu.hpp).
void run_avx2(const Program& program, const Constants& constants, const Origin& origin,
              const RecordRow& records, MessageRow& messages) noexcept;

/// The faster one that this CPU has; both give the same bytes.
[[nodiscard]] RunProgram choose_kernel() noexcept;

}  // namespace flow::render

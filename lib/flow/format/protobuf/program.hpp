// SPDX-License-Identifier: BSD-3-Clause
// Program: a plan as a row of protobuf operations, in ascending order of field numbers. The order
// is the same for every record of a template, so the dispatch is predicted; what a value decides is
// done without branches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/format/protobuf/varint.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"

namespace flow::protobuf {

/// Bytes that must be readable behind a record: a number is loaded as eight bytes, whatever its
/// size.
inline constexpr std::size_t record_padding = 8;

/// The columns that the datagram decides, encoded once per datagram. Columns whose numbers are
/// neighbours in the schema form one run, which is copied as one block.
struct Constants {
    static constexpr std::size_t run_size_max = 64;
    static constexpr std::size_t runs_max = 6;

    struct Run {
        std::array<std::uint8_t, run_size_max> bytes;
        std::uint32_t size;
    };
    std::array<Run, runs_max> runs;
};

enum class Code : std::uint8_t {
    end,        ///< of the program
    constants,  ///< copy run `size` of the datagram's
    literal,    ///< copy `size` bytes of `head`
    narrow,     ///< a number of up to 32 bits: tag and varint always fit a lane
    wide,       ///< a number that may not
    bytes_4,
    bytes_16,
    bytes_n,

    // Times, one code for each Transform, so that a record is dispatched once per field.
    s_of_uptime,
    ms_of_uptime,
    s_of_seconds,
    ms_of_seconds,
    s_of_milliseconds,
    ms_of_milliseconds,
    s_of_ntp,
    ms_of_ntp,
    s_of_delta_us,
    ms_of_delta_us,
    ns_of_uptime,
    ns_of_seconds,
    ns_of_milliseconds,
    ns_of_ntp,
    ns_of_delta_us,
    ns_of_export,

    // What mapping files ask for.
    little,  ///< a little-endian number
    custom,  ///< a number of a custom column: written even when it is 0
    custom_little,
};

/// A lane is eight bytes: a tag and a varint behind it. The seven-bit groups of a value are spread
/// over the bytes that `groups` selects; what the lane lacks then, continuation bits and tag, is
/// XORed in.
struct Operation {
    Code code{};
    std::uint8_t down = 0;       ///< numbers: how far the eight loaded bytes are shifted down
    std::uint8_t head_size = 0;  ///< bytes: of the tag and the length; numbers: of the tag
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
    std::uint64_t groups =
        0;  ///< narrow: the lane's bits for the value; wide: the value's own bits
    std::uint64_t head =
        0;  ///< narrow: the tag, as Lanes wants it; else its plain bytes, with a length or a value
};

struct Program {
    /// One per column and custom column, one more for each run of constants, and the end.
    static constexpr std::size_t operations_max =
        column_count + custom_columns_max + Constants::runs_max + 1;

    std::array<Operation, operations_max> operations;
    std::uint32_t operation_count;  ///< without the end
    std::uint32_t size_max;         ///< bytes that a message may take, slack and prefix included
};

/// Encodes one record, without framing: at most `program.size_max` bytes at `to`. Returns the end.
using RunProgram = std::uint8_t* (*)(const Program& program, const Constants& constants,
                                     const Origin& origin, const std::uint8_t* record,
                                     std::uint8_t* to) noexcept;

/// The fastest kernel that this CPU has; all give the same bytes.
[[nodiscard]] RunProgram choose_kernel() noexcept;

/// Every kernel that this CPU can run, for tests and benchmarks.
struct Kernel {
    const char* name;
    RunProgram run;
};
[[nodiscard]] std::span<const Kernel> kernels() noexcept;

}  // namespace flow::protobuf

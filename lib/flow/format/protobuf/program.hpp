// SPDX-License-Identifier: BSD-3-Clause
// Program: a plan as a row of protobuf operations, in ascending order of field numbers. The order
// is the same for every record of a template, so the dispatch is predicted; what a value decides is
// done without branches. Kernels for wide registers take its sections (sections.hpp) or windows
// (windows.hpp) instead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/format/protobuf/frame.hpp"
#include "flow/format/protobuf/sections.hpp"
#include "flow/format/protobuf/varint.hpp"
#include "flow/format/protobuf/windows.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/record_row.hpp"

namespace flow::protobuf {

/// Bytes that must be readable behind a record: a short one is loaded as a whole table.
inline constexpr std::size_t record_padding = window_size;

/// Bytes behind the last message of a row that kernels may overwrite.
inline constexpr std::size_t row_slack = 80;

/// The columns that the datagram decides, encoded once per datagram. Columns whose numbers are
/// neighbours in the schema form one run, which is copied as one block.
struct Constants {
    static constexpr std::size_t run_size_max = 64;
    static constexpr std::size_t runs_max = 6;
    /// In goflow2's schemas four neighbours are the most; in a schema of few columns a longer row
    /// is split.
    static constexpr std::size_t run_fields_max = 4;

    struct Run {
        std::array<std::uint8_t, run_size_max> bytes;
        std::uint32_t size;
    };
    std::array<Run, runs_max> runs;
};

enum class Code : std::uint8_t {
    end,        ///< of the program
    constants,  ///< copy run `offset` of the datagram's, at most `size` bytes
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
    std::uint8_t down = 0;  ///< numbers: how far the eight loaded bytes are shifted down
    /// Bytes: of the tag and the length; numbers: of the tag. Constants: of a run whose sampling
    /// rate is below 2^28.
    std::uint8_t head_size = 0;
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
    std::uint32_t operation_count;   ///< without the end
    std::uint32_t message_size_max;  ///< with its prefix
    Sections sections;
    Windows windows;

    /// Bytes that `count` messages may take and overwrite, each with `gap` bytes behind it.
    [[nodiscard]] std::size_t row_size(std::size_t count, std::size_t gap) const noexcept {
        return count * (message_size_max + gap) + row_slack;
    }
};

struct MessageRow : flow::MessageRow {
    Framing framing = Framing::bare;
};

/// Encodes a row of records.
using RunProgram = void (*)(const Program& program, const Constants& constants,
                            const Origin& origin, const RecordRow& records,
                            MessageRow& messages) noexcept;

/// For CPUs with AVX-512 and its VBMI2 (kernel_avx512.cpp).
void run_avx512(const Program& program, const Constants& constants, const Origin& origin,
                const RecordRow& records, MessageRow& messages) noexcept;
/// For CPUs with AVX2 and BMI2 (kernel_avx2.cpp); takes from run_avx512 what windows cannot do.
void run_avx2(const Program& program, const Constants& constants, const Origin& origin,
              const RecordRow& records, MessageRow& messages) noexcept;
/// For CPUs with BMI2; takes from run_avx2 what sections cannot do.
void run_bmi2(const Program& program, const Constants& constants, const Origin& origin,
              const RecordRow& records, MessageRow& messages) noexcept;

/// The fastest kernel that this CPU has; all give the same bytes.
[[nodiscard]] RunProgram choose_kernel() noexcept;

/// Whether only CPUs with a fast BMI2 run the kernel.
[[nodiscard]] bool needs_bmi2(RunProgram kernel) noexcept;

/// Every kernel that this CPU can run, for tests and benchmarks.
struct Kernel {
    const char* name;
    RunProgram run;
};
[[nodiscard]] std::span<const Kernel> kernels() noexcept;
/// The one with this name; null when this CPU cannot run it, or there is none.
[[nodiscard]] RunProgram find_kernel(std::string_view name) noexcept;

}  // namespace flow::protobuf

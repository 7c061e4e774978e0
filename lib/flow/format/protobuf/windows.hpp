// SPDX-License-Identifier: BSD-3-Clause
// Windows: a program for kernels that work on 64 bytes at once. A message is a row of lanes of
// eight bytes; a lane's bytes that are in use are kept, the others squeezed out. A number is one
// lane or two, an address, a literal or the datagram's columns are as many as they fill. Eight
// lanes are a window. Values decide no branch, but for those that no router counts up to: a record
// with bytes or milliseconds above 2^42 is left to another kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace flow::protobuf {

inline constexpr std::size_t lane_size = 8;
inline constexpr std::size_t window_lanes = 8;
inline constexpr std::size_t window_size = lane_size * window_lanes;

/// One window of a template. Its record bytes come out of a table of 64 bytes, or out of two.
struct alignas(window_size) Window {
    using Bytes = std::array<std::uint8_t, window_size>;

    Bytes index;    ///< of each byte of the lanes' values in the tables; 64 and more: in the second
    Bytes control;  ///< bit of its lane's value at which each byte of the message begins
    Bytes groups;   ///< bits of each byte that are the value's: seven, or eight of plain bytes
    Bytes more;     ///< continuation bits: of every byte of a number's lane
    Bytes least;    ///< a byte is there from this value on, tag and literals apart: see below
    Bytes fixed;    ///< XORed in: tags, lengths, literals
    std::array<std::uint64_t, window_lanes>
        rest;  ///< bits of a value that its lane has no room for

    std::uint16_t first_table;  ///< offset in the record
    std::uint16_t second_table;
    bool one_table;            ///< the second is not needed
    bool checked;              ///< some lane has a rest that is in no other
    bool times;                ///< the second table is the TimeTable instead
    std::uint8_t goes_on;      ///< lanes whose rest is in the next one, a bit each
    std::uint8_t thousandths;  ///< lanes whose value is to be divided by 1000
    std::uint8_t millions;     ///< lanes whose value is to be multiplied by a million
};

/// `Window::least` of bytes that are there whatever the record says, and of those of numbers: where
/// neither a group nor a continuation bit is, the number has ended before.
inline constexpr std::uint8_t always_there = 0;
inline constexpr std::uint8_t there_if_used = 1;

/// A number that a lane cannot compute. It is computed beforehand, into a table of eight numbers.
struct TimeField {
    std::uint16_t offset;
    std::uint8_t down;  ///< as Operation has it
    std::uint8_t code;  ///< as Code has it
};

/// Where a program has millions, and numbers that go on in a second lane.
enum class Wide : std::uint8_t { nowhere, at_the_end, anywhere };

struct Windows {
    static constexpr std::size_t windows_max = 12;
    static constexpr std::size_t times_max = window_lanes;
    static constexpr std::size_t runs_max = 6;
    static constexpr std::size_t run_size_max = window_size;

    /// Lanes of a run of the datagram's columns, for as many bytes as it usually has at most.
    struct ConstantLanes {
        std::uint16_t first_lane;
        std::uint16_t lane_count;
    };

    std::array<Window, windows_max> windows;
    std::array<TimeField, times_max> times;
    std::array<ConstantLanes, runs_max> constants;
    bool second_tables;  ///< some window has one
    bool divisions;      ///< some window has thousandths
    Wide wide;
    std::uint8_t window_count;  ///< 0: the template has something that lanes cannot do
    std::uint8_t time_count;
    std::uint8_t run_count;

    [[nodiscard]] std::span<const TimeField> time_fields() const noexcept {
        return std::span{times}.first(time_count);
    }
};

struct Program;

/// Makes `program.windows` of the program's operations. `extent` are the bytes of a record that
/// the operations read.
void make_windows(Program& program, std::size_t extent) noexcept;

}  // namespace flow::protobuf

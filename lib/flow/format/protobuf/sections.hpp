// SPDX-License-Identifier: BSD-3-Clause
// Sections: a program for kernels with registers of 32 bytes. A message is a row of sections, in
// ascending order of field numbers. A section is a head: the datagram's columns, then pieces, whose
// size the template decides (addresses, nanoseconds); or a row of lanes, one for each number; or,
// for what is neither, an operation (program.hpp). Pieces and lanes are gathered from a few records
// at once before any of them is written. A record with a number that its lane has no room for is
// left to another kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/format/protobuf/gather.hpp"
#include "flow/format/protobuf/windows.hpp"

namespace flow::protobuf {

/// Bytes of a lane's tag; own columns need three.
inline constexpr unsigned lane_tag_size_max = 3;

/// Most lanes of one section, by the size of their tags; a longer row is several sections.
[[nodiscard]] constexpr unsigned section_lanes_max(unsigned tag_size) noexcept {
    return tag_size == 2 ? 16 : 8;
}

/// What all messages of a row have of the datagram: the runs of one head, one behind the other.
struct alignas(32) HeadRuns {
    static constexpr std::size_t usual_size = 32;

    std::array<std::uint8_t, 2 * Windows::run_size_max> bytes;
    std::uint64_t size;
};

struct Section;
struct SectionJob;

/// Writes a section to `to` and goes on with those behind it. `from` is what has been gathered for
/// this section and those behind it. Returns the end of the message.
using WriteSection = std::uint8_t* (*)(const Section* section, const std::uint8_t* from,
                                       std::uint8_t* to, const SectionJob& job) noexcept;

struct Section {
    static constexpr unsigned pieces_max = 3;

    WriteSection write = nullptr;  ///< of the kernel, for just this kind and number of parts
    std::uint16_t runs_at = 0;     ///< in the job's HeadRuns, in bytes
    std::uint16_t operation = 0;
    std::array<std::uint8_t, pieces_max> piece_sizes{};
};

/// How the datagram's columns are copied: not at all, as 32 bytes, or as many as there are.
enum class Runs : std::uint8_t { none, usual, long_ones };

/// The kernel's functions; null when there is none for so many. See kernel_avx2.cpp.
[[nodiscard]] WriteSection head_writer(Runs runs, unsigned piece_count) noexcept;
[[nodiscard]] WriteSection lanes_writer(unsigned tag_size, unsigned count) noexcept;
[[nodiscard]] WriteSection operation_writer() noexcept;
[[nodiscard]] WriteSection end_writer() noexcept;

/// A time, which is computed, into a lane or a piece of nanoseconds.
struct TimePlace {
    TimeField field;
    std::uint16_t at;  ///< in what is gathered of the record, in bytes
    std::uint8_t tag_size;
    bool piece;
    std::uint32_t tag;  ///< of a lane as lane_tag() has it
};

/// Runs of the datagram's that one head copies.
struct RunRange {
    std::uint8_t first;
    std::uint8_t count;
};

struct Sections {
    static constexpr std::size_t sections_max = 32;
    static constexpr std::size_t groups_max = 12;
    /// Of what is gathered of one record, in bytes.
    static constexpr std::size_t gathered_size_max = groups_max * GatherGroup::size;
    static constexpr std::size_t times_max = 12;
    /// A piece for the varint of nanoseconds has room for any time from 1972 to 2262.
    static constexpr std::uint8_t nanoseconds_size = 9;

    std::array<GatherGroup, groups_max> groups;
    std::array<Section, sections_max> sections;  ///< with an end
    std::array<TimePlace, times_max> times;
    std::array<RunRange, Windows::runs_max> heads;
    std::uint8_t group_count;
    std::uint8_t section_count;
    std::uint8_t time_count;
    std::uint8_t head_count;  ///< of those that copy runs
    bool usable;              ///< false: the template has more than there is room for
    bool long_prefix;         ///< whether messages are likely to have 128 bytes and more
};

struct Program;

/// Makes `program.sections` of the program's operations.
void make_sections(Program& program) noexcept;

}  // namespace flow::protobuf

// SPDX-License-Identifier: BSD-3-Clause
// Program: a plan as a row of protobuf operations, in ascending order of field numbers. The order
// is the same for every record of a template, so the dispatch is predicted; what a value decides is
// done without branches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/format/protobuf/varint.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/time.hpp"

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
    constants,  ///< copy run `size` of the datagram's
    literal,    ///< copy `size` bytes of `operand`
    number,
    time,
    bytes_4,
    bytes_16,
    bytes_n,
};

struct Operation {
    Code code{};
    std::uint8_t down = 0;  ///< number, time: how far the eight loaded bytes are shifted down
    Transform transform{};
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
    Tag tag{};
    std::uint64_t operand =
        0;  ///< number: the bits that count; literal: its bytes, first one lowest
};

struct Program {
    /// One per column, and one more for each run of constants.
    static constexpr std::size_t operations_max = column_count + Constants::runs_max;

    std::array<Operation, operations_max> operations;
    std::uint32_t operation_count;
    std::uint32_t size_max;  ///< bytes that a message may take, slack and prefix included
};

inline std::uint8_t* run_bytes(const Operation& operation, const std::uint8_t* from,
                               std::size_t size, std::uint8_t* to) noexcept {
    to = put_tag(to, operation.tag);
    *to++ = static_cast<std::uint8_t>(size);
    std::memcpy(to, from, size);
    return to + size;
}

/// Encodes one record, without framing.
inline std::uint8_t* run_program(const Program& program, const Constants& constants,
                                 const Origin& origin, const std::uint8_t* record,
                                 std::uint8_t* to) noexcept {
    const Operation* const end = program.operations.data() + program.operation_count;
    for (const Operation* operation = program.operations.data(); operation != end; ++operation) {
        const std::uint8_t* const from = record + operation->offset;
        switch (operation->code) {
            case Code::number:
                to = put_field(to, operation->tag,
                               load_be64(from) >> operation->down & operation->operand);
                break;
            case Code::bytes_4: to = run_bytes(*operation, from, 4, to); break;
            case Code::bytes_16: to = run_bytes(*operation, from, 16, to); break;
            case Code::constants: {
                const Constants::Run& run = constants.runs[operation->size];
                std::memcpy(to, run.bytes.data(), run.bytes.size());
                to += run.size;
                break;
            }
            case Code::literal:
                std::memcpy(to, &operation->operand, sizeof operation->operand);
                to += operation->size;
                break;
            case Code::time: {
                const std::uint64_t value = load_be64(from) >> operation->down;
                to = put_field(to, operation->tag, time_value(operation->transform, value, origin));
                break;
            }
            case Code::bytes_n:
                to = put_varint(put_tag(to, operation->tag), operation->size);
                std::memcpy(to, from, operation->size);
                to += operation->size;
                break;
        }
    }
    return to;
}

}  // namespace flow::protobuf

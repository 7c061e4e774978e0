// SPDX-License-Identifier: BSD-3-Clause
// Protobuf messages, fields in ascending order of their numbers, defaults left out: byte for byte
// what goflow2's marshaller writes. The plain encoder of a Flow; Program (program.hpp) is the
// compiled one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/format/protobuf/frame.hpp"
#include "flow/format/protobuf/program.hpp"
#include "flow/format/protobuf/varint.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/schema.hpp"

namespace flow::protobuf {

class Formatter {
public:
    static constexpr std::string_view name = "pb";
    using Program = protobuf::Program;
    using Constants = protobuf::Constants;
    using MessageRow = protobuf::MessageRow;
    static constexpr std::size_t record_padding = protobuf::record_padding;

    /// `kernel` is chosen by the CPU unless a test or a benchmark wants another.
    Formatter(const Schema& schema, Framing framing, RunProgram kernel = choose_kernel()) noexcept;

    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

    /// Turns a direct plan into a program for this schema.
    void compile(const Plan& plan, Program& program) const noexcept;
    /// Encodes what the flows of one datagram share.
    void begin(const Origin& origin, Constants& constants) const noexcept;
    /// Runs the program on a row of records. `messages` say where to and with which gaps; their
    /// framing is set here, and their ends are what comes out.
    void run(const Program& program, const Constants& constants, const Origin& origin,
             const RecordRow& records, MessageRow& messages) const noexcept {
        messages.framing = framing_;
        kernel_(program, constants, origin, records, messages);
    }

private:
    /// A column of the schema with its tag, in the order of field numbers.
    struct Field {
        Column column;
        Kind kind;
        Tag tag;
        bool begins_run = false;  ///< of constants
    };

    template <class Spread>
    void encode_constants(const Origin& origin, Constants& constants) const noexcept;

    struct Custom {
        CustomColumn::Type type;
        Tag tag;
    };

    [[nodiscard]] std::span<const Field> fields() const noexcept {
        return {fields_.data(), field_count_};
    }

    Framing framing_;
    RunProgram kernel_;
    bool spread_by_bmi2_;
    std::array<Field, column_count> fields_{};
    std::size_t field_count_ = 0;
    std::array<Field, Constants::runs_max> fields_of_datagram_{};
    std::size_t field_of_datagram_count_ = 0;
    std::array<Custom, custom_columns_max> customs_{};  ///< by custom_index()
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::protobuf

// SPDX-License-Identifier: BSD-3-Clause
// What is the same in all formats that write a flow as a line: their formatters derive from it and
// say how the line looks. One instance per shard; never changes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/format/render/line.hpp"
#include "flow/format/render/program.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record_row.hpp"
#include "flow/model/schema.hpp"

namespace flow::render {

class LineFormatter {
public:
    using Program = render::Program;
    using Constants = render::Constants;
    using MessageRow = flow::MessageRow;
    static constexpr std::size_t record_padding = render::record_padding;

    /// Room that `write` needs; see Line.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept {
        return line_.size_max(flow);
    }
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept {
        return line_.write(flow, to);
    }

    /// Turns a direct plan into a program for this schema.
    void compile(const Plan& plan, Program& program) const noexcept {
        line_.compile(plan, program);
    }
    /// Writes what the flows of one datagram share.
    void begin(const Origin& origin, Constants& constants) const noexcept {
        line_.begin(origin, constants);
    }
    /// Runs the program on a row of records; the ends of the messages are what comes out.
    void run(const Program& program, const Constants& constants, const Origin& origin,
             const RecordRow& records, MessageRow& messages) const noexcept {
        kernel_(program, constants, origin, records, messages);
    }

protected:
    LineFormatter(const Schema& schema, const Style& style, RunProgram kernel) noexcept
        : line_{schema, style}, kernel_{kernel} {}

private:
    Line line_;
    RunProgram kernel_;
};

}  // namespace flow::render

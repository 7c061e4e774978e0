// SPDX-License-Identifier: BSD-3-Clause
// A flow as one line of key=value pairs, every column of the schema in its order, as goflow2 prints
// it (no line break, the transport adds it). One instance per shard; never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/format/render/line.hpp"
#include "flow/format/render/program.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/schema.hpp"

namespace flow::text {

class Formatter {
public:
    static constexpr std::string_view name = "text";
    using Program = render::Program;
    using Constants = render::Constants;
    using RecordRow = render::RecordRow;
    using MessageRow = render::MessageRow;
    static constexpr std::size_t row_records_max = render::row_records_max;
    static constexpr std::size_t record_padding = render::record_padding;

    /// `kernel` is chosen by the CPU unless a test or a benchmark wants another.
    explicit Formatter(const Schema& schema,
                       render::RunProgram kernel = render::choose_kernel()) noexcept
        : line_{schema, style(schema.profile())}, kernel_{kernel} {}

    /// Room that `write` needs; see render::Line.
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

private:
    /// goflow2 v1 quotes strings in text too, v2 does not.
    [[nodiscard]] static constexpr render::Style style(Profile profile) noexcept {
        return {.open = "",
                .between = " ",
                .before_key = "",
                .after_key = "=",
                .close = "",
                .quote = profile == Profile::goflow2_v1 ? "\"" : ""};
    }

    render::Line line_;
    render::RunProgram kernel_;
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::text

// SPDX-License-Identifier: BSD-3-Clause
// A flow as one JSON object on one line, every column of the schema in its order, as goflow2 prints
// it (RFC 8259; no line break, the transport adds it). One instance per shard; never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/format/render/line.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/schema.hpp"

namespace flow::json {

class Formatter {
public:
    static constexpr std::string_view name = "json";

    explicit Formatter(const Schema& schema) noexcept : line_{schema, style} {}

    /// Room that `write` needs; see render::Line.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept {
        return line_.size_max(flow);
    }
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept {
        return line_.write(flow, to);
    }

private:
    static constexpr render::Style style{
        .open = "{", .between = ",", .before_key = "\"", .after_key = "\":", .close = "}"};

    render::Line line_;
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::json

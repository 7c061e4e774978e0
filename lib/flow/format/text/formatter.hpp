// SPDX-License-Identifier: BSD-3-Clause
// A flow as one line of key=value pairs, every column of the schema in its order, as goflow2 prints
// it (no line break, the transport adds it). One instance per shard; never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/format/render/line.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/schema.hpp"

namespace flow::text {

class Formatter {
public:
    static constexpr std::string_view name = "text";

    explicit Formatter(const Schema& schema) noexcept : line_{schema, style(schema.profile())} {}

    /// Room that `write` needs; see render::Line.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept {
        return line_.size_max(flow);
    }
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept {
        return line_.write(flow, to);
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
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::text

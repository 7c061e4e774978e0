// SPDX-License-Identifier: BSD-3-Clause
// A flow as one line of key=value pairs, every column of the schema in its order, as goflow2 prints
// it (no line break, the transport adds it). One instance per shard; never changes.
#pragma once

#include <string_view>

#include "flow/format/render/formatter.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/schema.hpp"

namespace flow::text {

class Formatter : public render::LineFormatter {
public:
    static constexpr std::string_view name = "text";

    /// `kernel` is chosen by the CPU unless a test or a benchmark wants another.
    explicit Formatter(const Schema& schema,
                       render::RunProgram kernel = render::choose_kernel()) noexcept
        : LineFormatter{schema, style(schema.profile()), kernel} {}

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
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::text

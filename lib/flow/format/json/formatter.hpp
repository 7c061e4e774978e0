// SPDX-License-Identifier: BSD-3-Clause
// A flow as one JSON object on one line, every column of the schema in its order, as goflow2 prints
// it (RFC 8259; no line break, the transport adds it). One instance per shard; never changes.
#pragma once

#include <string_view>

#include "flow/format/render/formatter.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/schema.hpp"

namespace flow::json {

class Formatter : public render::LineFormatter {
public:
    static constexpr std::string_view name = "json";

    /// `kernel` is chosen by the CPU unless a test or a benchmark wants another.
    explicit Formatter(const Schema& schema,
                       render::RunProgram kernel = render::choose_kernel()) noexcept
        : LineFormatter{schema, style, kernel} {}

private:
    static constexpr render::Style style{
        .open = "{", .between = ",", .before_key = "\"", .after_key = "\":", .close = "}"};
};

static_assert(flow::Formatter<Formatter>);

}  // namespace flow::json

// SPDX-License-Identifier: BSD-3-Clause
// Names to columns: what a line prints, what a mapping fills, how a value is printed. Go's spelling
// and protobuf's are both known in both profiles. Cold.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/mapping/file.hpp"
#include "flow/model/columns.hpp"

namespace flowd::mapping {

/// What a name stands for in a line.
struct LineName {
    flow::Column column{};
    flow::Render render{};
    bool is_virtual =
        false;  ///< a column printed in another way: etype_name, proto_name, icmp_name
};

/// Nothing when the profile has no such column.
[[nodiscard]] std::optional<LineName> find_line_name(std::string_view name, flow::Profile profile,
                                                     std::span<const Custom> customs);

/// The column that a mapping's destination names. Go's name comes first, as in goflow2, then the
/// file's own columns, then protobuf's name. A `strict` reading knows only the first two.
[[nodiscard]] std::optional<flow::Column> find_destination(std::string_view name,
                                                           const Reading& reading,
                                                           std::span<const Custom> customs);

/// `"nmae" is no column (did you mean name?)`; of another profile; or, virtual, of its own.
[[nodiscard]] std::string no_column(std::string_view name, flow::Profile profile,
                                    std::span<const Custom> customs);

[[nodiscard]] std::string_view profile_name(flow::Profile profile) noexcept;

/// What the column holds; a custom one is a number or bytes.
[[nodiscard]] flow::Kind kind_of(flow::Column column, std::span<const Custom> customs) noexcept;

/// The ids of formatter.render; nothing when there is no such renderer.
[[nodiscard]] std::optional<flow::Render> find_render(std::string_view id,
                                                      flow::Profile profile) noexcept;

/// What `render` becomes for values of this kind; nothing when it cannot print them, as a number of
/// 32 bits is no MAC address to goflow2.
[[nodiscard]] std::optional<flow::Render> fitting(flow::Render render, flow::Kind kind) noexcept;

}  // namespace flowd::mapping

// SPDX-License-Identifier: BSD-3-Clause
// The names of layers and of parsers in a mapping file. Cold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/mapping/file.hpp"
#include "flow/model/mapping.hpp"

namespace flowd::mapping {

/// `udp`, `4`, `etype0x0800`, `proto47`, `tcp179`. What a number means depends on the profile.
/// Nothing when there is no such layer.
[[nodiscard]] std::optional<flow::LayerSelector> find_layer(std::string_view name,
                                                            const Reading& reading);
/// What may follow a port.
[[nodiscard]] std::optional<flow::LayerKind> find_parser(std::string_view name) noexcept;

/// `"udb" is no layer (did you mean udp?)`
[[nodiscard]] std::string no_layer(std::string_view name);
[[nodiscard]] std::string no_parser(std::string_view name);

}  // namespace flowd::mapping

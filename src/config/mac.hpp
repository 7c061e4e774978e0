// SPDX-License-Identifier: BSD-3-Clause
// MAC addresses as people write them: 02:00:00:00:00:01. Main thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace flowd::config {

/// Six pairs of hexadecimal digits with colons between them; empty: the text is something else.
[[nodiscard]] std::optional<std::array<std::uint8_t, 6>> parse_mac(std::string_view text) noexcept;

}  // namespace flowd::config

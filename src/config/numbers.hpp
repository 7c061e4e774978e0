// SPDX-License-Identifier: BSD-3-Clause
// Go's spellings of integers, switches and durations, which goflow2's flags use. Cold; main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace flowd::config {

/// Decimal, or 0x, 0o and 0b as in Go and TOML; `_` may stand between digits. No leading zeros.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;
/// 1 t T true True TRUE and 0 f F false False FALSE.
[[nodiscard]] std::optional<bool> parse_switch(std::string_view text) noexcept;
/// `500ms`, `1h30m`, `1.5s`: Go's time.ParseDuration. Empty also when it does not fit.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(
    std::string_view text) noexcept;

}  // namespace flowd::config

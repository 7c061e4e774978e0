// SPDX-License-Identifier: BSD-3-Clause
// The log: one line a message on stderr, once per change of state. The only door to spdlog.
// Cold threads only: it locks, allocates and writes. Before start() it is normal text from `info`.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "log/failure.hpp"

namespace flowd::log {

enum class Level : std::uint8_t { trace, debug, info, warn, error, fatal };

enum class Format : std::uint8_t {
    normal,  ///< 2026-01-31T09:30:00.125+00:00 info the message
    json,    ///< {"time":"2026-01-31T09:30:00.125+00:00","level":"info","msg":"the message"}
};

/// Names that goflow2 v1 (logrus) and v2 (slog) accept, in any case. `warning` is `warn`, `panic`
/// is `fatal`.
inline constexpr std::array<std::string_view, 8> level_names{"trace",   "debug", "info",  "warn",
                                                             "warning", "error", "fatal", "panic"};
inline constexpr std::array<std::string_view, 2> format_names{"normal", "json"};

[[nodiscard]] Outcome<Level> parse_level(std::string_view name);
[[nodiscard]] Outcome<Format> parse_format(std::string_view name);

/// Chooses how and from which level on the log speaks. May be called again.
void start(Level level, Format format);
void set_level(Level level);
/// Is a message of this level written? Spares building one that is not.
[[nodiscard]] bool enabled(Level level) noexcept;

void write(Level level, std::string_view message);

inline void debug(std::string_view message) { write(Level::debug, message); }
inline void info(std::string_view message) { write(Level::info, message); }
inline void warn(std::string_view message) { write(Level::warn, message); }
inline void error(std::string_view message) { write(Level::error, message); }

}  // namespace flowd::log

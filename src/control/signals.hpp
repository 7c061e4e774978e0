// SPDX-License-Identifier: BSD-3-Clause
// Signals, taken by the main thread only: blocked before any other thread starts, then waited for.
#pragma once

#include <cstdint>

namespace flowd {

enum class Signal : std::uint8_t { none, stop, reopen };

/// Blocks the signals that wait_signal() takes, for this thread and those that it starts; ignores
/// SIGPIPE and SIGXFSZ, so that a closed pipe or a file size limit is an error of the write.
void block_signals() noexcept;

/// The next signal: `stop` for SIGINT and SIGTERM, `reopen` for SIGHUP, `none` when the time is
/// over.
[[nodiscard]] Signal wait_signal(std::uint32_t milliseconds) noexcept;

}  // namespace flowd

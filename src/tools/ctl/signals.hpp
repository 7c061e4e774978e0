// SPDX-License-Identifier: BSD-3-Clause
// Signals that end what has something to put in order first: a terminal, a file. Main thread.
#pragma once

namespace flowd::ctl {

/// From now on SIGINT, SIGTERM and SIGHUP are noted.
void take_end_signals();
/// As such a signal does.
void ask_end() noexcept;
[[nodiscard]] bool end_asked() noexcept;

}  // namespace flowd::ctl

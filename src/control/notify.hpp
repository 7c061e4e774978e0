// SPDX-License-Identifier: BSD-3-Clause
// Notifier: tells the service manager how flowd is (sd_notify(3)): that it is ready, reloads,
// stops, and, where the unit has a watchdog, that it is alive. Without a manager all of it does
// nothing. Main thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace flowd {

class Notifier {
public:
    /// Reads from the environment whether a watchdog waits for a sign of life.
    Notifier() noexcept;

    /// Everything runs: what was ordered to start after flowd may start. Also ends a reload.
    void ready(std::string_view status) noexcept;
    /// A reload begins; ready() ends it.
    void reloading() noexcept;
    void stopping(std::string_view status) noexcept;
    /// One line for a person, as `systemctl status` shows it.
    void status(std::string_view text) noexcept;

    /// To be called again and again by the main loop: a sign of life when half of the watchdog's
    /// patience is over. When it stays away, the manager ends flowd and starts it anew.
    void tick(std::uint64_t now_ns) noexcept;

    /// 0: nobody waits for a sign of life.
    [[nodiscard]] std::uint64_t watchdog_ns() const noexcept { return watchdog_ns_; }

private:
    std::uint64_t watchdog_ns_ = 0;
    std::uint64_t fed_ns_ = 0;
};

}  // namespace flowd

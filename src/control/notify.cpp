// SPDX-License-Identifier: BSD-3-Clause
// The messages themselves, by libsystemd: the only door to it.
#include "control/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace flowd {

namespace {

/// A manager that cannot be reached is no reason to collect less.
void send(const std::string& message) noexcept {
    constexpr int keep_environment = 0;
    static_cast<void>(sd_notify(keep_environment, message.c_str()));
}

/// A message is lines of NAME=value: whatever the text holds, it stays one.
[[nodiscard]] std::string status_line(std::string_view text) {
    std::string line = "STATUS=";
    line += text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

}  // namespace

Notifier::Notifier() noexcept {
    constexpr int keep_environment = 0;
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(keep_environment, &microseconds) > 0) {
        watchdog_ns_ = microseconds * 1000;
    }
}

void Notifier::ready(std::string_view text) noexcept { send("READY=1\n" + status_line(text)); }

/// The time says which request this answers: managers that know Type=notify-reload compare it with
/// when they sent the signal.
void Notifier::reloading() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                              static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void Notifier::stopping(std::string_view text) noexcept {
    send("STOPPING=1\n" + status_line(text));
}

void Notifier::status(std::string_view text) noexcept { send(status_line(text)); }

void Notifier::tick(std::uint64_t now_ns) noexcept {
    if (watchdog_ns_ == 0) return;
    if (fed_ns_ != 0 && now_ns - fed_ns_ < watchdog_ns_ / 2) return;
    fed_ns_ = now_ns;
    send("WATCHDOG=1");
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// By sigtimedwait, so that no code runs inside a signal handler.
#include "control/signals.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>

namespace flowd {

namespace {

sigset_t taken_signals() noexcept {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
}

}  // namespace

void block_signals() noexcept {
    const sigset_t signals = taken_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

Signal wait_signal(std::uint32_t milliseconds) noexcept {
    using Clock = std::chrono::steady_clock;
    const sigset_t signals = taken_signals();
    const auto end = Clock::now() + std::chrono::milliseconds{milliseconds};
    // DPDK's net_tap has a signal of its own for every frame, which lands here and is not the end.
    for (;;) {
        const auto rest = std::max(Clock::duration::zero(), Clock::duration{end - Clock::now()});
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
        const timespec timeout{static_cast<std::time_t>(seconds.count()),
                               static_cast<long>(std::chrono::nanoseconds{rest - seconds}.count())};
        const int number = sigtimedwait(&signals, nullptr, &timeout);
        if (number == SIGINT || number == SIGTERM) return Signal::stop;
        if (number == SIGHUP) return Signal::reopen;
        if (number != -1 || errno != EINTR) return Signal::none;
    }
}

}  // namespace flowd

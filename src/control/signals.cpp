// SPDX-License-Identifier: BSD-3-Clause
// By sigtimedwait, so that no code runs inside a signal handler.
#include "control/signals.hpp"

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
    const sigset_t signals = taken_signals();
    const timespec timeout{milliseconds / 1000, static_cast<long>(milliseconds % 1000) * 1'000'000};
    switch (sigtimedwait(&signals, nullptr, &timeout)) {
        case SIGINT:
        case SIGTERM: return Signal::stop;
        case SIGHUP: return Signal::reopen;
        default: return Signal::none;
    }
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// A flag, and who sets it.
#include "tools/ctl/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace flowd::ctl {

namespace {

volatile std::sig_atomic_t asked = 0;

void on_signal(int) { ask_end(); }

}  // namespace

void take_end_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

void ask_end() noexcept { asked = 1; }

bool end_asked() noexcept { return asked != 0; }

}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
#include "control/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace flowd {
namespace {

TEST(Signals, AreTakenOneAtATimeAndElseTheTimeEnds) {
    block_signals();
    EXPECT_EQ(wait_signal(0), Signal::none);
    for (const int number : {SIGINT, SIGTERM}) {
        std::raise(number);
        EXPECT_EQ(wait_signal(0), Signal::stop);
    }
    std::raise(SIGHUP);
    EXPECT_EQ(wait_signal(0), Signal::reopen);
    EXPECT_EQ(wait_signal(1), Signal::none);
}

TEST(Signals, ABrokenPipeIsNoSignal) {
    block_signals();
    std::raise(SIGPIPE);
    std::raise(SIGXFSZ);
    EXPECT_EQ(wait_signal(0), Signal::none);
}

}  // namespace
}  // namespace flowd

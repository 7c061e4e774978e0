// SPDX-License-Identifier: BSD-3-Clause
#include "control/signals.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

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

TEST(Signals, AnotherSignalDoesNotEndTheWait) {
    block_signals();
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ASSERT_EQ(sigaction(SIGRTMIN, &action, nullptr), 0);
    const pthread_t waiting = pthread_self();
    std::thread sender{[waiting] {
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            pthread_kill(waiting, SIGRTMIN);
        }
    }};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(wait_signal(200), Signal::none);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{200});
    sender.join();
}

}  // namespace
}  // namespace flowd

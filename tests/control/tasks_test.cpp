// SPDX-License-Identifier: BSD-3-Clause
#include "control/tasks.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace flowd {
namespace {

TEST(Tasks, RunOnTheThreadThatTicks) {
    Tasks tasks;
    std::atomic<bool> ended{false};
    std::thread::id worked_on;
    std::optional<int> result;
    std::thread asker{[&] {
        result = tasks.run([&] {
            worked_on = std::this_thread::get_id();
            return 42;
        });
        ended = true;
    }};
    while (!ended) {
        tasks.tick();
        std::this_thread::yield();
    }
    asker.join();
    EXPECT_EQ(result, 42);
    EXPECT_EQ(worked_on, std::this_thread::get_id());
}

TEST(Tasks, WhatIsAskedAtTheEndGetsNothing) {
    Tasks tasks;
    std::atomic<bool> started{false};
    std::optional<int> waiting = 1;
    std::thread asker{[&] {
        started = true;
        waiting = tasks.run([] { return 42; });
    }};
    while (!started) std::this_thread::yield();
    tasks.close();
    asker.join();
    EXPECT_FALSE(waiting.has_value());
    EXPECT_FALSE(tasks.run([] { return 42; }).has_value());
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
#include "ring/bell.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace flowd {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t second_ns = 1'000'000'000;

TEST(Bell, LetsSleepUntilTheTimeIsUp) {
    Bell bell;
    const auto start = Clock::now();
    bell.sleep(20'000'000, [] { return false; });
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds{19});
}

TEST(Bell, DoesNotLetSleepWhoHasWork) {
    Bell bell;
    const auto start = Clock::now();
    bell.sleep(100 * second_ns, [] { return true; });
    EXPECT_LT(Clock::now() - start, std::chrono::seconds{50});
}

TEST(Bell, RungBeforeItIsNotRemembered) {
    Bell bell;
    bell.ring();
    const auto start = Clock::now();
    bell.sleep(20'000'000, [] { return false; });
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds{19});
}

TEST(Bell, LosesNoWakeUp) {
    // Two threads hand a number to and fro. Were one ring lost, a turn would take an hour.
    constexpr int turns = 20'000;
    Bell ping;
    Bell pong;
    std::atomic<int> number{0};
    std::thread other{[&] {
        for (int turn = 1; turn < turns; turn += 2) {
            const auto is_mine = [&] { return number.load(std::memory_order_acquire) == turn; };
            while (!is_mine()) ping.sleep(3'600 * second_ns, is_mine);
            number.store(turn + 1, std::memory_order_release);
            pong.ring();
        }
    }};
    for (int turn = 0; turn < turns; turn += 2) {
        const auto is_mine = [&] { return number.load(std::memory_order_acquire) == turn; };
        while (!is_mine()) pong.sleep(3'600 * second_ns, is_mine);
        number.store(turn + 1, std::memory_order_release);
        ping.ring();
    }
    other.join();
    EXPECT_EQ(number.load(std::memory_order_relaxed), turns);
}

}  // namespace
}  // namespace flowd

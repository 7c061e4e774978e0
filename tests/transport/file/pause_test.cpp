// SPDX-License-Identifier: BSD-3-Clause
// Tries become rarer, up to one a second, and it starts over when one has worked.
#include "transport/file/pause.hpp"

#include <gtest/gtest.h>

namespace flowd::file {
namespace {

TEST(FilePause, DoublesUpToASecondAndStartsOver) {
    Pause pause;
    Pause::Clock::time_point now{std::chrono::hours{1}};
    EXPECT_TRUE(pause.over(now));
    for (const int length_ms : {20, 40, 80, 160, 320, 640, 1000, 1000}) {
        pause.grow(now);
        const std::chrono::milliseconds length{length_ms};
        EXPECT_FALSE(pause.over(now + length - std::chrono::nanoseconds{1}));
        EXPECT_TRUE(pause.over(now + length));
        now += length;
    }
    pause.end();
    EXPECT_TRUE(pause.over(now));
    pause.grow(now);
    EXPECT_TRUE(pause.over(now + Pause::first));
}

}  // namespace
}  // namespace flowd::file

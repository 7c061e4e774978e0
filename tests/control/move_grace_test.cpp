// SPDX-License-Identifier: BSD-3-Clause
#include "control/move_grace.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

constexpr std::uint64_t start = 1'000;

TEST(MoveGrace, WithoutAMoveNothingWaits) {
    MoveGrace grace;
    EXPECT_FALSE(grace.tick(false, start));
    EXPECT_FALSE(grace.tick(false, start + 2 * MoveGrace::longest_ns));
}

TEST(MoveGrace, WhileAnExporterMovesSlowThingsWait) {
    MoveGrace grace;
    EXPECT_TRUE(grace.tick(true, start));
    EXPECT_TRUE(grace.tick(true, start + 20'000));
    EXPECT_FALSE(grace.tick(false, start + 40'000));
}

TEST(MoveGrace, AMoveThatHangsHoldsUpNothing) {
    MoveGrace grace;
    EXPECT_TRUE(grace.tick(true, start));
    EXPECT_TRUE(grace.tick(true, start + MoveGrace::longest_ns));
    EXPECT_FALSE(grace.tick(true, start + MoveGrace::longest_ns + 1));
    EXPECT_TRUE(grace.tick(true, start + MoveGrace::longest_ns + 2)) << "once in a while";
    EXPECT_FALSE(grace.tick(true, start + 3 * MoveGrace::longest_ns));
}

TEST(MoveGrace, EachMoveHasItsOwn) {
    MoveGrace grace;
    EXPECT_TRUE(grace.tick(true, start));
    EXPECT_FALSE(grace.tick(false, start + MoveGrace::longest_ns));
    EXPECT_TRUE(grace.tick(true, start + 2 * MoveGrace::longest_ns));
}

}  // namespace
}  // namespace flowd

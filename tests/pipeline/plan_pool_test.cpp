// SPDX-License-Identifier: BSD-3-Clause
// Equal plans are one, until the last slot that has it gets another.
#include "flow/pipeline/plan_pool.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace flow {
namespace {

/// What it was made of: the first step's offset.
struct Program {
    int made_of;
};

class PlanPoolTest : public testing::Test {
protected:
    static constexpr std::uint32_t slots = 8;

    void set(TemplateSlot slot, std::uint16_t offset, bool direct = true) {
        const std::vector<Step> steps{
            {.column = Column::bytes, .transform = Transform::number, .offset = offset, .size = 4}};
        pool_.set(slot, {.steps = steps, .direct = direct},
                  [&](const Plan& plan, Program& program) noexcept {
                      ++made_;
                      program.made_of = plan.steps.front().offset;
                  });
    }

    PlanPool<Program> pool_{slots, 42};
    int made_ = 0;
};

TEST_F(PlanPoolTest, EqualPlansShareOneProgram) {
    set(0, 4);
    set(5, 4);
    EXPECT_EQ(made_, 1);
    EXPECT_EQ(&pool_[0], &pool_[5]);
    EXPECT_EQ(pool_.size(), 1U);
    set(1, 8);
    EXPECT_EQ(made_, 2);
    EXPECT_EQ(pool_[1].program.made_of, 8);
    EXPECT_EQ(pool_[1].plan.steps.front().offset, 8) << "the steps are kept";
}

TEST_F(PlanPoolTest, ASlotThatWasGivenNothingHasAPlanWithoutSteps) {
    EXPECT_TRUE(pool_[3].plan.steps.empty());
    EXPECT_FALSE(pool_[3].plan.direct);
    set(0, 4);
    EXPECT_TRUE(pool_[3].plan.steps.empty());
}

TEST_F(PlanPoolTest, ADirectPlanIsNotOneThatIsNot) {
    set(0, 4);
    set(1, 4, false);
    EXPECT_EQ(made_, 2);
    EXPECT_FALSE(pool_[1].plan.direct);
}

TEST_F(PlanPoolTest, ASlotThatChangesLeavesTheOthersTheirs) {
    set(0, 4);
    set(1, 4);
    set(0, 8);
    EXPECT_EQ(pool_[0].program.made_of, 8);
    EXPECT_EQ(pool_[1].program.made_of, 4);
    set(1, 8);
    EXPECT_EQ(pool_.size(), 1U);
    EXPECT_EQ(pool_[1].program.made_of, 8);
}

TEST_F(PlanPoolTest, TheSamePlanAgainIsMadeAgainWhenNobodyElseHasIt) {
    set(0, 4);
    set(0, 4);
    EXPECT_EQ(pool_.size(), 1U);
    EXPECT_EQ(pool_[0].program.made_of, 4);
}

TEST_F(PlanPoolTest, NeverRunsOutUnderRandomChanges) {
    std::mt19937 random{3};
    std::vector<std::uint16_t> expected(slots);
    for (TemplateSlot slot = 0; slot < slots; ++slot) set(slot, expected[slot] = 100);
    for (int round = 0; round < 20'000; ++round) {
        const TemplateSlot slot = random() % slots;
        set(slot, expected[slot] = static_cast<std::uint16_t>(random() % 12));
        for (TemplateSlot each = 0; each < slots; ++each) {
            ASSERT_EQ(pool_[each].program.made_of, expected[each]) << "round " << round;
        }
        ASSERT_LE(pool_.size(), slots);
    }
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sequence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace flow {
namespace {

class SequenceTest : public testing::Test {
protected:
    void take(std::uint32_t number, std::uint32_t units = 1) {
        sequence_.take({.number = number, .units = units}, total_);
    }
    void take_all(std::initializer_list<std::uint32_t> numbers) {
        for (const std::uint32_t number : numbers) take(number);
    }
    void take_at(std::uint32_t number, std::uint32_t uptime_ms) {
        sequence_.take({.number = number, .has_uptime = true, .uptime_ms = uptime_ms}, total_);
    }
    void expect(std::uint64_t lost, std::uint64_t late, std::uint64_t duplicates,
                std::uint64_t resets) const {
        EXPECT_EQ(total_.sequence_lost, lost);
        EXPECT_EQ(total_.sequence_late, late);
        EXPECT_EQ(total_.sequence_duplicates, duplicates);
        EXPECT_EQ(total_.sequence_resets, resets);
        EXPECT_EQ(sequence_.lost(), lost);
        EXPECT_EQ(sequence_.late(), late);
        EXPECT_EQ(sequence_.duplicates(), duplicates);
        EXPECT_EQ(sequence_.resets(), resets);
    }

    Sequence sequence_{};
    DecodeStats total_;
};

TEST_F(SequenceTest, InOrderLosesNothing) {
    for (std::uint32_t i = 0; i < 1000; ++i) take(0xffffff00u + i);
    expect(0, 0, 0, 0);
}

TEST_F(SequenceTest, CountsUnits) {
    take(100, 30);
    take(130, 0);
    take(130, 5);
    take(145, 30);
    expect(10, 0, 0, 0);
    take(175, 30);
    expect(10, 0, 0, 0);
}

TEST_F(SequenceTest, CountsALossAcrossTheWrap) {
    take_all({0xfffffffe, 2});
    expect(3, 0, 0, 0);
}

TEST_F(SequenceTest, GivesBackWhatComesLate) {
    take_all({1, 2, 5, 3, 4, 6});
    expect(0, 2, 0, 0);
}

TEST_F(SequenceTest, GivesBackThePartThatComesLate) {
    take(0, 10);
    take(40, 10);  // 10 to 40 are missing
    take(20, 10);
    expect(20, 1, 0, 0);
    take(10, 10);
    expect(10, 2, 0, 0);
    take(30, 10);
    expect(0, 3, 0, 0);
    take(30, 10);
    expect(0, 3, 1, 0);
}

TEST_F(SequenceTest, CountsADuplicate) {
    take_all({1, 2, 2, 3, 4, 3, 5});
    expect(0, 0, 2, 0);
}

TEST_F(SequenceTest, CountsEveryDatagramTwiceAsDuplicates) {
    for (std::uint32_t i = 0; i < 100; ++i) take_all({i, i});
    expect(0, 0, 100, 0);
}

TEST_F(SequenceTest, BeginsAnewWithAnExporterThatDoes) {
    for (std::uint32_t i = 0; i < 40; ++i) take(i);
    for (std::uint32_t i = 0; i < 40; ++i) take(i);
    EXPECT_EQ(total_.sequence_resets, 1u);
    EXPECT_EQ(total_.sequence_lost, 0u);
    EXPECT_LE(total_.sequence_duplicates, 2u) << "until it is seen";
}

TEST_F(SequenceTest, SeesARestartByTheUptime) {
    take_at(30, 1'000'000);
    take_at(31, 1'001'000);
    take_at(0, 100);
    take_at(1, 200);
    take_at(2, 300);
    expect(0, 0, 0, 1);
}

TEST_F(SequenceTest, TakesTheWrapOfTheUptimeForNoRestart) {
    take_at(1, 0xfffffff0);
    take_at(2, 100);
    take_at(4, 200);
    expect(1, 0, 0, 0);
}

/// Ten a second; some come again, in a row, from so far behind.
TEST_F(SequenceTest, CopiesInARowAreNoNewPlaceWhereTheUptimeTells) {
    struct Case {
        std::uint32_t copies, behind;
    };
    for (const auto& [copies, behind] : {Case{3, 7}, Case{10, 12}, Case{2, 90}, Case{20, 90}}) {
        sequence_ = {};
        total_ = {};
        for (std::uint32_t i = 0; i < 10'000; ++i) {
            take_at(i, i * 100);
            if (i % 1'000 != 999) continue;
            for (std::uint32_t j = i - behind; j < i - behind + copies; ++j) take_at(j, j * 100);
        }
        expect(0, 0, 10 * copies, 0);
    }
}

TEST_F(SequenceTest, WhoBeginsAnewAfterAFewSecondsIsFollowed) {
    for (std::uint32_t i = 0; i < 40; ++i) take_at(i, 1'000 + i * 100);
    for (std::uint32_t i = 0; i < 40; ++i) take_at(i, i * 100);
    EXPECT_EQ(total_.sequence_resets, 1U);
    EXPECT_EQ(total_.sequence_lost, 0U);
    EXPECT_LE(total_.sequence_duplicates, 2U);
}

TEST_F(SequenceTest, NumbersThatBeginAnewWithoutTheUptimeAreFollowed) {
    for (std::uint32_t i = 0; i < 100; ++i) take_at(i % 40, i * 100);
    EXPECT_EQ(total_.sequence_resets, 2U);
    EXPECT_EQ(total_.sequence_lost, 0U);
}

TEST_F(SequenceTest, FollowsAJumpBackOnlyWhenItGoesOn) {
    take_all({100'000, 100'001, 5, 100'002, 100'003});
    expect(0, 0, 0, 0);
    take_all({5, 6, 7, 8});
    expect(0, 0, 0, 1);
}

TEST_F(SequenceTest, CountsALargeLossWhenItGoesOn) {
    take_all({1, 2, 1003, 1004, 1005});
    expect(1000, 0, 0, 0);
}

TEST_F(SequenceTest, CountsTheLossInsideALargeLoss) {
    take_all({1, 2, 1003, 1006, 1007});
    expect(1002, 0, 0, 0);
}

TEST_F(SequenceTest, TakesAHugeJumpForARestart) {
    take_all({1, 2, 0x10000000, 0x10000001, 0x10000002});
    expect(0, 0, 0, 1);
}

TEST_F(SequenceTest, IsNotMovedByOneSpoofedNumber) {
    for (std::uint32_t i = 0; i < 1000; ++i) {
        take(i);
        if (i % 10 == 0) take(0x40000000 + i * 7919);
    }
    expect(0, 0, 0, 0);
}

TEST_F(SequenceTest, AgreesInTheEndWithAnExporterThatJumpsAlways) {
    for (std::uint32_t i = 0; i < 100; ++i) take(i * 100'000);
    EXPECT_LE(total_.sequence_resets, 50u);
    EXPECT_EQ(total_.sequence_lost, 0u);
}

TEST_F(SequenceTest, SaysNothingBehindAnUnknownNumberOfUnits) {
    take(100, 10);
    sequence_.take({.number = 112, .units = 3, .units_known = false}, total_);
    expect(2, 0, 0, 0);
    take(150, 10);
    expect(2, 0, 0, 0);
    take(161, 10);
    expect(3, 0, 0, 0);
}

// Any order inside of the window, any duplicates: what is counted is what is missing.
TEST_F(SequenceTest, CountsWhatIsMissingWhateverTheOrder) {
    std::mt19937 random{11};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> sent;  // place, number
    std::uint64_t missing = 0;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        if (i > 0 && i < 19'990 && random() % 200 == 0) {
            ++missing;
        } else {
            sent.emplace_back(i + (random() % 100 == 0 ? random() % 8 : 0), i);
        }
    }
    std::stable_sort(sent.begin(), sent.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [place, number] : sent) take(number);
    EXPECT_EQ(total_.sequence_lost, missing);
    EXPECT_EQ(total_.sequence_duplicates, 0u);
    EXPECT_EQ(total_.sequence_resets, 0u);
}

TEST_F(SequenceTest, NeverGivesBackMoreThanWasLost) {
    std::mt19937 random{12};
    for (int i = 0; i < 200'000; ++i) {
        const auto anywhere = static_cast<std::uint32_t>(random());
        const auto near = static_cast<std::uint32_t>(i + 75 - random() % 150);
        sequence_.take({.number = random() % 20 == 0 ? anywhere : near,
                        .units = static_cast<std::uint32_t>(random() % 5),
                        .units_known = random() % 50 != 0,
                        .has_uptime = random() % 2 == 0,
                        .uptime_ms = static_cast<std::uint32_t>(random())},
                       total_);
        ASSERT_EQ(sequence_.lost(), total_.sequence_lost);
        ASSERT_LT(total_.sequence_lost, std::uint64_t{1} << 40) << "below nothing";
    }
}

}  // namespace
}  // namespace flow

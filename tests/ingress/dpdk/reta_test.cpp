// SPDX-License-Identifier: BSD-3-Clause
// Which entries of the redirection table are worth rewriting.
#include "ingress/dpdk/reta.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flowd::dpdk {
namespace {

using Changes = std::vector<RetaChange>;

/// Four entries, two workers, a queue each.
constexpr std::array<std::uint16_t, 4> reta{0, 1, 0, 1};
constexpr std::array<std::uint16_t, 2> own_queue{0, 1};
constexpr RetaRules rules{.datagrams_min = 100, .majority_percent = 66, .changes_max = 2};

TEST(RetaPlan, EntriesGoToWhereTheirDatagramsBelong) {
    const std::array<std::uint64_t, 8> owned{0, 500, 0, 500, 900, 100, 700, 0};
    EXPECT_EQ(plan_reta(reta, owned, 2, own_queue, rules), (Changes{{3, 0}, {0, 1}}));
}

TEST(RetaPlan, WhatIsRightStays) {
    const std::array<std::uint64_t, 8> owned{500, 0, 0, 500, 500, 0, 0, 500};
    EXPECT_EQ(plan_reta(reta, owned, 2, own_queue, rules), Changes{});
}

TEST(RetaPlan, APlannedTableNeedsNoSecondPlan) {
    const std::array<std::uint64_t, 8> owned{0, 500, 0, 500, 900, 100, 700, 0};
    auto changed = reta;
    for (const auto& [entry, queue] : plan_reta(reta, owned, 2, own_queue, rules)) {
        changed[entry] = queue;
    }
    EXPECT_EQ(plan_reta(changed, owned, 2, own_queue, rules), Changes{});
}

TEST(RetaPlan, FewDatagramsOrNoMajorityChangeNothing) {
    const std::array<std::uint64_t, 8> few{0, 99, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(plan_reta(reta, few, 2, own_queue, rules), Changes{});
    const std::array<std::uint64_t, 8> just_enough{0, 100, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(plan_reta(reta, just_enough, 2, own_queue, rules), (Changes{{0, 1}}));
    const std::array<std::uint64_t, 8> split{350, 650, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(plan_reta(reta, split, 2, own_queue, rules), Changes{});
}

TEST(RetaPlan, TheMostMisdirectedComeFirstAndOnlySome) {
    const std::array<std::uint64_t, 8> owned{0, 300, 400, 0, 0, 500, 200, 0};
    EXPECT_EQ(plan_reta(reta, owned, 2, own_queue, rules), (Changes{{2, 1}, {1, 0}}));
}

TEST(RetaPlan, AnyQueueOfTheOwnerWillDoAndTheEmptiestIsTaken) {
    constexpr std::array<std::uint16_t, 4> worker_of_queue{0, 1, 0, 1};
    constexpr std::array<std::uint16_t, 4> table{2, 1, 1, 0};
    const std::array<std::uint64_t, 8> owned{900, 0, 0, 900, 0, 900, 0, 900};
    // Entry 0 is in queue 2, which worker 0 polls; entry 3 goes to queue 3, which has none.
    EXPECT_EQ(plan_reta(table, owned, 2, worker_of_queue, rules), (Changes{{3, 3}}));
}

TEST(RetaPlan, AWorkerWithoutQueueGetsNothing) {
    constexpr std::array<std::uint16_t, 2> first_only{0, 0};
    const std::array<std::uint64_t, 8> owned{0, 500, 0, 500, 0, 500, 0, 500};
    EXPECT_EQ(plan_reta(reta, owned, 2, first_only, rules), Changes{});
    EXPECT_EQ(plan_reta(reta, {}, 0, first_only, rules), Changes{});
    EXPECT_EQ(plan_reta({}, owned, 2, first_only, rules), Changes{});
}

TEST(RetaPlan, AnEntryIsTheLowBitsOfTheHash) {
    EXPECT_EQ(reta_entry(0x323e8fc2, 128), 0x42U);
    EXPECT_EQ(reta_entry(0x323e8fc2, 512), 0x1c2U);
}

}  // namespace
}  // namespace flowd::dpdk

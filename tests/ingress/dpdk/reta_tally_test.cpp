// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/reta_tally.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace flowd::dpdk {
namespace {

TEST(RetaTally, CountsByEntryAndOwnerWhoeverReceived) {
    RetaTally tally{128, 2};
    tally.add(0, 5, 1);
    tally.add(1, 128 + 5, 1);
    tally.add(1, 7, 0);
    std::vector<std::uint32_t> sums(tally.size());
    tally.read(sums);
    EXPECT_EQ(sums[5 * 2 + 1], 2U);
    EXPECT_EQ(sums[7 * 2 + 0], 1U);
    EXPECT_EQ(std::count(sums.begin(), sums.end(), 0U), 254);
}

TEST(RetaTally, ItsSumsMakeAPlan) {
    RetaTally tally{4, 2};
    for (int i = 0; i < 3000; ++i) tally.add(0, 2, 1);  // all of entry 2 belongs to worker 1
    std::vector<std::uint32_t> sums(tally.size());
    tally.read(sums);
    const std::vector<std::uint64_t> owned{sums.begin(), sums.end()};
    const std::vector<std::uint16_t> reta(4, 0);
    const std::vector<std::uint16_t> worker_of_queue{0, 1};
    EXPECT_EQ(plan_reta(reta, owned, 2, worker_of_queue), (std::vector<RetaChange>{{2, 1}}));
}

}  // namespace
}  // namespace flowd::dpdk

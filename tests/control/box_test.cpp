// SPDX-License-Identifier: BSD-3-Clause
// Sums of cuts that were made at different moments.
#include "control/box.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

RxCut published(std::uint64_t first, std::uint64_t second) {
    RxCut cut;
    for (const std::uint64_t count : {first, second}) {
        cut.lanes.push_back({.offered = count, .published = count});
        cut.pipeline.flows += count;
    }
    return cut;
}

TxCut delivered(std::uint64_t count, TransportState state = TransportState::up) {
    TxCut cut;
    cut.taken = cut.delivered = count;
    cut.state = state;
    return cut;
}

class BoxTest : public testing::Test {
protected:
    /// An observation a second.
    const Observation& observe() {
        clock_.tick(now_ns_ += 1'000'000'000);
        box_.write(observation_, clock_);
        EXPECT_EQ(observation_.flow_imbalance, 0U);
        EXPECT_GE(observation_.box.in_ring, 0);
        return observation_;
    }

    // Two RX workers, two outputs, of which the first has two TX workers.
    Box box_{{{"fast", "file"}, {"slow", "kafka"}}, {-1, -1}, {0, 0, 1}};
    Observation observation_;
    RateClock clock_;
    std::uint64_t now_ns_ = 0;
};

TEST_F(BoxTest, WhatIsPublishedAndNotTakenIsInARing) {
    box_.take_tx(0, delivered(3));
    box_.take_tx(1, delivered(4));
    box_.take_tx(2, delivered(1));
    box_.take_rx(0, published(5, 5));
    box_.take_rx(1, published(5, 5));
    const Observation& seen = observe();
    EXPECT_EQ(seen.transports[0].in_ring, 3);
    EXPECT_EQ(seen.transports[1].in_ring, 9);
    EXPECT_EQ(seen.box.in_ring, 12);
    EXPECT_EQ(seen.box.delivered, 8U);
}

/// One RX worker has published more than its last cut says, and TX workers have taken it.
TEST_F(BoxTest, TxWorkersWaitForTheCutOfAnRxWorkerThatDoesNotAnswer) {
    box_.take_rx(0, published(5, 5));
    box_.take_rx(1, published(5, 5));
    for (std::size_t i = 0; i < 3; ++i) box_.take_tx(i, delivered(2));
    observe();
    box_.take_tx(0, delivered(9));
    box_.take_tx(1, delivered(9));
    box_.take_tx(2, delivered(8, TransportState::dropping));
    const Observation& seen = observe();
    EXPECT_EQ(seen.transports[0].in_ring, 6) << "as in the observation before";
    EXPECT_EQ(seen.transports[0].delivered, 4U);
    EXPECT_EQ(seen.transports[1].in_ring, 2) << "is not ahead";
    EXPECT_EQ(seen.transports[1].state, "dropping");
    EXPECT_EQ(seen.box.delivered, 12U);
    box_.take_rx(1, published(15, 5));
    EXPECT_EQ(observe().transports[0].in_ring, 2);
    EXPECT_EQ(seen.box.delivered, 26U);
}

TEST_F(BoxTest, AStateIsSaidWhateverTheCounts) {
    box_.take_tx(0, delivered(1, TransportState::dropping));
    EXPECT_EQ(observe().transports[0].state, "dropping");
    EXPECT_EQ(observation_.transports[0].delivered, 0U) << "of what nobody has published yet";
}

}  // namespace
}  // namespace flowd

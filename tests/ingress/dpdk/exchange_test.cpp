// SPDX-License-Identifier: BSD-3-Clause
// Frames between workers: rings that are full, moves that hold frames back, and that nothing is
// leaked. With the EAL, in children.
#include "ingress/dpdk/exchange.hpp"

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <vector>

#include "child.hpp"
#include "ingress/dpdk/eal.hpp"

namespace flowd::dpdk {
namespace {

using test::in_a_child;

constexpr std::uint32_t ring_size = 63;
constexpr ShardPlace somewhere{.source_bucket = 7, .bucket = 7};
constexpr ShardPlace elsewhere{.source_bucket = 8, .bucket = 8};

/// Two workers and a pool that shows what is not given back.
struct Pair {
    Pair()
        : eal{std::move(*Eal::start(
              {.arguments = {}, .hugepages = Hugepages::off, .memory_mb = 64, .replay = true}))},
          pool{rte_pktmbuf_pool_create("exchange", 8191, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0)},
          lanes{std::move(*Lanes::create(2, ring_size))} {}
    ~Pair() {
        lanes.reset();
        EXPECT_EQ(rte_mempool_in_use_count(pool), 0U) << "frames were leaked";
        rte_mempool_free(pool);
    }

    [[nodiscard]] rte_mbuf* frame() const { return rte_pktmbuf_alloc(pool); }
    [[nodiscard]] std::vector<rte_mbuf*> take(Exchange& exchange, std::size_t room = 64) const {
        std::vector<rte_mbuf*> frames(room);
        frames.resize(exchange.take(frames));
        return frames;
    }
    static void free(const std::vector<rte_mbuf*>& frames) {
        for (rte_mbuf* each : frames) rte_pktmbuf_free(each);
    }

    std::unique_ptr<Eal> eal;
    rte_mempool* pool;
    std::unique_ptr<Lanes> lanes;
    ShardTable table{2, 1};
};

TEST(Exchange, FramesCrossInTheirOrder) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        Exchange second{pair.table, *pair.lanes, 1};
        std::vector<rte_mbuf*> sent;
        for (int i = 0; i < 40; ++i) {
            sent.push_back(pair.frame());
            ASSERT_TRUE(first.stage(sent.back(), 1));
        }
        EXPECT_TRUE(pair.take(second).empty()) << "not yet flushed";
        EXPECT_TRUE(first.blocked());
        EXPECT_EQ(first.flush(), 0U);
        EXPECT_FALSE(first.blocked());
        const auto taken = pair.take(second);
        EXPECT_EQ(taken, sent);
        EXPECT_TRUE(second.empty());
        Pair::free(taken);
    });
}

TEST(Exchange, AFullRingDropsUnlessAnExporterMoves) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        Exchange second{pair.table, *pair.lanes, 1};
        for (std::uint32_t i = 0; i < ring_size + 5; ++i) ASSERT_TRUE(first.stage(pair.frame(), 1));
        EXPECT_EQ(first.flush(), 5U) << "dropped, and given back";
        EXPECT_FALSE(first.blocked());

        pair.table.set_waiting_for_rings(true);
        ASSERT_TRUE(first.stage(pair.frame(), 1));
        EXPECT_EQ(first.flush(), 0U);
        EXPECT_TRUE(first.blocked()) << "waits for room";
        Pair::free(pair.take(second));
        EXPECT_EQ(first.flush(), 0U);
        EXPECT_FALSE(first.blocked());
        EXPECT_EQ(rte_ring_count(&pair.lanes->ring(0, 1)), 1U);
    });
}

TEST(Exchange, MoreThanCanBeStagedIsTheCallers) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        for (std::size_t i = 0; i < Exchange::staged_max; ++i) {
            ASSERT_TRUE(first.stage(pair.frame(), 1));
        }
        rte_mbuf* const frame = pair.frame();
        EXPECT_FALSE(first.stage(frame, 1));
        rte_pktmbuf_free(frame);
    });
}

TEST(Exchange, AnEpochIsSeenOnceAllBeforeItIsInTheRings) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        Exchange second{pair.table, *pair.lanes, 1};
        second.begin();
        ASSERT_TRUE(first.stage(pair.frame(), 1));
        const std::uint32_t epoch = pair.table.publish();
        first.begin();
        second.begin();
        EXPECT_FALSE(pair.table.all_saw(epoch));
        EXPECT_EQ(first.flush(), 0U);
        first.begin();
        EXPECT_TRUE(pair.table.all_saw(epoch));
    });
}

TEST(Exchange, WhatWasThereAtTheMarkHasPassedWhenItIsTaken) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        Exchange second{pair.table, *pair.lanes, 1};
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(first.stage(pair.frame(), 1));
        EXPECT_EQ(first.flush(), 0U);
        second.mark();
        EXPECT_FALSE(second.passed());
        ASSERT_TRUE(first.stage(pair.frame(), 1));
        EXPECT_EQ(first.flush(), 0U);
        Pair::free(pair.take(second, 2));
        EXPECT_FALSE(second.passed());
        Pair::free(pair.take(second, 1));
        EXPECT_TRUE(second.passed()) << "the fourth came later";
    });
}

TEST(Exchange, HeldFramesComeInTheirOrderAndBeforeNewOnes) {
    in_a_child([] {
        Pair pair;
        Exchange exchange{pair.table, *pair.lanes, 0};
        EXPECT_FALSE(exchange.holds(somewhere));
        exchange.hold({ShardMove::Kind::bucket, 7});
        EXPECT_TRUE(exchange.holds(somewhere));
        EXPECT_FALSE(exchange.holds(elsewhere));
        EXPECT_FALSE(exchange.holds({.source_bucket = 7, .bucket = 7, .dealt = true}));
        std::vector<rte_mbuf*> kept;
        for (int i = 0; i < 3; ++i) {
            kept.push_back(pair.frame());
            exchange.keep(kept.back());
        }
        EXPECT_EQ(exchange.next_released(), nullptr);
        exchange.let_go();
        EXPECT_TRUE(exchange.holds(somewhere)) << "those that come now are behind the held ones";
        EXPECT_EQ(exchange.next_released(), kept[0]);
        EXPECT_EQ(exchange.next_released(), kept[1]);
        EXPECT_TRUE(exchange.holding());
        EXPECT_EQ(exchange.next_released(), kept[2]);
        EXPECT_FALSE(exchange.holding());
        EXPECT_FALSE(exchange.holds(somewhere));
        Pair::free(kept);
    });
}

TEST(Exchange, TooManyHeldFramesBlockWhatComesIn) {
    in_a_child([] {
        Pair pair;
        Exchange first{pair.table, *pair.lanes, 0};
        Exchange second{pair.table, *pair.lanes, 1};
        ASSERT_TRUE(first.stage(pair.frame(), 1));
        EXPECT_EQ(first.flush(), 0U);
        second.hold({ShardMove::Kind::bucket, 7});
        while (!second.blocked()) second.keep(pair.frame());
        EXPECT_TRUE(pair.take(second).empty()) << "no room for more";
        EXPECT_FALSE(second.empty());
    });
}

}  // namespace
}  // namespace flowd::dpdk

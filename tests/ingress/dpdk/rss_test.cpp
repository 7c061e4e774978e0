// SPDX-License-Identifier: BSD-3-Clause
// RSS and its table on a started port: net_null, which takes both and hashes nothing.
#include "ingress/dpdk/rss.hpp"

#include <gtest/gtest.h>
#include <rte_ethdev.h>

#include <array>
#include <iostream>

#include "child.hpp"
#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/port.hpp"
#include "ingress/dpdk/reta.hpp"

namespace flowd::dpdk {
namespace {

/// A started port with four queues, as if `driver` drove it.
class Rss : public testing::Test {
protected:
    void start(std::string_view driver, std::uint8_t key_size = 0) {
        auto eal = Eal::start(
            {.arguments = {"--no-pci", "--vdev", "net_null0"}, .hugepages = Hugepages::off});
        ASSERT_TRUE(eal) << eal.error().sentence;
        eal_ = std::move(*eal);
        rte_eth_dev_info info{};
        ASSERT_EQ(rte_eth_dev_info_get(0, &info), 0);
        choice_ = choose_rss(driver, info);
        // net_null names no size and takes 40 bytes.
        choice_.key_size = key_size;
        rte_eth_conf config{};
        ask_for_rss(config, choice_);
        ASSERT_EQ(rte_eth_dev_configure(0, 4, 1, &config), 0);
        rte_mempool* pool = rte_pktmbuf_pool_create("pool", 1023, 0, 0, 256, SOCKET_ID_ANY);
        ASSERT_NE(pool, nullptr);
        for (std::uint16_t queue = 0; queue < 4; ++queue) {
            ASSERT_EQ(rte_eth_rx_queue_setup(0, queue, 64, 0, nullptr, pool), 0);
        }
        ASSERT_EQ(rte_eth_tx_queue_setup(0, 0, 64, 0, nullptr), 0);
        ASSERT_EQ(rte_eth_dev_start(0), 0);
    }

    std::unique_ptr<Eal> eal_;
    RssChoice choice_;
};

TEST_F(Rss, WhatIsAskedIsReadBack) {
    test::in_a_child([this] {
        start("net_ixgbe");
        EXPECT_EQ(choice_.method, RssMethod::hash_types);
        const RssOutcome outcome = settle_rss(0, choice_, "net_null0");
        EXPECT_TRUE(outcome.spreads_by_address) << outcome.line;
        EXPECT_FALSE(outcome.surprises) << outcome.line;
        EXPECT_NE(outcome.line.find("RSS on source and destination addresses (net_ixgbe)"),
                  std::string::npos)
            << outcome.line;
        std::cout << outcome.line << "\n";
    });
}

TEST_F(Rss, TheKeyIsReadBackToo) {
    test::in_a_child([this] {
        start("net_ixgbe", 40);
        EXPECT_FALSE(settle_rss(0, choice_, "net_null0").key_taken);
        rte_eth_rss_conf ours{};
        ours.rss_hf = choice_.hash_types;
        std::array<std::uint8_t, 52> key = rss_key();
        ours.rss_key = key.data();
        ours.rss_key_len = 40;
        ASSERT_EQ(rte_eth_dev_rss_hash_update(0, &ours), 0);
        const RssOutcome outcome = settle_rss(0, choice_, "net_null0");
        EXPECT_TRUE(outcome.key_taken);
        EXPECT_NE(outcome.line.find("key 16a095a6... of 40 bytes"), std::string::npos)
            << outcome.line;
    });
}

TEST_F(Rss, RulesThatAreRefusedAreSaid) {
    test::in_a_child([this] {
        start("net_i40e");
        ASSERT_EQ(choice_.method, RssMethod::flow_rules);
        const RssOutcome outcome = settle_rss(0, choice_, "net_null0");
        EXPECT_FALSE(outcome.spreads_by_address);
        EXPECT_TRUE(outcome.surprises);
        EXPECT_NE(outcome.line.find("the rule for UDP over IPv4 is refused"), std::string::npos)
            << outcome.line;
        std::cout << outcome.line << "\n";
    });
}

TEST_F(Rss, HashedPortsAreNoticed) {
    test::in_a_child([this] {
        start("net_ixgbe");
        rte_eth_rss_conf other{};
        other.rss_hf = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP;
        ASSERT_EQ(rte_eth_dev_rss_hash_update(0, &other), 0);
        const RssOutcome outcome = settle_rss(0, choice_, "net_null0");
        EXPECT_FALSE(outcome.spreads_by_address);
        EXPECT_TRUE(outcome.surprises);
    });
}

TEST_F(Rss, WithoutAHashTheWorkersShard) {
    test::in_a_child([this] {
        start("net_null");
        const RssOutcome outcome = settle_rss(0, choice_, "net_null0");
        EXPECT_FALSE(outcome.spreads_by_address);
        EXPECT_FALSE(outcome.surprises);
        EXPECT_NE(outcome.line.find("software sharding"), std::string::npos);
    });
}

TEST_F(Rss, TheTableIsReadAndRewritten) {
    test::in_a_child([this] {
        start("net_ixgbe");
        const auto before = read_reta(0);
        ASSERT_TRUE(before) << before.error().sentence;
        ASSERT_EQ(before->size(), choice_.reta_size);
        const auto last = static_cast<std::uint16_t>(before->size() - 1);
        const std::vector<RetaChange> changes{{1, 3}, {last, 2}};
        ASSERT_FALSE(failed(write_reta(0, changes, before->size())));
        auto expected = *before;
        expected[1] = 3;
        expected[last] = 2;
        const auto after = read_reta(0);
        ASSERT_TRUE(after) << after.error().sentence;
        EXPECT_EQ(*after, expected);

        const std::vector<RetaChange> beyond{{static_cast<std::uint16_t>(last + 1), 0}};
        EXPECT_TRUE(failed(write_reta(0, beyond, before->size())));
        EXPECT_TRUE(failed(write_reta(7, changes, before->size())));
        EXPECT_FALSE(read_reta(7));
    });
}

}  // namespace
}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// What is asked of each driver, from made-up descriptions of its devices.
#include "ingress/dpdk/rss_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ingress/dpdk/rss.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t everything = RTE_ETH_RSS_PROTO_MASK | RTE_ETH_RSS_L3_SRC_ONLY;
constexpr std::uint64_t ip = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6;
constexpr std::uint64_t any_udp = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP |
                                  RTE_ETH_RSS_IPV6_UDP_EX | RTE_ETH_RSS_PORT;

rte_eth_dev_info device(std::uint64_t offers, std::uint8_t key_size = 40) {
    rte_eth_dev_info info{};
    info.flow_type_rss_offloads = offers;
    info.hash_key_size = key_size;
    info.reta_size = 128;
    return info;
}

TEST(RssTable, EveryDriverHasOneRowAndASentence) {
    std::set<std::string_view> drivers;
    for (const RssRow& row : rss_rows()) {
        EXPECT_TRUE(drivers.insert(row.driver).second) << row.driver;
        EXPECT_FALSE(row.expectation.empty()) << row.driver;
        EXPECT_EQ(row.method == RssMethod::flow_rules, !row.rules.empty()) << row.driver;
        EXPECT_EQ(row.method == RssMethod::none, row.hash_types == 0) << row.driver;
        EXPECT_LE(row.key_size, rss_key().size()) << row.driver;
        // Each driver that a row names is found by that row, not by one before it.
        std::string name{row.driver};
        if (name.ends_with('*')) name.back() = 'x';
        EXPECT_EQ(rss_row(name).driver, row.driver);
    }
    EXPECT_EQ(rss_row("net_ixgbe_vf").driver, "net_ixgbe*");
    EXPECT_EQ(rss_row("mlx5_pci").driver, "mlx5_*");
    EXPECT_EQ(rss_row("net_virtio_user").method, RssMethod::none);
    EXPECT_EQ(rss_row("net_never_heard_of").driver, "*");
}

TEST(RssTable, OnlyRowsWithRulesMayAskForPorts) {
    for (const RssRow& row : rss_rows()) {
        if (row.method == RssMethod::flow_rules) {
            for (const RssRule& rule : row.rules) {
                EXPECT_NE(rule.types & RTE_ETH_RSS_L3_SRC_ONLY, 0U) << row.driver;
            }
        } else {
            EXPECT_EQ(row.hash_types & any_udp, 0U) << row.driver;
        }
    }
}

TEST(RssTable, NothingIsAskedThatIsNotOffered) {
    for (const RssRow& row : rss_rows()) {
        for (const std::uint64_t offers : {everything, ip, std::uint64_t{RTE_ETH_RSS_IPV4}}) {
            const RssChoice choice = choose_rss(row.driver, device(offers));
            EXPECT_EQ(choice.hash_types & ~offers, 0U) << row.driver;
        }
        EXPECT_EQ(choose_rss(row.driver, device(0)).method, RssMethod::none) << row.driver;
    }
    // Ports only, as ena: never all exporters' ports into the hash.
    EXPECT_EQ(choose_rss("net_unknown", device(any_udp)).method, RssMethod::none);
}

TEST(RssTable, DriversGetWhatTheyNeed) {
    EXPECT_EQ(choose_rss("net_ixgbe", device(everything)).hash_types, ip | RTE_ETH_RSS_IPV6_EX);
    // The type for fragments adds the packet's identification there.
    EXPECT_EQ(choose_rss("net_ice", device(everything)).hash_types, ip);
    EXPECT_NE(choose_rss("mlx5_pci", device(everything)).hash_types & RTE_ETH_RSS_L3_SRC_ONLY, 0U);
    EXPECT_EQ(choose_rss("net_vmxnet3", device(everything)).hash_types & RTE_ETH_RSS_TCP,
              RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP);
    EXPECT_FALSE(choose_rss("net_vmxnet3", device(everything)).reta_changes);
    EXPECT_EQ(choose_rss("net_ena", device(everything)).method, RssMethod::none);

    // Plain UDP has no hash on i40e unless asked for, and rules take the ports out again.
    const RssChoice i40e = choose_rss("net_i40e", device(everything, 52));
    EXPECT_EQ(i40e.method, RssMethod::flow_rules);
    EXPECT_EQ(i40e.rules.size(), 4U);
    EXPECT_EQ(i40e.hash_types & ip, 0U);
    EXPECT_EQ(i40e.key_size, 52);
}

TEST(RssTable, TheConfigurationFollowsTheChoice) {
    rte_eth_dev_info info = device(everything);
    info.rx_offload_capa = RTE_ETH_RX_OFFLOAD_RSS_HASH;
    rte_eth_conf config{};
    ask_for_rss(config, choose_rss("net_ixgbe", info));
    EXPECT_EQ(config.rxmode.mq_mode, RTE_ETH_MQ_RX_RSS);
    EXPECT_EQ(config.rxmode.offloads, RTE_ETH_RX_OFFLOAD_RSS_HASH);
    EXPECT_EQ(config.rx_adv_conf.rss_conf.rss_key_len, 40);
    ASSERT_NE(config.rx_adv_conf.rss_conf.rss_key, nullptr);
    EXPECT_TRUE(
        std::equal(rss_key().begin(), rss_key().end(), config.rx_adv_conf.rss_conf.rss_key));

    // A key longer than ours, or of unknown length, stays the driver's.
    for (const std::uint8_t size : {std::uint8_t{0}, std::uint8_t{64}}) {
        rte_eth_conf plain{};
        ask_for_rss(plain, choose_rss("net_ixgbe", device(everything, size)));
        EXPECT_EQ(plain.rx_adv_conf.rss_conf.rss_key, nullptr);
    }
    rte_eth_conf none{};
    ask_for_rss(none, choose_rss("net_af_packet", info));
    EXPECT_EQ(none.rxmode.mq_mode, RTE_ETH_MQ_RX_NONE);
    EXPECT_EQ(none.rx_adv_conf.rss_conf.rss_hf, 0U);
}

}  // namespace
}  // namespace flowd::dpdk

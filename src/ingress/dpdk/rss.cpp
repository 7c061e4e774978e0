// SPDX-License-Identifier: BSD-3-Clause
// Choosing and verifying the RSS hash of a port.
#include "ingress/dpdk/rss.hpp"

#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t whole_ip = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6;

}  // namespace

std::uint64_t address_hash(std::uint64_t offered) noexcept {
    constexpr std::uint64_t addresses = whole_ip | RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_FRAG_IPV6 |
                                        RTE_ETH_RSS_NONFRAG_IPV4_OTHER |
                                        RTE_ETH_RSS_NONFRAG_IPV6_OTHER | RTE_ETH_RSS_IPV6_EX;
    // Without the types for all of IP (i40e), the rest never hashes plain UDP.
    return (offered & whole_ip) != 0 ? offered & addresses : 0;
}

void ask_for_rss(rte_eth_conf& config, std::uint64_t offered) noexcept {
    const std::uint64_t hash = address_hash(offered);
    if (hash == 0) return;
    config.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    config.rx_adv_conf.rss_conf.rss_hf = hash;
}

void log_rss(std::uint16_t port_id, const std::string& name) {
    rte_eth_dev_info info{};
    rte_eth_rss_conf set{};
    const bool asked =
        rte_eth_dev_info_get(port_id, &info) == 0 && address_hash(info.flow_type_rss_offloads) != 0;
    if (!asked) {
        log::info("dpdk: port " + name +
                  " has no RSS on addresses alone: its sender or driver chooses the queue");
    } else if (rte_eth_dev_rss_hash_conf_get(port_id, &set) != 0) {
        log::info("dpdk: port " + name + " was asked for RSS on addresses and does not tell");
    } else if (set.rss_hf != address_hash(info.flow_type_rss_offloads)) {
        log::warn("dpdk: port " + name + " was asked for RSS on addresses but hashes otherwise");
    } else {
        log::info("dpdk: port " + name + " is set to spread exporters by RSS on addresses");
    }
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Asking a port for the RSS that the table chose, and checking that it was accepted.
#include "ingress/dpdk/rss.hpp"

#include <rte_flow.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "ingress/dpdk/eal.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t hashes_ports = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP |
                                       RTE_ETH_RSS_IPV6_UDP_EX | RTE_ETH_RSS_PORT;
constexpr std::uint64_t modifiers = RTE_ETH_RSS_L3_SRC_ONLY;

struct PatternText {
    const char* text;
    std::array<rte_flow_item_type, 3> items;
};

PatternText pattern_of(RssPattern pattern) noexcept {
    constexpr auto end = RTE_FLOW_ITEM_TYPE_END;
    switch (pattern) {
        case RssPattern::ipv4: return {"IPv4", {RTE_FLOW_ITEM_TYPE_IPV4, end, end}};
        case RssPattern::ipv4_udp:
            return {"UDP over IPv4", {RTE_FLOW_ITEM_TYPE_IPV4, RTE_FLOW_ITEM_TYPE_UDP, end}};
        case RssPattern::ipv6: return {"IPv6", {RTE_FLOW_ITEM_TYPE_IPV6, end, end}};
        case RssPattern::ipv6_udp: break;
    }
    return {"UDP over IPv6", {RTE_FLOW_ITEM_TYPE_IPV6, RTE_FLOW_ITEM_TYPE_UDP, end}};
}

/// Empty, or why the driver does not take the rule.
std::string install(std::uint16_t port_id, const RssRule& rule) {
    const PatternText pattern = pattern_of(rule.pattern);
    std::array<rte_flow_item, 4> items{};
    items[0].type = RTE_FLOW_ITEM_TYPE_ETH;
    for (std::size_t i = 0; i < pattern.items.size(); ++i) items[i + 1].type = pattern.items[i];
    // Intel's drivers refuse a rule that names queues or a key beside a pattern.
    rte_flow_action_rss rss{};
    rss.types = rule.types;
    std::array<rte_flow_action, 2> actions{};
    actions[0] = {.type = RTE_FLOW_ACTION_TYPE_RSS, .conf = &rss};
    actions[1].type = RTE_FLOW_ACTION_TYPE_END;
    rte_flow_attr attributes{};
    attributes.ingress = 1;
    rte_flow_error error{};
    if (rte_flow_create(port_id, &attributes, items.data(), actions.data(), &error) != nullptr) {
        return {};
    }
    return std::string{"the rule for "} + pattern.text +
           " is refused: " + (error.message != nullptr ? error.message : "no reason given");
}

std::string key_text(const RssChoice& choice, bool taken) {
    if (!taken) return "key of the driver";
    std::array<char, 16> text{};
    const auto& key = rss_key();
    std::snprintf(text.data(), text.size(), "%02x%02x%02x%02x", key[0], key[1], key[2], key[3]);
    return std::string{"key "} + text.data() + "... of " + std::to_string(choice.key_size) +
           " bytes";
}

RssOutcome surprise(const std::string& name, const std::string& what) {
    return {.surprises = true,
            .line = "dpdk: port " + name + ": " + what + ": software sharding spreads exporters"};
}

}  // namespace

void ask_for_rss(rte_eth_conf& config, const RssChoice& choice) noexcept {
    if (choice.method == RssMethod::none) return;
    config.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    auto& rss = config.rx_adv_conf.rss_conf;
    rss.rss_hf = choice.hash_types;
    if (choice.delivers_hash) config.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
    if (choice.key_size == 0) return;
    // ethdev keeps the pointer, and it is not to constant memory: a driver might write there.
    static std::array<std::uint8_t, 52> given = rss_key();
    rss.rss_key = given.data();
    rss.rss_key_len = choice.key_size;
}

RssOutcome settle_rss(std::uint16_t port_id, const RssChoice& choice, const std::string& name) {
    if (choice.method == RssMethod::none) {
        return {.line = "dpdk: port " + name +
                        ": its driver cannot hash addresses alone: one queue and software "
                        "sharding"};
    }
    for (const RssRule& rule : choice.rules) {
        if (const std::string why = install(port_id, rule); !why.empty()) {
            return surprise(name, why);
        }
    }
    RssOutcome outcome{.spreads_by_address = true};
    std::array<std::uint8_t, 256> key{};
    rte_eth_rss_conf set{};
    set.rss_key = key.data();
    set.rss_key_len =
        choice.key_size != 0 ? choice.key_size : static_cast<std::uint8_t>(key.size() - 1);
    const bool tells = rte_eth_dev_rss_hash_conf_get(port_id, &set) == 0;
    const std::uint64_t wanted = choice.hash_types & ~modifiers;
    if (tells && choice.method == RssMethod::hash_types) {
        if ((set.rss_hf & hashes_ports) != 0) return surprise(name, "it hashes ports, unasked");
        if ((set.rss_hf & wanted) == 0) return surprise(name, "it does not hash as asked");
    }
    outcome.key_taken = tells && choice.key_size != 0 &&
                        std::equal(key.begin(), key.begin() + choice.key_size, rss_key().begin());
    const bool source_only =
        choice.method == RssMethod::flow_rules || (choice.hash_types & modifiers) != 0;
    outcome.line = "dpdk: port " + name + ": RSS on " +
                   (source_only ? "source addresses (" : "source and destination addresses (") +
                   choice.driver + (tells ? "), " : ", which does not tell), ") +
                   key_text(choice, outcome.key_taken);
    return outcome;
}

}  // namespace flowd::dpdk

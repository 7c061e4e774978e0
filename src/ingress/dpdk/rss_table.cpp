// SPDX-License-Identifier: BSD-3-Clause
// The table, from DPDK 22.11's drivers. No row has been tried on the hardware it is about, except
// those for software ports.
#include "ingress/dpdk/rss_table.hpp"

#include <algorithm>

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t ip = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6;
constexpr std::uint64_t all_ip = ip | RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_FRAG_IPV6 |
                                 RTE_ETH_RSS_NONFRAG_IPV4_OTHER | RTE_ETH_RSS_NONFRAG_IPV6_OTHER |
                                 RTE_ETH_RSS_IPV6_EX;
constexpr std::uint64_t udp = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP;
constexpr std::uint64_t tcp = RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
constexpr std::uint64_t fragments = RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_FRAG_IPV6;
constexpr std::uint64_t source = RTE_ETH_RSS_L3_SRC_ONLY;

/// i40e knows packets by type, each with its own input set: plain UDP and fragments get the same.
/// The first rule switches off what rss_hf had switched on, so that all four are needed.
constexpr std::array i40e_rules{
    RssRule{RssPattern::ipv4_udp, RTE_ETH_RSS_NONFRAG_IPV4_UDP | source},
    RssRule{RssPattern::ipv4, RTE_ETH_RSS_FRAG_IPV4 | source},
    RssRule{RssPattern::ipv6_udp, RTE_ETH_RSS_NONFRAG_IPV6_UDP | source},
    RssRule{RssPattern::ipv6, RTE_ETH_RSS_FRAG_IPV6 | source},
};
/// One rule for all of IP: a rule for UDP would add the protocol to the hash, and one for fragments
/// the packet's identification.
constexpr std::array iavf_rules{
    RssRule{RssPattern::ipv4, RTE_ETH_RSS_IPV4 | source},
    RssRule{RssPattern::ipv6, RTE_ETH_RSS_IPV6 | source},
};

using enum RssMethod;

constexpr std::string_view both = "hashes both addresses of every IP packet, fragments included";
constexpr std::string_view apart = "no hash on addresses alone: the workers shard in software";

constexpr std::array rows{
    RssRow{"net_ixgbe*", hash_types, ip | RTE_ETH_RSS_IPV6_EX, ip, {}, 40, true, true, both},
    RssRow{"net_txgbe*", hash_types, ip | RTE_ETH_RSS_IPV6_EX, ip, {}, 40, true, true, both},
    RssRow{"net_ngbe*", hash_types, ip | RTE_ETH_RSS_IPV6_EX, ip, {}, 40, true, true, both},
    RssRow{"net_e1000_igb*", hash_types, ip | RTE_ETH_RSS_IPV6_EX, ip, {}, 40, true, true, both},
    RssRow{"net_igc", hash_types, ip | RTE_ETH_RSS_IPV6_EX, ip, {}, 40, true, true, both},
    // A type for fragments would put the packet's identification into the hash.
    RssRow{"net_ice", hash_types, ip, ip, {}, 52, true, true, both},
    RssRow{"net_i40e", flow_rules, udp | fragments, udp, i40e_rules, 52, true, true,
           "hashes the source address of UDP and of fragments, by four rules; whether both kinds "
           "meet in one queue is to be seen on the hardware"},
    RssRow{"net_iavf", flow_rules, ip, ip, iavf_rules, 0, true, true,
           "hashes the source address if the physical function's driver offers advanced RSS"},
    RssRow{"mlx5_*",
           hash_types,
           all_ip | source,
           ip,
           {},
           40,
           true,
           true,
           "hashes the source address of every IP packet, fragments included"},
    RssRow{"net_mlx5*",
           hash_types,
           all_ip | source,
           ip,
           {},
           40,
           true,
           true,
           "hashes the source address of every IP packet, fragments included"},
    RssRow{"net_bnxt", hash_types, ip, ip, {}, 40, true, true, both},
    // The device insists on the types for TCP.
    RssRow{"net_vmxnet3",
           hash_types,
           ip | tcp,
           ip,
           {},
           40,
           false,
           false,
           "hashes both addresses of UDP and fragments; key and table are fixed once it runs"},
    RssRow{"net_virtio",
           hash_types,
           all_ip,
           ip,
           {},
           40,
           true,
           true,
           "hashes both addresses if the host offers RSS to its guests, as QEMU does on demand"},
    RssRow{.driver = "net_virtio_user", .expectation = apart},
    RssRow{.driver = "net_ena",
           .expectation = "hashes UDP ports too, and the device may refuse to change that: the "
                          "workers shard in software"},
    RssRow{.driver = "net_netvsc", .expectation = apart},
    RssRow{.driver = "net_gve", .expectation = apart},
    RssRow{.driver = "net_e1000_em", .expectation = "one queue: the workers shard in software"},
    RssRow{.driver = "net_null", .expectation = "makes packets without content: nothing to hash"},
    RssRow{.driver = "net_pcap",
           .expectation = "a queue is a capture file: the workers shard in software"},
    RssRow{.driver = "net_memif",
           .expectation = "the peer chooses the queue: the workers shard in software"},
    RssRow{.driver = "net_af_packet",
           .expectation = "the kernel's fan-out hashes ports: the workers shard in software"},
    RssRow{.driver = "net_af_xdp",
           .expectation = "the queue is the one the kernel's driver chose (ethtool -N ... rx-flow-"
                          "hash udp4 sd may set it): the workers shard in software"},
    RssRow{.driver = "net_tap", .expectation = apart},
    RssRow{.driver = "net_ring", .expectation = apart},
    RssRow{.driver = "net_vhost",
           .expectation = "the guest chooses the queue: the workers shard in software"},
    // As a rule a NIC hashes UDP with the types for IP where none for UDP is asked for.
    RssRow{"*",
           hash_types,
           all_ip,
           ip,
           {},
           0,
           false,
           false,
           "not known to flowd: it is asked for a hash on both addresses"},
};

/// Of 600 random keys the one that spread neighbouring sources best, IPv4 and IPv6, over 2 to 8
/// queues and tables of 128 and 512 entries; its sum of squared excess is a third of that of the
/// key most drivers have built in.
constexpr std::array<std::uint8_t, 52> key{
    0x16, 0xa0, 0x95, 0xa6, 0x08, 0xc2, 0xed, 0x27, 0x90, 0x2b, 0x6a, 0x07, 0x13,
    0x22, 0x0e, 0xae, 0x04, 0xa4, 0x11, 0x1f, 0xb7, 0xd5, 0xb3, 0x2e, 0xed, 0xb7,
    0x47, 0xa7, 0xd3, 0x5b, 0x8c, 0x42, 0x6e, 0xea, 0x01, 0x5b, 0x7d, 0x8b, 0xc9,
    0x66, 0x4a, 0xbe, 0x3f, 0xed, 0x85, 0x31, 0xbc, 0x34, 0x9f, 0x84, 0x58, 0x25};

bool names(std::string_view pattern, std::string_view driver) noexcept {
    if (!pattern.ends_with('*')) return pattern == driver;
    return driver.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::span<const RssRow> rss_rows() noexcept { return rows; }

const RssRow& rss_row(std::string_view driver) noexcept {
    return *std::find_if(rows.begin(), rows.end() - 1,
                         [driver](const RssRow& row) { return names(row.driver, driver); });
}

const std::array<std::uint8_t, 52>& rss_key() noexcept { return key; }

RssChoice choose_rss(std::string_view driver, const rte_eth_dev_info& info) {
    const RssRow& row = rss_row(driver);
    RssChoice choice{
        .driver = std::string{driver}, .reta_size = info.reta_size, .expectation = row.expectation};
    if (row.method == none) return choice;
    if ((info.flow_type_rss_offloads & row.required) == 0) {
        choice.expectation = "offers no hash on addresses here: the workers shard in software";
        return choice;
    }
    choice.method = row.method;
    choice.hash_types = row.hash_types & info.flow_type_rss_offloads;
    choice.rules = row.rules;
    // A driver that names no size may refuse any.
    if (info.hash_key_size <= key.size()) choice.key_size = info.hash_key_size;
    choice.key_changes = row.key_changes;
    choice.reta_changes = row.reta_changes && info.reta_size != 0;
    choice.delivers_hash = (info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0;
    return choice;
}

}  // namespace flowd::dpdk

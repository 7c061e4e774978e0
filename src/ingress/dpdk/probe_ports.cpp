// SPDX-License-Identifier: BSD-3-Clause
// Ports in words.
#include "ingress/dpdk/probe_ports.hpp"

#include <array>
#include <utility>

#include "ingress/dpdk/port.hpp"
#include "ingress/dpdk/rss_table.hpp"

namespace flowd::dpdk {
namespace {

struct Named {
    std::uint64_t bit;
    const char* name;
};

constexpr std::array hash_types{Named{RTE_ETH_RSS_IPV4, "ipv4"},
                                Named{RTE_ETH_RSS_FRAG_IPV4, "ipv4-frag"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV4_TCP, "ipv4-tcp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV4_UDP, "ipv4-udp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV4_SCTP, "ipv4-sctp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV4_OTHER, "ipv4-other"},
                                Named{RTE_ETH_RSS_IPV6, "ipv6"},
                                Named{RTE_ETH_RSS_FRAG_IPV6, "ipv6-frag"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV6_TCP, "ipv6-tcp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV6_UDP, "ipv6-udp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV6_SCTP, "ipv6-sctp"},
                                Named{RTE_ETH_RSS_NONFRAG_IPV6_OTHER, "ipv6-other"},
                                Named{RTE_ETH_RSS_IPV6_EX, "ipv6-ex"},
                                Named{RTE_ETH_RSS_PORT, "port"},
                                Named{RTE_ETH_RSS_L2_PAYLOAD, "l2-payload"},
                                Named{RTE_ETH_RSS_L3_SRC_ONLY, "l3-src-only"}};

constexpr std::array offloads{Named{RTE_ETH_RX_OFFLOAD_IPV4_CKSUM, "IPv4 checksum"},
                              Named{RTE_ETH_RX_OFFLOAD_UDP_CKSUM, "UDP checksum"},
                              Named{RTE_ETH_RX_OFFLOAD_TIMESTAMP, "time of receipt"},
                              Named{RTE_ETH_RX_OFFLOAD_RSS_HASH, "RSS hash"},
                              Named{RTE_ETH_RX_OFFLOAD_VLAN_STRIP, "VLAN strip"},
                              Named{RTE_ETH_RX_OFFLOAD_SCATTER, "several buffers a frame"}};

std::string range(unsigned first, unsigned last) {
    return std::to_string(first) + " to " + std::to_string(last);
}

template <class Table>
std::string names(const Table& table, std::uint64_t bits, const char* between) {
    std::string text;
    for (const Named& each : table) {
        if ((bits & each.bit) == 0) continue;
        if (!text.empty()) text += between;
        text += each.name;
    }
    return text.empty() ? "none" : text;
}

}  // namespace

std::string hash_type_names(std::uint64_t types) { return names(hash_types, types, " "); }

void tell_port(ProbePage& page, const std::string& name, const rte_eth_dev_info& info) {
    const std::string driver = info.driver_name == nullptr ? "" : info.driver_name;
    const RssChoice choice = choose_rss(driver, info);
    page.item(name);
    page.row("driver", driver);
    page.row("queues", std::to_string(info.max_rx_queues) + " RX, " +
                           std::to_string(info.max_tx_queues) + " TX at most");
    page.row("descriptors", range(info.rx_desc_lim.nb_min, info.rx_desc_lim.nb_max) + " RX");
    page.row("MTU", range(info.min_mtu, info.max_mtu));
    page.row("hash types", hash_type_names(info.flow_type_rss_offloads));
    page.row("hash key", info.hash_key_size == 0 ? "the driver's own"
                                                 : std::to_string(info.hash_key_size) + " bytes");
    page.row("RSS table",
             info.reta_size == 0 ? "none" : std::to_string(info.reta_size) + " entries");
    page.row("RSS by flowd", choice.expectation);
    if (choice.method != RssMethod::none) {
        std::string asked = hash_type_names(choice.hash_types);
        if (!choice.rules.empty()) asked += ", " + std::to_string(choice.rules.size()) + " rules";
        page.row("asked for", asked);
    }
    page.row("offloads", names(offloads, info.rx_offload_capa, ", "));
}

std::vector<Complaint> judge_port(const PortOptions& port, const Options& options,
                                  const rte_eth_dev_info& info) {
    const std::string driver = info.driver_name == nullptr ? "" : info.driver_name;
    const std::string place = (port.device.empty() ? driver : device_name(port.device));
    const std::int64_t queues = port.queues != 0 ? port.queues : options.queues;
    const std::int64_t mtu = port.mtu != 0 ? port.mtu : options.mtu;
    std::vector<Complaint> said;
    if (queues > info.max_rx_queues) {
        said.push_back({true, "port.queues: " + std::to_string(queues) + " is above the " +
                                  std::to_string(info.max_rx_queues) + " of " + place +
                                  "; rx.workers may be more than queues"});
    } else if (queues > 1 && driver != "net_pcap" &&
               choose_rss(driver, info).method == RssMethod::none) {
        said.push_back({false, "port.queues: " + std::to_string(queues) + ", but " + driver +
                                   " cannot hash addresses alone, so that workers pass most "
                                   "datagrams on: one queue and rx.workers = " +
                                   std::to_string(queues) + " spreads them as well"});
    }
    if (mtu != 0 && (mtu < info.min_mtu || mtu > info.max_mtu)) {
        said.push_back({true, "port.mtu: " + std::to_string(mtu) + " is not within " +
                                  range(info.min_mtu, info.max_mtu) + ", the limits of " + place});
    }
    return said;
}

std::vector<Complaint> judge_ports(const Options& options) {
    std::vector<Complaint> said;
    const auto judge = [&said, &options](std::uint16_t id, const PortOptions& port) {
        rte_eth_dev_info info{};
        if (rte_eth_dev_info_get(id, &info) != 0) return;
        for (Complaint& each : judge_port(port, options, info)) said.push_back(std::move(each));
    };
    for (const PortOptions* port : options.ports.in_use()) {
        if (port->device.empty()) {
            for (const std::uint16_t id : port_ids()) judge(id, *port);
        } else if (const int id = port_id_of(device_name(port->device)); id >= 0) {
            judge(static_cast<std::uint16_t>(id), *port);
        } else {
            said.push_back({true, "port.device: " + port->device + " gave no port"});
        }
    }
    return said;
}

void tell_ports(ProbePage& page) {
    for (const std::uint16_t id : port_ids()) {
        std::array<char, RTE_ETH_NAME_MAX_LEN> name{};
        rte_eth_dev_info info{};
        if (rte_eth_dev_get_name_by_port(id, name.data()) != 0) continue;
        if (rte_eth_dev_info_get(id, &info) != 0) {
            page.item(std::string{name.data()} + " does not say what it can do");
            continue;
        }
        tell_port(page, name.data(), info);
    }
}

}  // namespace flowd::dpdk

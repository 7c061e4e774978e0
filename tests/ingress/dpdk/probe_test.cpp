// SPDX-License-Identifier: BSD-3-Clause
// The report of -probe: a made-up machine in words, made-up drivers, and the real thing.
#include "ingress/dpdk/probe.hpp"

#include <gtest/gtest.h>

#include "child.hpp"
#include "ingress/dpdk/live.hpp"
#include "ingress/dpdk/probe_machine.hpp"
#include "ingress/dpdk/probe_ports.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20;

/// Wrapped lines as one.
std::string flat(const std::string& text) {
    std::string joined;
    for (const char each : text) {
        const char character = each == '\n' ? ' ' : each;
        if (character != ' ' || joined.empty() || joined.back() != ' ') joined += character;
    }
    return joined;
}

#define EXPECT_SAYS(text, part) EXPECT_NE(flat(text).find(part), std::string::npos) << (text)

TEST(ProbeMachine, SaysWhatThereIs) {
    Machine machine{.cpus = {0, 1, 2, 3},
                    .allowed = {0, 1},
                    .isolated = {2, 3},
                    .hugepages = {{2 * mebibyte, 128, 100}, {1024 * mebibyte, 0, 0}},
                    .memlock_bytes = 8 * mebibyte,
                    .iommu = true};
    machine.nodes = {{0, {0, 1}, {{2 * mebibyte, 128, 100}}}, {1, {2, 3}, {}}};
    ProbePage page;
    tell_machine(page, machine);
    const std::string text = page.text();
    EXPECT_SAYS(text, "online 0-3");
    EXPECT_SAYS(text, "for this process 0-1");
    EXPECT_SAYS(text, "isolated 2-3");
    EXPECT_SAYS(text, "node 1 2-3");
    EXPECT_SAYS(text, "hugepages 2 MiB: 100 free of 128, 1 GiB: 0 free of 0");
    EXPECT_SAYS(text, "memlock 8 MiB");
    EXPECT_SAYS(text, "IOMMU on");
    EXPECT_SAYS(text, "modprobe vfio-pci");
    machine.memlock_bytes = UINT64_MAX;
    machine.iommu = false;
    ProbePage second;
    tell_machine(second, machine);
    const std::string other = second.text();
    EXPECT_SAYS(other, "memlock no limit");
    EXPECT_SAYS(other, "intel_iommu=on");
}

TEST(ProbeMachine, SaysWhatCanBeDoneWithEachDevice) {
    Machine machine;
    machine.devices = {
        {.pci = "0000:3b:00.0",
         .id = "8086:1572",
         .driver = "i40e",
         .interface = "eth1",
         .operstate = "up",
         .speed_mbit = 40000,
         .node = 1,
         .default_route = true},
        {.pci = "0000:3b:00.1", .id = "1af4:1041", .driver = "vfio-pci", .node = 1},
        {.pci = "0000:5e:00.0", .id = "15b3:101d", .driver = "mlx5_core", .interface = "eth2"},
        {.interface = "veth0"}};
    ProbePage page;
    tell_devices(page, machine);
    const std::string text = page.text();
    EXPECT_SAYS(text, "link up, 40000 Mbit/s");
    EXPECT_SAYS(text, "flowd-nic bind 0000:3b:00.0 (it carries the default route, which ends");
    EXPECT_SAYS(text, "net_i40e: hashes the source address");
    EXPECT_SAYS(text,
                "AF_XDP, without copies: -ingress dpdk -port.device net_af_xdp0,iface=eth1; "
                "this user lacks CAP_NET_RAW, CAP_NET_ADMIN");
    EXPECT_SAYS(text, "as it is bound: -ingress dpdk -port.device 0000:3b:00.1");
    EXPECT_SAYS(text, "beside the kernel's driver: -ingress dpdk -port.device 0000:5e:00.0");
    EXPECT_EQ(text.find("flowd-nic bind 0000:5e:00.0"), std::string::npos);
    EXPECT_SAYS(text, "AF_XDP, with copies: -ingress dpdk -port.device net_af_xdp0,iface=veth0");
    machine.capabilities = ~std::uint64_t{0};
    ProbePage able;
    tell_devices(able, machine);
    EXPECT_EQ(able.text().find("lacks"), std::string::npos);
}

TEST(ProbePorts, SayWhatTheDriverOffers) {
    rte_eth_dev_info info{};
    info.driver_name = "net_ixgbe";
    info.max_rx_queues = 64;
    info.rx_desc_lim.nb_min = 32;
    info.rx_desc_lim.nb_max = 4096;
    info.min_mtu = 68;
    info.max_mtu = 9710;
    info.reta_size = 128;
    info.hash_key_size = 40;
    info.flow_type_rss_offloads =
        RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV4_UDP;
    info.rx_offload_capa = RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_TIMESTAMP;
    ProbePage page;
    tell_port(page, "0000:3b:00.0", info);
    const std::string text = page.text();
    EXPECT_SAYS(text, "queues 64 RX");
    EXPECT_SAYS(text, "descriptors 32 to 4096");
    EXPECT_SAYS(text, "MTU 68 to 9710");
    EXPECT_SAYS(text, "hash types ipv4 ipv4-udp ipv6");
    EXPECT_SAYS(text, "asked for ipv4 ipv6 ");
    EXPECT_SAYS(text, "RSS table 128 entries");
    EXPECT_SAYS(text, "offloads UDP checksum, time of receipt");
    EXPECT_EQ(hash_type_names(0), "none");
}

TEST(ProbePorts, SettingsAreHeldAgainstTheDriversLimits) {
    const auto said = [](const PortOptions& port, const Options& options,
                         const rte_eth_dev_info& info) {
        std::string text;
        for (const Complaint& each : judge_port(port, options, info)) {
            text += (each.fatal ? "! " : "") + each.sentence + " ";
        }
        return text;
    };
    rte_eth_dev_info info{};
    info.driver_name = "net_ixgbe";
    info.max_rx_queues = 4;
    info.min_mtu = 68;
    info.max_mtu = 9000;
    info.flow_type_rss_offloads = RTE_ETH_RSS_IPV4;
    Options options;
    options.queues = 4;
    options.mtu = 9000;
    PortOptions port{.device = "3b:00.0"};
    EXPECT_EQ(said(port, options, info), "");
    port.queues = 5;
    EXPECT_SAYS(said(port, options, info), "! port.queues: 5 is above the 4 of 0000:3b:00.0");
    port.queues = 0;
    port.mtu = 9001;
    EXPECT_SAYS(said(port, options, info), "! port.mtu: 9001 is not within 68 to 9000");
    port.mtu = 0;
    info.flow_type_rss_offloads = 0;
    EXPECT_SAYS(said(port, options, info), "cannot hash addresses alone");
    port.queues = 1;
    EXPECT_EQ(said(port, options, info), "");
}

TEST(Probe, MoreQueuesThanThereAreAreRefused) {
    test::in_a_child([] {
        Options options;
        options.eal = {"--no-pci"};
        options.hugepages = "off";
        options.ports.single.device = "net_ring0";
        options.ports.single.queues = 64;
        const Probed probed = probe({.dpdk = options, .ingress = "dpdk"});
        EXPECT_TRUE(probed.refused) << probed.text;
        EXPECT_SAYS(probed.text, "port.queues: 64 is above the");
    });
}

TEST(Probe, TellsOfPortsAndOfWhatItWouldDo) {
    test::in_a_child([] {
        Options options;
        options.eal = {"--no-pci"};
        options.hugepages = "off";
        options.ports.single.device = "net_null0";
        options.queues = 3;
        const Probed probed = probe({.dpdk = options, .ingress = "dpdk", .workers = 2});
        EXPECT_FALSE(probed.refused) << probed.text;
        EXPECT_SAYS(probed.text, "net_null0 driver net_null queues 1024 RX");
        EXPECT_SAYS(probed.text, "RX queues 3 RX workers 2");
        EXPECT_SAYS(probed.text, "port net_null0");
    });
}

TEST(Probe, ADpdkThatDoesNotStartIsSaid) {
    test::in_a_child([] {
        Options options;
        options.eal = {"--no-such-argument"};
        options.hugepages = "off";
        const Probed probed = probe({.dpdk = options, .ingress = "dpdk"});
        EXPECT_TRUE(probed.refused);
        EXPECT_SAYS(probed.text, "it would refuse");
        EXPECT_SAYS(probed.text, "the EAL did not start");
        EXPECT_SAYS(probed.text, "Network devices");
    });
}

TEST(Probe, ADeviceThatIsNotThereIsRefused) {
    test::in_a_child([] {
        Options options;
        options.ports.single.device = "0000:ff:1f.7";
        const Probed probed = probe({.dpdk = options, .ingress = "dpdk"});
        EXPECT_TRUE(probed.refused);
        EXPECT_SAYS(probed.text, "0000:ff:1f.7 is no network device of this machine");
    });
}

TEST(BufferBytes, GrowWithQueuesAndWorkers) {
    Options options;
    const std::uint64_t one = buffer_bytes(options, 1);
    EXPECT_GT(one, 4096U * 2048U);
    EXPECT_GT(buffer_bytes(options, 2), one);
    options.queues = 4;
    EXPECT_EQ(buffer_bytes(options, 1), 4 * one);
}

}  // namespace
}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// What is read from made-up /sys and /proc.
#include "ingress/dpdk/machine.hpp"

#include <gtest/gtest.h>

#include "fake_root.hpp"
#include "ingress/dpdk/machine_devices.hpp"

namespace flowd::dpdk {
namespace {

using Cpus = std::vector<unsigned>;
using test::FakeRoot;

TEST(CpuList, IsReadAsTheKernelWritesIt) {
    EXPECT_EQ(parse_cpu_list("0-3,8"), (Cpus{0, 1, 2, 3, 8}));
    EXPECT_EQ(parse_cpu_list("8,0-1,1"), (Cpus{0, 1, 8}));
    for (const char* text : {"", "x", "3-1", "1-", "0-99999999", "4294967296", "1;2", "-1"}) {
        EXPECT_EQ(parse_cpu_list(text), Cpus{}) << text;
    }
    EXPECT_EQ(cpu_list_text({0, 1, 2, 3, 8}), "0-3,8");
    EXPECT_EQ(cpu_list_text({}), "none");
}

TEST(Machine, AnEmptyRootIsAnEmptyMachine) {
    const FakeRoot root;
    const Machine machine = read_machine(root.path());
    EXPECT_TRUE(machine.cpus.empty());
    EXPECT_TRUE(machine.nodes.empty());
    EXPECT_TRUE(machine.devices.empty());
    EXPECT_EQ(machine.free_hugepage_bytes(), 0U);
    EXPECT_FALSE(machine.iommu);
    EXPECT_FALSE(machine.vfio_loaded);
}

TEST(Machine, CpusMemoryAndLimitsAreRead) {
    const FakeRoot root;
    root.file("sys/devices/system/cpu/online", "0-7");
    root.file("sys/devices/system/cpu/isolated", "4-7");
    root.file("sys/devices/system/cpu/nohz_full", "4-6");
    root.file("sys/devices/system/node/online", "0-1");
    root.node(0, "0-3");
    root.node(1, "4-7");
    root.hugepages("sys/kernel/mm/hugepages", "1048576", 1, 2);
    root.hugepages("sys/kernel/mm/hugepages", "2048", 100, 128);
    root.hugepages("sys/devices/system/node/node1/hugepages", "2048", 100, 128);
    root.folder("sys/kernel/iommu_groups/7");
    root.file("sys/module/vfio_pci/refcnt", "0");
    root.file("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N");
    root.process("0-3", "8388608", 65534, "0000000000002000");

    const Machine machine = read_machine(root.path());
    EXPECT_EQ(machine.cpus.size(), 8U);
    EXPECT_EQ(machine.allowed, (Cpus{0, 1, 2, 3}));
    EXPECT_EQ(machine.isolated, (Cpus{4, 5, 6, 7}));
    EXPECT_EQ(machine.nohz_full, (Cpus{4, 5, 6}));
    EXPECT_EQ(machine.node_of(3), 0);
    EXPECT_EQ(machine.node_of(4), 1);
    EXPECT_EQ(machine.node_of(8), -1);
    EXPECT_EQ(machine.hugepages,
              (std::vector<HugepagePool>{{2U << 20, 128, 100}, {1U << 30, 2, 1}}));
    EXPECT_EQ(machine.nodes[1].hugepages, (std::vector<HugepagePool>{{2U << 20, 128, 100}}));
    EXPECT_EQ(machine.free_hugepage_bytes(), (200U << 20) + (1U << 30));
    EXPECT_EQ(machine.memlock_bytes, 8'388'608U);
    EXPECT_EQ(machine.user_id, 65534U);
    EXPECT_TRUE(machine.has_capability(13));
    EXPECT_FALSE(machine.has_capability(12));
    EXPECT_TRUE(machine.iommu);
    EXPECT_TRUE(machine.vfio_loaded);
    EXPECT_FALSE(machine.vfio_without_iommu);
}

TEST(Machine, TheCgroupsCpusAreThoseOfTheNearestOneWithAny) {
    const FakeRoot root;
    root.file("proc/self/cgroup", "1:cpu:/a/b\n0::/a/b");
    root.file("sys/fs/cgroup/cpuset.cpus.effective", "0-7");
    EXPECT_EQ(read_machine(root.path()).cpuset.size(), 8U);
    root.file("sys/fs/cgroup/a/cpuset.cpus.effective", "2-3");
    root.folder("sys/fs/cgroup/a/b");
    EXPECT_EQ(read_machine(root.path()).cpuset, (Cpus{2, 3}));

    const FakeRoot first_version;
    first_version.file("proc/self/cgroup", "no line\n3:cpuset:/x\n0::/");
    first_version.file("sys/fs/cgroup/cpuset/x/cpuset.effective_cpus", "5");
    EXPECT_EQ(read_machine(first_version.path()).cpuset, (Cpus{5}));
    EXPECT_TRUE(read_machine(FakeRoot{}.path()).cpuset.empty());
}

TEST(Machine, NoMemlockLimitIsTheLargestNumber) {
    const FakeRoot root;
    root.process("0", "unlimited", 0);
    EXPECT_EQ(read_machine(root.path()).memlock_bytes, UINT64_MAX);
}

TEST(MachineDevices, NicsBoundAndUnboundAndInterfacesWithoutOne) {
    const FakeRoot root;
    root.nic("0000:3b:00.0", "8086:1572", "i40e", 1, "eth1");
    root.nic("0000:3b:00.1", "8086:1572", "vfio-pci", 1);
    root.nic("0000:5e:00.0", "15b3:101d", "", -1);
    root.link("sys/bus/pci/devices/0000:00:1f.0", "sys/devices/pci0000:00/0000:00:1f.0");
    root.file("sys/devices/pci0000:00/0000:00:1f.0/class", "0x060100");  // no NIC
    root.folder("sys/class/net/lo");
    root.folder("sys/class/net/veth0");
    root.file("sys/class/net/veth0/speed", "-1");
    root.file("sys/class/net/bonding_masters", "");

    const Machine machine = read_machine(root.path());
    ASSERT_EQ(machine.devices.size(), 4U);
    const NetDevice& bound = machine.devices[0];
    EXPECT_EQ(bound.label(), "0000:3b:00.0 (eth1)");
    EXPECT_EQ(bound.id, "8086:1572");
    EXPECT_EQ(bound.driver, "i40e");
    EXPECT_EQ(bound.node, 1);
    EXPECT_EQ(bound.operstate, "up");
    EXPECT_EQ(bound.speed_mbit, 25000);
    EXPECT_FALSE(bound.is_for_programs());
    EXPECT_EQ(dpdk_driver_of(bound), "net_i40e");
    EXPECT_TRUE(machine.devices[1].is_for_programs());
    EXPECT_EQ(dpdk_driver_of(machine.devices[1]), "");
    EXPECT_EQ(machine.devices[2].driver, "");
    EXPECT_EQ(machine.devices[2].node, -1);
    EXPECT_EQ(machine.devices[3].label(), "veth0");
    EXPECT_EQ(machine.devices[3].speed_mbit, 0);
    EXPECT_EQ(machine.find("eth1"), &machine.devices[0]);
    EXPECT_EQ(machine.find("0000:3b:00.1"), &machine.devices[1]);
    EXPECT_EQ(machine.find("0000:ff:00.0"), nullptr);
    EXPECT_EQ(machine.find(""), nullptr);
}

TEST(MachineDevices, AVirtioInterfaceIsFoundThroughItsOwnDevice) {
    const FakeRoot root;
    root.nic("0000:00:03.0", "1af4:1041", "virtio-pci", -1);
    root.folder("sys/class/net/eth0");
    root.link("sys/class/net/eth0/device", "sys/devices/pci0000:00/0000:00:03.0/virtio2");
    const Machine machine = read_machine(root.path());
    ASSERT_EQ(machine.devices.size(), 1U);
    EXPECT_EQ(machine.devices[0].label(), "0000:00:03.0 (eth0)");
}

TEST(MachineDevices, TheDefaultRouteReachesWhatCarriesIt) {
    const FakeRoot root;
    root.nic("0000:3b:00.0", "8086:1572", "i40e", 0, "eth1");
    root.nic("0000:3b:00.1", "8086:1572", "i40e", 0, "eth2");
    root.nic("0000:3b:00.2", "8086:1572", "i40e", 0, "eth3");
    root.folder("sys/class/net/bond0/lower_eth1");
    root.folder("sys/class/net/bond0.7/lower_bond0");
    root.file("proc/net/route",
              "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
              "eth2\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
              "bond0.7\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0");
    const std::string none(32, '0');
    const std::string rest = " 00 " + none + " 00000400 00000001 00000000 00000003     ";
    root.file("proc/net/ipv6_route",
              none + " 00 " + none + rest + "eth3\n" + none + " 00 " + none + rest + "lo");
    const Machine machine = read_machine(root.path());
    EXPECT_TRUE(machine.find("eth1")->default_route);
    EXPECT_FALSE(machine.find("eth2")->default_route);
    EXPECT_TRUE(machine.find("eth3")->default_route);
    EXPECT_TRUE(machine.find("bond0")->default_route);
}

}  // namespace
}  // namespace flowd::dpdk

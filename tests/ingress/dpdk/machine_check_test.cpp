// SPDX-License-Identifier: BSD-3-Clause
// What a start is told to stand in its way, and by which command it goes.
#include "ingress/dpdk/machine_check.hpp"

#include <gtest/gtest.h>

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20;

/// Two nodes of four CPUs, 100 MiB of pages free on each, a NIC on node 1 that is bound to vfio.
Machine good_machine() {
    Machine machine{.cpus = {0, 1, 2, 3, 4, 5, 6, 7},
                    .allowed = {0, 1, 2, 3, 4, 5, 6, 7},
                    .hugepages = {{2 * mebibyte, 100, 100}},
                    .memlock_bytes = UINT64_MAX,
                    .iommu = true,
                    .vfio_loaded = true};
    machine.nodes = {{0, {0, 1, 2, 3}, {{2 * mebibyte, 50, 50}}},
                     {1, {4, 5, 6, 7}, {{2 * mebibyte, 50, 50}}}};
    machine.devices = {
        {.pci = "0000:3b:00.0", .id = "8086:1572", .driver = "vfio-pci", .node = 1},
        {.pci = "0000:3b:00.1", .driver = "i40e", .interface = "eth1", .node = 1},
        {.pci = "0000:5e:00.0", .driver = "mlx5_core", .interface = "eth2", .node = 0}};
    return machine;
}

StartPlan good_plan() {
    return {.pci_devices = {"0000:3b:00.0"},
            .memory_bytes = 80 * mebibyte,
            .cores = {4, 5},
            .workers = 2};
}

/// All sentences, the fatal ones with a mark.
std::string said(const Machine& machine, const StartPlan& plan) {
    std::string text;
    for (const Complaint& each : complaints(machine, plan)) {
        text += (each.fatal ? "! " : "") + each.sentence + "\n";
    }
    return text;
}

#define EXPECT_SAYS(machine, plan, part) \
    EXPECT_NE(said(machine, plan).find(part), std::string::npos) << said(machine, plan)

TEST(MachineCheck, AGoodMachineIsNotComplainedAbout) {
    EXPECT_EQ(said(good_machine(), good_plan()), "");
    EXPECT_FALSE(failed(check_machine(good_machine(), good_plan())));
}

TEST(MachineCheck, ADeviceOfTheKernelIsRefusedWithTheCommand) {
    StartPlan plan = good_plan();
    plan.pci_devices = {"0000:3b:00.1"};
    Machine machine = good_machine();
    EXPECT_EQ(check_machine(machine, plan).sentence,
              "port.device: 0000:3b:00.1 (eth1) is bound to i40e, the kernel's driver: flowd-nic "
              "bind 0000:3b:00.1 gives it to vfio-pci");
    machine.devices[1].default_route = true;
    EXPECT_SAYS(machine, plan, "net_af_packet0,iface=eth1");
    machine.devices[1].driver = "";
    EXPECT_SAYS(machine, plan, "! port.device: 0000:3b:00.1 is bound to no driver: flowd-nic bind");
    plan.pci_devices = {"0000:ff:00.0"};
    EXPECT_SAYS(machine, plan, "! port.device: 0000:ff:00.0 is no network device");
}

TEST(MachineCheck, DevicesThatShareTheirDriverNeedNoBinding) {
    StartPlan plan = good_plan();
    plan.pci_devices = {"0000:5e:00.0"};
    plan.cores = {0, 1};
    EXPECT_EQ(said(good_machine(), plan), "");
}

TEST(MachineCheck, VfioNeedsAnIommuOrItsAbsenceAllowed) {
    Machine machine = good_machine();
    machine.iommu = false;
    EXPECT_SAYS(machine, good_plan(),
                "! port.device: 0000:3b:00.0 is bound to vfio-pci, and the "
                "machine has no IOMMU");
    machine.vfio_without_iommu = true;
    EXPECT_EQ(said(machine, good_plan()), "");
}

TEST(MachineCheck, APciDeviceNeedsHugepages) {
    Machine machine = good_machine();
    machine.hugepages = {{2 * mebibyte, 100, 39}};
    EXPECT_SAYS(machine, good_plan(),
                "! dpdk.hugepages: 80 MiB of packet buffers, and 78 MiB of "
                "pages are free; sysctl vm.nr_hugepages=101");
    StartPlan off = good_plan();
    off.hugepages_off = true;
    EXPECT_SAYS(good_machine(), off, "! dpdk.hugepages: off, but 0000:3b:00.0");
    // A virtual device runs without, slower.
    StartPlan no_pci = good_plan();
    no_pci.pci_devices.clear();
    EXPECT_EQ(said(machine, no_pci).find('!'), std::string::npos);
    EXPECT_SAYS(machine, no_pci, "slower without");
    no_pci.hugepages_off = true;
    EXPECT_EQ(said(machine, no_pci), "");
}

TEST(MachineCheck, PagesOnTheOtherNodeAreFarAway) {
    Machine machine = good_machine();
    machine.nodes[1].hugepages = {{2 * mebibyte, 50, 10}};
    EXPECT_SAYS(machine, good_plan(), "only 20 MiB are free on the NIC's node");
    EXPECT_FALSE(failed(check_machine(machine, good_plan())));
}

TEST(MachineCheck, ASmallMemlockIsSaidToOrdinaryUsers) {
    Machine machine = good_machine();
    machine.memlock_bytes = 8 * mebibyte;
    EXPECT_EQ(said(machine, good_plan()), "") << "root may lock any amount";
    machine.user_id = 1000;
    EXPECT_SAYS(machine, good_plan(), "memlock: this user may lock 8 MiB");
    machine.capabilities = 1U << 14;
    EXPECT_EQ(said(machine, good_plan()), "");
}

TEST(MachineCheck, CpusOnTheOtherNodeAreFarAway) {
    StartPlan plan = good_plan();
    plan.cores = {3, 4};
    EXPECT_SAYS(good_machine(), plan,
                "! rx.cores: CPUs 3 are not on node 1, where 0000:3b:00.0 is: "
                "take from 4-7");
}

TEST(MachineCheck, CpusThatAreNotThereAreRefused) {
    StartPlan plan = good_plan();
    plan.cores = {7, 9, 8};
    EXPECT_SAYS(good_machine(), plan, "! rx.cores: CPUs 8-9 are not online");
    Machine machine = good_machine();
    machine.cpuset = {0, 1, 2, 3, 4};
    EXPECT_SAYS(machine, good_plan(), "! rx.cores: CPUs 5 are outside the cgroup's, 0-4");
    // Isolated CPUs are in no process's first affinity.
    machine.cpuset = {};
    machine.allowed = {0, 1, 2, 3};
    EXPECT_EQ(said(machine, good_plan()), "");
}

TEST(MachineCheck, MoreWorkersThanCpusAreWarnedAbout) {
    StartPlan plan = good_plan();
    plan.workers = 3;
    EXPECT_SAYS(good_machine(), plan, "rx.workers: 3 RX workers share 2 CPUs");
    plan.cores = {};
    plan.workers = 8;
    EXPECT_EQ(said(good_machine(), plan), "");
    plan.workers = 9;
    EXPECT_SAYS(good_machine(), plan, "9 RX workers share 8 CPUs");
}

TEST(MachineCheck, IsolatedCpusAreUsedAllAndOnly) {
    Machine machine = good_machine();
    machine.isolated = {4, 5, 6};
    StartPlan plan = good_plan();
    EXPECT_EQ(said(machine, plan), "rx.cores: CPUs 6 are isolated and not used\n");
    plan.cores = {6, 5, 4};
    EXPECT_EQ(said(machine, plan), "");
    plan.cores = {4, 5, 6, 7};
    EXPECT_EQ(said(machine, plan), "! rx.cores: CPUs 7 are not among the isolated ones, 4-6\n");
    plan.cores = {};
    EXPECT_SAYS(machine, plan, "rx.cores = \"4-6\" uses them");
}

TEST(StartPlan, FollowsTheSettings) {
    Options options;
    options.queues = 2;
    options.hugepages = "off";
    options.ports.several.emplace_back();
    options.ports.several.back().device = "3b:00.0,x=1";
    options.ports.several.emplace_back();
    options.ports.several.back().device = "net_null0";
    options.ports.several.back().queues = 3;
    const StartPlan plan = start_plan(options, {1, 2}, 0, 7);
    EXPECT_EQ(plan.pci_devices, (std::vector<std::string>{"0000:3b:00.0"}));
    EXPECT_TRUE(plan.hugepages_off);
    EXPECT_EQ(plan.workers, 5U);
    EXPECT_EQ(plan.memory_bytes, 7U);
    EXPECT_EQ(start_plan(options, {}, 4, 7).workers, 4U);
}

}  // namespace
}  // namespace flowd::dpdk

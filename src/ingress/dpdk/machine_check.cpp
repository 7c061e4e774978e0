// SPDX-License-Identifier: BSD-3-Clause
// Devices, memory, CPUs: the rules, one function each.
#include "ingress/dpdk/machine_check.hpp"

#include <algorithm>
#include <iterator>

#include "ingress/dpdk/live.hpp"

namespace flowd::dpdk {
namespace {

using Complaints = std::vector<Complaint>;
using Cpus = std::vector<unsigned>;

constexpr std::uint64_t mebibyte = 1U << 20;
constexpr unsigned ipc_lock = 14;  // CAP_IPC_LOCK, capability.h

std::string mib(std::uint64_t bytes) {
    return std::to_string((bytes + mebibyte - 1) / mebibyte) + " MiB";
}

/// Of `wanted`, what is not in `known`; both rise.
Cpus without(Cpus wanted, const Cpus& known) {
    std::sort(wanted.begin(), wanted.end());
    Cpus rest;
    std::set_difference(wanted.begin(), wanted.end(), known.begin(), known.end(),
                        std::back_inserter(rest));
    return rest;
}

void judge_device(const Machine& machine, const std::string& address, Complaints& said) {
    const std::string place = "port.device: " + address;
    const NetDevice* device = machine.find(address);
    if (device == nullptr) {
        said.push_back({true, place + " is no network device of this machine; flowd-nic shows "
                                      "those that there are"});
        return;
    }
    if (device->is_shared()) return;
    if (!device->is_for_programs()) {
        std::string sentence = place;
        sentence += device->driver.empty() ? " is bound to no driver"
                                           : " (" + device->interface + ") is bound to " +
                                                 device->driver + ", the kernel's driver";
        sentence += ": flowd-nic bind " + address + " gives it to vfio-pci";
        if (device->default_route) {
            sentence +=
                "; the default route goes through it, which ends then: take another one, "
                "or net_af_packet0,iface=" +
                device->interface;
        }
        said.push_back({true, std::move(sentence)});
        return;
    }
    if (device->driver == "vfio-pci" && !machine.iommu && !machine.vfio_without_iommu) {
        said.push_back({true, place + " is bound to vfio-pci, and the machine has no IOMMU: switch "
                                      "it on in the firmware and boot with intel_iommu=on or "
                                      "amd_iommu=on, or, without protection, echo 1 > "
                                      "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"});
    }
}

/// Pages that are free on the devices' nodes, where these are known.
std::uint64_t free_bytes_near(const Machine& machine, const StartPlan& plan) {
    std::uint64_t bytes = 0;
    bool known = false;
    for (const NumaNode& node : machine.nodes) {
        const bool used = std::any_of(
            plan.pci_devices.begin(), plan.pci_devices.end(), [&](const std::string& address) {
                const NetDevice* device = machine.find(address);
                return device != nullptr && device->node == static_cast<int>(node.id);
            });
        if (!used) continue;
        known = true;
        for (const HugepagePool& pool : node.hugepages) bytes += pool.free * pool.page_size;
    }
    return known ? bytes : machine.free_hugepage_bytes();
}

/// For vm.nr_hugepages, which counts those in use too.
std::uint64_t pages_wanted(const Machine& machine, const StartPlan& plan) {
    constexpr std::uint64_t usual = 2 * mebibyte;
    std::uint64_t pages = (plan.memory_bytes + usual - 1) / usual;
    for (const HugepagePool& pool : machine.hugepages) {
        if (pool.page_size == usual) pages += pool.total - std::min(pool.free, pool.total);
    }
    return pages;
}

void judge_memory(const Machine& machine, const StartPlan& plan, Complaints& said) {
    const bool needs_pages = !plan.pci_devices.empty();
    const std::string mend =
        "; sysctl vm.nr_hugepages=" + std::to_string(pages_wanted(machine, plan)) +
        " sets them until the next boot";
    if (needs_pages && plan.hugepages_off) {
        said.push_back({true, "dpdk.hugepages: off, but " + plan.pci_devices.front() +
                                  " is a PCI device, whose driver needs them: dpdk.hugepages "
                                  "\"auto\" takes them"});
    } else if (const std::uint64_t free = machine.free_hugepage_bytes();
               !plan.hugepages_off && free < plan.memory_bytes) {
        const std::string sentence = "dpdk.hugepages: " + mib(plan.memory_bytes) +
                                     " of packet buffers, and " + mib(free) + " of pages are free";
        said.push_back({needs_pages, sentence + (needs_pages ? "" : ": slower without") + mend});
    } else if (needs_pages && free_bytes_near(machine, plan) < plan.memory_bytes) {
        said.push_back({false, "dpdk.hugepages: of the " + mib(plan.memory_bytes) +
                                   " of packet buffers only " +
                                   mib(free_bytes_near(machine, plan)) +
                                   " are free on the NIC's node; nr_hugepages below "
                                   "/sys/devices/system/node sets them by node"});
    }
    const bool locks_any = machine.has_capability(ipc_lock) || machine.user_id == 0;
    if (needs_pages && !locks_any && machine.memlock_bytes < plan.memory_bytes) {
        said.push_back({false, "memlock: this user may lock " + mib(machine.memlock_bytes) +
                                   ", and vfio locks the " + mib(plan.memory_bytes) +
                                   " of packet buffers: LimitMEMLOCK=infinity in the unit, or "
                                   "ulimit -l unlimited"});
    }
}

void judge_nodes(const Machine& machine, const StartPlan& plan, Complaints& said) {
    for (const std::string& address : plan.pci_devices) {
        const NetDevice* device = machine.find(address);
        if (device == nullptr || device->node < 0) continue;
        Cpus far;
        for (const unsigned cpu : plan.cores) {
            const int node = machine.node_of(cpu);
            if (node >= 0 && node != device->node) far.push_back(cpu);
        }
        if (far.empty()) continue;
        std::string near = "none";
        for (const NumaNode& node : machine.nodes) {
            if (static_cast<int>(node.id) == device->node) near = cpu_list_text(node.cpus);
        }
        said.push_back({true, "rx.cores: CPUs " + cpu_list_text(far) + " are not on node " +
                                  std::to_string(device->node) + ", where " + address +
                                  " is: take from " + near});
    }
}

void judge_cores(const Machine& machine, const StartPlan& plan, Complaints& said) {
    if (const Cpus absent = without(plan.cores, machine.cpus); !absent.empty()) {
        said.push_back(
            {true, "rx.cores: CPUs " + cpu_list_text(absent) +
                       " are not online; those that are: " + cpu_list_text(machine.cpus)});
        return;
    }
    // Not the affinity that the process begins with: that leaves isolated CPUs out, and may be
    // left.
    if (const Cpus barred = machine.cpuset.empty() ? Cpus{} : without(plan.cores, machine.cpuset);
        !barred.empty()) {
        said.push_back({true, "rx.cores: CPUs " + cpu_list_text(barred) +
                                  " are outside the cgroup's, " + cpu_list_text(machine.cpuset) +
                                  ": AllowedCPUs= of the unit adds them"});
        return;
    }
    const std::size_t usable = plan.cores.empty() ? machine.allowed.size() : plan.cores.size();
    if (plan.workers > usable && usable != 0) {
        said.push_back({false, "rx.workers: " + std::to_string(plan.workers) +
                                   " RX workers share " + std::to_string(usable) +
                                   " CPUs: every wait gives the CPU away; fewer queues or "
                                   "rx.workers = " +
                                   std::to_string(usable) + " is faster"});
    }
    if (machine.isolated.empty()) return;
    const std::string isolated = cpu_list_text(machine.isolated);
    if (plan.cores.empty()) {
        said.push_back({false, "rx.cores: auto, and CPUs " + isolated +
                                   " are isolated, where the kernel starts nothing: rx.cores = \"" +
                                   isolated + "\" uses them"});
        return;
    }
    if (const Cpus shared = without(plan.cores, machine.isolated); !shared.empty()) {
        said.push_back({true, "rx.cores: CPUs " + cpu_list_text(shared) +
                                  " are not among the isolated ones, " + isolated});
    }
    Cpus cores = plan.cores;
    std::sort(cores.begin(), cores.end());
    if (const Cpus idle = without(machine.isolated, cores); !idle.empty()) {
        said.push_back(
            {false, "rx.cores: CPUs " + cpu_list_text(idle) + " are isolated and not used"});
    }
}

}  // namespace

StartPlan start_plan(const Options& options, const std::vector<unsigned>& cores,
                     std::uint32_t workers, std::uint64_t memory_bytes) {
    StartPlan plan{.hugepages_off = options.hugepages == "off",
                   .memory_bytes = memory_bytes,
                   .cores = cores,
                   .workers = workers == 0 ? queue_count(options) : workers};
    for (const PortOptions* port : options.ports.in_use()) {
        if (kind_of(port->device) == DeviceKind::pci) {
            plan.pci_devices.push_back(device_name(port->device));
        }
    }
    return plan;
}

std::vector<Complaint> complaints(const Machine& machine, const StartPlan& plan) {
    Complaints said;
    for (const std::string& address : plan.pci_devices) judge_device(machine, address, said);
    judge_memory(machine, plan, said);
    judge_cores(machine, plan, said);
    judge_nodes(machine, plan, said);
    return said;
}

Failure check_machine(const Machine& machine, const StartPlan& plan) {
    for (Complaint& each : complaints(machine, plan)) {
        if (each.fatal) return {std::move(each.sentence)};
    }
    return {};
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The machine and its devices, for a person.
#include "ingress/dpdk/probe_machine.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ingress/dpdk/machine_devices.hpp"
#include "ingress/dpdk/rss_table.hpp"

namespace flowd::dpdk {
namespace {

using Names = std::initializer_list<std::string_view>;

// capability.h
constexpr unsigned net_admin = 12;
constexpr unsigned net_raw = 13;
constexpr unsigned ipc_lock = 14;
constexpr unsigned perfmon = 38;
constexpr unsigned bpf = 39;

bool is_one_of(std::string_view name, Names names) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    std::uint64_t value = bytes >> 10;
    for (; unit + 1 < units.size() && value >= 1024 && value % 1024 == 0; ++unit) value >>= 10;
    return std::to_string(value) + " " + units[unit];
}

std::string pool_text(const std::vector<HugepagePool>& pools) {
    std::string text;
    for (const HugepagePool& pool : pools) {
        if (!text.empty()) text += ", ";
        text += size_text(pool.page_size) + ": " + std::to_string(pool.free) + " free of " +
                std::to_string(pool.total);
    }
    return text.empty() ? "the kernel has none" : text;
}

std::string iommu_text(const Machine& machine) {
    if (machine.iommu) return "on";
    return machine.vfio_without_iommu
               ? "off; vfio works without it, unprotected (enable_unsafe_noiommu_mode)"
               : "off: vfio needs it; switch it on in the firmware and boot with intel_iommu=on "
                 "or amd_iommu=on";
}

std::string missing(const Machine& machine,
                    std::initializer_list<std::pair<unsigned, const char*>> needed) {
    std::string names;
    for (const auto& [bit, name] : needed) {
        if (machine.has_capability(bit)) continue;
        names += names.empty() ? "; this user lacks " : ", ";
        names += name;
    }
    return names;
}

/// How the kernel's driver takes AF_XDP, as of Linux 6.1.
std::string_view xdp_mode(std::string_view driver) noexcept {
    if (is_one_of(driver, {"i40e", "ice", "ixgbe", "igc", "mlx5_core"})) return "without copies";
    if (is_one_of(driver, {"virtio-pci", "virtio_net", "ena", "bnxt_en", "mlx4_core", "hv_netvsc",
                           "ixgbevf", "igb", "vmxnet3"})) {
        return "in the driver, with copies";
    }
    if (driver.empty()) return "with copies";  // veth, for one, has no driver that /sys knows
    return "as a rule in the kernel's generic mode, slow";
}

std::string ways(const Machine& machine, const NetDevice& device) {
    std::string text;
    if (device.is_for_programs()) {
        return "own it, as it is bound: -ingress dpdk -port.device " + device.pci;
    }
    if (device.is_shared()) {
        text = "own its traffic beside the kernel's driver: -ingress dpdk -port.device " +
               device.pci + "\n";
    } else if (!device.pci.empty()) {
        text = "own it, after: flowd-nic bind " + device.pci;
        if (device.default_route) text += " (it carries the default route, which ends then)";
        text += '\n';
    }
    if (device.interface.empty()) {
        if (text.ends_with('\n')) text.pop_back();
        return text;
    }
    const std::string& name = device.interface;
    text += "AF_XDP, " + std::string{xdp_mode(device.driver)} +
            ": -ingress dpdk -port.device net_af_xdp0,iface=" + name +
            missing(machine, {{net_raw, "CAP_NET_RAW"},
                              {net_admin, "CAP_NET_ADMIN"},
                              {bpf, "CAP_BPF"},
                              {perfmon, "CAP_PERFMON"},
                              {ipc_lock, "CAP_IPC_LOCK"}});
    text += "\naf_packet: -ingress dpdk -port.device net_af_packet0,iface=" + name +
            missing(machine, {{net_raw, "CAP_NET_RAW"}, {net_admin, "CAP_NET_ADMIN"}});
    text += "\nthe kernel's sockets: -ingress udp";
    return text;
}

std::string link_text(const NetDevice& device) {
    if (device.interface.empty()) return "not seen by the kernel";
    std::string text = device.operstate.empty() ? "unknown" : device.operstate;
    if (device.speed_mbit > 0) text += ", " + std::to_string(device.speed_mbit) + " Mbit/s";
    return text;
}

}  // namespace

void tell_machine(ProbePage& page, const Machine& machine) {
    page.section("CPUs");
    page.row("online", cpu_list_text(machine.cpus));
    page.row("for this process", cpu_list_text(machine.allowed));
    if (!machine.cpuset.empty()) page.row("of its cgroup", cpu_list_text(machine.cpuset));
    page.row("isolated", cpu_list_text(machine.isolated));
    page.row("without tick", cpu_list_text(machine.nohz_full));
    for (const NumaNode& node : machine.nodes) {
        page.row("node " + std::to_string(node.id), cpu_list_text(node.cpus));
    }
    page.section("Memory");
    page.row("hugepages", pool_text(machine.hugepages));
    for (const NumaNode& node : machine.nodes) {
        if (machine.nodes.size() > 1) {
            page.row("node " + std::to_string(node.id), pool_text(node.hugepages));
        }
    }
    page.row("memlock", machine.memlock_bytes == UINT64_MAX ? std::string{"no limit"}
                                                            : size_text(machine.memlock_bytes));
    page.section("Devices for programs");
    page.row("IOMMU", iommu_text(machine));
    page.row("vfio-pci", machine.vfio_loaded ? "there" : "not loaded: modprobe vfio-pci");
}

void tell_devices(ProbePage& page, const Machine& machine) {
    page.section("Network devices");
    if (machine.devices.empty()) page.item("none");
    for (const NetDevice& device : machine.devices) {
        page.item(device.label());
        if (!device.id.empty()) page.row("vendor:device", device.id);
        page.row("driver", device.driver.empty() ? "none" : device.driver);
        if (!device.pci.empty()) {
            page.row("node", device.node < 0 ? "not known" : std::to_string(device.node));
        }
        page.row("link", link_text(device));
        page.row("default route", device.default_route ? "yes" : "no");
        if (const std::string_view dpdk = dpdk_driver_of(device); !dpdk.empty()) {
            page.row("RSS by DPDK",
                     std::string{dpdk} + ": " + std::string{rss_row(dpdk).expectation});
        }
        page.row("flowd can", ways(machine, device));
    }
}

}  // namespace flowd::dpdk

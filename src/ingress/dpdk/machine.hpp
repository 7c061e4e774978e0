// SPDX-License-Identifier: BSD-3-Clause
// Machine: what Linux says of this computer, as far as packets and memory go: CPUs, NUMA nodes,
// hugepages, network devices. Read once from /sys and /proc; plain values afterwards. Any user may
// read them. No rte_ here. Cold; main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::dpdk {

struct HugepagePool {
    std::uint64_t page_size = 0;  ///< bytes
    std::uint64_t total = 0;      ///< pages
    std::uint64_t free = 0;       ///< pages

    [[nodiscard]] bool operator==(const HugepagePool&) const noexcept = default;
};

struct NumaNode {
    unsigned id = 0;
    std::vector<unsigned> cpus{};
    std::vector<HugepagePool> hugepages{};
};

/// A PCI device of class network, or an interface without one.
struct NetDevice {
    std::string pci{};           ///< "0000:3b:00.0"; empty: none
    std::string id{};            ///< "8086:1572", vendor and device
    std::string driver{};        ///< the kernel's, or vfio-pci; empty: none
    std::string interface {};    ///< "eth0"; empty: none
    std::string operstate{};     ///< "up", "down", "unknown"
    int speed_mbit = 0;          ///< 0: not known
    int node = -1;               ///< -1: not known
    bool default_route = false;  ///< the way out of this computer goes through it

    /// The PCI address, and the interface where there is one.
    [[nodiscard]] std::string label() const;
    /// Bound to a driver that lets a program own it.
    [[nodiscard]] bool is_for_programs() const noexcept;
    /// DPDK uses it beside its kernel driver: nothing is to be bound.
    [[nodiscard]] bool is_shared() const noexcept;
};

struct Machine {
    std::vector<unsigned> cpus{};      ///< online
    std::vector<unsigned> allowed{};   ///< where this process begins
    std::vector<unsigned> cpuset{};    ///< that its cgroup lets it choose; empty: any
    std::vector<unsigned> isolated{};  ///< isolcpus=
    std::vector<unsigned> nohz_full{};
    std::vector<NumaNode> nodes{};
    std::vector<HugepagePool> hugepages{};  ///< of all nodes
    std::uint64_t memlock_bytes = 0;        ///< UINT64_MAX: no limit
    std::uint64_t capabilities = 0;         ///< effective, as bits
    std::uint64_t user_id = 0;              ///< effective
    bool iommu = false;                     ///< there are IOMMU groups
    bool vfio_loaded = false;               ///< the module vfio-pci
    bool vfio_without_iommu = false;        ///< enable_unsafe_noiommu_mode
    std::vector<NetDevice> devices{};       ///< PCI first, by address

    [[nodiscard]] std::uint64_t free_hugepage_bytes() const noexcept;
    /// The node of a CPU; -1: not known.
    [[nodiscard]] int node_of(unsigned cpu) const noexcept;
    /// By PCI address or interface; nullptr: none.
    [[nodiscard]] const NetDevice* find(std::string_view name) const noexcept;
    [[nodiscard]] bool has_capability(unsigned bit) const noexcept {
        return (capabilities >> bit & 1U) != 0;
    }
};

/// `root` stands in front of /sys and /proc. What cannot be read is as if it were not there.
[[nodiscard]] Machine read_machine(const std::string& root = {});

/// "0-3,8" as numbers, rising; what is no list gives none.
[[nodiscard]] std::vector<unsigned> parse_cpu_list(std::string_view text);
/// The other way round; "none" for none.
[[nodiscard]] std::string cpu_list_text(const std::vector<unsigned>& cpus);

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Reading /sys and /proc.
#include "ingress/dpdk/machine.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "ingress/dpdk/machine_devices.hpp"

namespace flowd::dpdk {
namespace {

namespace fs = std::filesystem;

constexpr unsigned cpus_max = 4096;

std::uint64_t number(const std::string& text, int base = 10) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

/// The value of "Name:  value" in a file of such lines.
std::string field(const fs::path& path, std::string_view name) {
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(name)) continue;
        const auto start = line.find_first_not_of(" \t", name.size());
        return start == std::string::npos ? std::string{} : line.substr(start);
    }
    return {};
}

std::vector<HugepagePool> read_hugepages(const fs::path& folder) {
    constexpr std::string_view prefix = "hugepages-";
    std::vector<HugepagePool> pools;
    for (const fs::path& path : children(folder)) {
        const std::string name = path.filename();
        if (!name.starts_with(prefix)) continue;
        pools.push_back({.page_size = number(name.substr(prefix.size())) * 1024,
                         .total = number(first_line(path / "nr_hugepages")),
                         .free = number(first_line(path / "free_hugepages"))});
    }
    std::sort(pools.begin(), pools.end(), [](const HugepagePool& a, const HugepagePool& b) {
        return a.page_size < b.page_size;
    });
    return pools;
}

std::vector<NumaNode> read_nodes(const fs::path& folder) {
    std::vector<NumaNode> nodes;
    for (const unsigned id : parse_cpu_list(first_line(folder / "online"))) {
        const fs::path node = folder / ("node" + std::to_string(id));
        nodes.push_back({.id = id,
                         .cpus = parse_cpu_list(first_line(node / "cpulist")),
                         .hugepages = read_hugepages(node / "hugepages")});
    }
    return nodes;
}

/// "Max locked memory         8388608              8388608              bytes": the first counts.
std::uint64_t memlock(const fs::path& limits) {
    const std::string value = field(limits, "Max locked memory");
    return value.starts_with("unlimited") ? UINT64_MAX : number(value);
}

/// Of the cgroup or, where it has no such controller, of the nearest one above.
std::vector<unsigned> cpuset_at(const fs::path& mount, fs::path group, const char* name) {
    constexpr int depth_max = 32;
    group = group.relative_path();
    for (int depth = 0; depth < depth_max; ++depth) {
        if (std::string text = first_line(mount / group / name); !text.empty()) {
            return parse_cpu_list(text);
        }
        if (group.empty()) break;
        group = group.parent_path();
    }
    return {};
}

/// Lines "0::/group" (version 2) and "3:cpuset:/group" (version 1).
std::vector<unsigned> read_cpuset(const fs::path& cgroups, const fs::path& self) {
    std::ifstream in{self / "cgroup"};
    for (std::string line; std::getline(in, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string group = line.substr(second + 1);
        std::vector<unsigned> cpus;
        if (controllers.empty()) cpus = cpuset_at(cgroups, group, "cpuset.cpus.effective");
        if (controllers == "cpuset") {
            cpus = cpuset_at(cgroups / "cpuset", group, "cpuset.effective_cpus");
        }
        if (!cpus.empty()) return cpus;
    }
    return {};
}

void read_process(Machine& machine, const fs::path& self) {
    machine.memlock_bytes = memlock(self / "limits");
    machine.allowed = parse_cpu_list(field(self / "status", "Cpus_allowed_list:"));
    machine.capabilities = number(field(self / "status", "CapEff:"), 16);
    // Real, effective, saved.
    std::istringstream ids{field(self / "status", "Uid:")};
    std::uint64_t real = 0;
    ids >> real >> machine.user_id;
}

}  // namespace

std::string NetDevice::label() const {
    if (pci.empty()) return interface;
    return interface.empty() ? pci : pci + " (" + interface + ")";
}

bool NetDevice::is_for_programs() const noexcept {
    return driver == "vfio-pci" || driver == "uio_pci_generic" || driver == "igb_uio";
}

bool NetDevice::is_shared() const noexcept {
    return driver == "mlx5_core" || driver == "mlx4_core" || driver == "hv_netvsc";
}

std::uint64_t Machine::free_hugepage_bytes() const noexcept {
    std::uint64_t bytes = 0;
    for (const HugepagePool& pool : hugepages) bytes += pool.free * pool.page_size;
    return bytes;
}

int Machine::node_of(unsigned cpu) const noexcept {
    for (const NumaNode& node : nodes) {
        if (std::binary_search(node.cpus.begin(), node.cpus.end(), cpu)) {
            return static_cast<int>(node.id);
        }
    }
    return -1;
}

const NetDevice* Machine::find(std::string_view name) const noexcept {
    const auto found = std::find_if(devices.begin(), devices.end(), [name](const auto& device) {
        return !name.empty() && (device.pci == name || device.interface == name);
    });
    return found == devices.end() ? nullptr : &*found;
}

Machine read_machine(const std::string& root) {
    const fs::path sys = root + "/sys";
    const fs::path proc = root + "/proc";
    const fs::path cpu = sys / "devices/system/cpu";
    Machine machine;
    machine.cpus = parse_cpu_list(first_line(cpu / "online"));
    machine.isolated = parse_cpu_list(first_line(cpu / "isolated"));
    machine.nohz_full = parse_cpu_list(first_line(cpu / "nohz_full"));
    machine.nodes = read_nodes(sys / "devices/system/node");
    machine.hugepages = read_hugepages(sys / "kernel/mm/hugepages");
    machine.iommu = !children(sys / "kernel/iommu_groups").empty();
    machine.vfio_loaded = !first_line(sys / "module/vfio_pci/refcnt").empty() ||
                          !children(sys / "bus/pci/drivers/vfio-pci").empty();
    machine.vfio_without_iommu =
        first_line(sys / "module/vfio/parameters/enable_unsafe_noiommu_mode") == "Y";
    read_process(machine, proc / "self");
    machine.cpuset = read_cpuset(sys / "fs/cgroup", proc / "self");
    machine.devices = read_devices(sys, proc);
    return machine;
}

std::vector<unsigned> parse_cpu_list(std::string_view text) {
    std::set<unsigned> cpus;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        unsigned first = 0;
        auto read = std::from_chars(at, end, first);
        if (read.ec != std::errc{}) return {};
        unsigned last = first;
        if (read.ptr < end && *read.ptr == '-') {
            read = std::from_chars(read.ptr + 1, end, last);
            if (read.ec != std::errc{}) return {};
        }
        if (last >= cpus_max || last < first) return {};
        for (unsigned cpu = first; cpu <= last; ++cpu) cpus.insert(cpu);
        if (read.ptr < end && *read.ptr != ',') return {};
        at = read.ptr + 1;
    }
    return {cpus.begin(), cpus.end()};
}

std::string cpu_list_text(const std::vector<unsigned>& cpus) {
    if (cpus.empty()) return "none";
    std::string text;
    for (std::size_t i = 0; i < cpus.size();) {
        std::size_t last = i;
        while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
        if (!text.empty()) text += ',';
        text += std::to_string(cpus[i]);
        if (last > i) text += "-" + std::to_string(cpus[last]);
        i = last + 1;
    }
    return text;
}

}  // namespace flowd::dpdk

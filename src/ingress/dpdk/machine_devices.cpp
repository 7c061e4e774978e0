// SPDX-License-Identifier: BSD-3-Clause
// Network devices from /sys: PCI devices first, interfaces with their devices, default routes.
#include "ingress/dpdk/machine_devices.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace flowd::dpdk {
namespace {

namespace fs = std::filesystem;

int number_or(const std::string& text, int fallback) {
    int value = fallback;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? value : fallback;
}

std::string link_name(const fs::path& path) {
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    return error ? std::string{} : target.filename().string();
}

bool is_pci_address(const std::string& name) noexcept {
    return name.size() == 12 && name[4] == ':' && name[7] == ':' && name[10] == '.';
}

/// The PCI device below an interface; virtio and Hyper-V put devices of their own between.
std::string pci_of(const fs::path& interface) {
    std::error_code error;
    const fs::path device = fs::canonical(interface / "device", error);
    std::string pci;
    if (error) return pci;
    for (const fs::path& part : device) {
        if (is_pci_address(part)) pci = part;
    }
    return pci;
}

/// Interfaces of default routes, and what carries them: ports of a bond or a bridge, the interface
/// of a VLAN.
std::set<std::string> default_interfaces(const fs::path& net, const fs::path& proc) {
    std::set<std::string> found;
    std::ifstream v4{proc / "net/route"};
    for (std::string line; std::getline(v4, line);) {
        std::istringstream in{line};
        std::array<std::string, 8> fields;
        for (std::string& each : fields) in >> each;
        if (fields[1] == "00000000" && fields[7] == "00000000") found.insert(fields[0]);
    }
    std::ifstream v6{proc / "net/ipv6_route"};
    for (std::string line; std::getline(v6, line);) {
        std::istringstream in{line};
        std::array<std::string, 10> fields;
        for (std::string& each : fields) in >> each;
        const bool any = fields[0] == std::string(32, '0') && fields[1] == "00";
        if (any && !fields[9].empty() && fields[9] != "lo") found.insert(fields[9]);
    }
    std::vector<std::string> todo{found.begin(), found.end()};
    while (!todo.empty()) {
        const std::string upper = std::move(todo.back());
        todo.pop_back();
        for (const fs::path& path : children(net / upper)) {
            const std::string name = path.filename();
            if (!name.starts_with("lower_")) continue;
            if (found.insert(name.substr(6)).second) todo.push_back(name.substr(6));
        }
    }
    return found;
}

NetDevice pci_device(const fs::path& path) {
    // "0x8086"
    const auto hex = [&path](const char* name) {
        const std::string text = first_line(path / name);
        return text.size() > 2 ? text.substr(2) : std::string{};
    };
    return {.pci = path.filename(),
            .id = hex("vendor") + ":" + hex("device"),
            .driver = link_name(path / "driver"),
            .node = number_or(first_line(path / "numa_node"), -1)};
}

using Driver = std::pair<std::string_view, std::string_view>;

constexpr std::array by_kernel_driver{
    Driver{"ixgbe", "net_ixgbe"},       Driver{"ixgbevf", "net_ixgbe_vf"},
    Driver{"i40e", "net_i40e"},         Driver{"ice", "net_ice"},
    Driver{"iavf", "net_iavf"},         Driver{"mlx5_core", "mlx5_pci"},
    Driver{"ena", "net_ena"},           Driver{"vmxnet3", "net_vmxnet3"},
    Driver{"virtio-pci", "net_virtio"}, Driver{"hv_netvsc", "net_netvsc"},
    Driver{"gve", "net_gve"},           Driver{"gvnic", "net_gve"},
    Driver{"e1000", "net_e1000_em"},    Driver{"e1000e", "net_e1000_em"},
    Driver{"igb", "net_e1000_igb"},     Driver{"igc", "net_igc"},
    Driver{"bnxt_en", "net_bnxt"},      Driver{"mlx4_core", "net_mlx4"},
    Driver{"txgbe", "net_txgbe"},       Driver{"ngbe", "net_ngbe"}};

/// Makers of one family only; Intel's and Broadcom's need the EAL's own tables.
constexpr std::array by_id{Driver{"1af4:", "net_virtio"}, Driver{"1d0f:", "net_ena"},
                           Driver{"15ad:07b0", "net_vmxnet3"}, Driver{"1ae0:0042", "net_gve"}};

}  // namespace

std::string first_line(const fs::path& path) {
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    return line;
}

std::vector<fs::path> children(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator at{folder, error}; !error && at != fs::directory_iterator{};
         at.increment(error)) {
        paths.push_back(at->path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<NetDevice> read_devices(const fs::path& sys, const fs::path& proc) {
    constexpr std::string_view network_class = "0x02";
    std::vector<NetDevice> devices;
    for (const fs::path& path : children(sys / "bus/pci/devices")) {
        if (first_line(path / "class").starts_with(network_class)) {
            devices.push_back(pci_device(path));
        }
    }
    const fs::path net = sys / "class/net";
    const std::set<std::string> defaults = default_interfaces(net, proc);
    for (const fs::path& path : children(net)) {
        const std::string name = path.filename();
        std::error_code error;
        if (name == "lo" || !fs::is_directory(path, error)) continue;  // bonding_masters is a file
        const std::string pci = pci_of(path);
        auto device = std::find_if(devices.begin(), devices.end(), [&pci](const NetDevice& each) {
            return !pci.empty() && each.pci == pci && each.interface.empty();
        });
        if (device == devices.end()) {
            // A second interface of one PCI device is a row of its own.
            devices.push_back({.pci = pci, .driver = link_name(path / "device/driver")});
            device = devices.end() - 1;
        }
        device->interface = name;
        device->operstate = first_line(path / "operstate");
        device->speed_mbit = std::max(0, number_or(first_line(path / "speed"), 0));
        device->default_route = defaults.contains(name);
    }
    return devices;
}

std::string_view dpdk_driver_of(const NetDevice& device) noexcept {
    for (const auto& [kernel, dpdk] : by_kernel_driver) {
        if (device.driver == kernel) return dpdk;
    }
    for (const auto& [id, dpdk] : by_id) {
        if (device.id.starts_with(id)) return dpdk;
    }
    return {};
}

}  // namespace flowd::dpdk

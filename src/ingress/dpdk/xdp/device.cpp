// SPDX-License-Identifier: BSD-3-Clause
// Reads and completes the arguments of virtual devices.
#include "ingress/dpdk/xdp/device.hpp"

#include <algorithm>
#include <optional>

namespace flowd::dpdk::xdp {
namespace {

std::optional<std::string_view> argument(std::string_view device, std::string_view key) noexcept {
    std::optional<std::string_view> value;
    std::size_t comma = device.find(',');
    while (comma != std::string_view::npos) {
        device.remove_prefix(comma + 1);
        comma = device.find(',');
        const std::string_view pair = device.substr(0, comma);
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) != key) continue;
        value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    }
    return value;
}

void add(std::string& device, std::string_view key, std::string_view value) {
    if (has_argument(device, key)) return;
    device.append(",").append(key).append("=").append(value);
}

/// "net_af_xdp", "net_af_xdp0", "net_af_xdp_left", but not the name of another driver.
bool is_driver(std::string_view device, std::string_view driver) noexcept {
    return device.substr(0, device.find(',')).starts_with(driver);
}

}  // namespace

bool is_af_xdp(std::string_view device) noexcept { return is_driver(device, "net_af_xdp"); }
bool is_af_packet(std::string_view device) noexcept { return is_driver(device, "net_af_packet"); }

bool has_argument(std::string_view device, std::string_view key) noexcept {
    return argument(device, key).has_value();
}

std::string_view interface_of(std::string_view device) noexcept {
    return argument(device, "iface").value_or(std::string_view{});
}

std::string add_program(std::string device, const Program& program) {
    if (!is_af_xdp(device)) return device;
    add(device, "xdp_prog", program.path());
    // Its busy poll is a system call with every empty poll; without it fewer frames were lost on
    // shared CPUs.
    add(device, "busy_budget", "0");
    return device;
}

std::string add_frame_count(std::string device) {
    if (is_af_packet(device)) add(device, "framecnt", "65536");
    return device;
}

}  // namespace flowd::dpdk::xdp

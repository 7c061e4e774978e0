// SPDX-License-Identifier: BSD-3-Clause
// From port tables to arguments of the EAL.
#include "ingress/dpdk/devices.hpp"

#include <utility>

#include "ingress/dpdk/arguments.hpp"
#include "ingress/dpdk/xdp/attached.hpp"
#include "ingress/dpdk/xdp/device.hpp"

namespace flowd::dpdk {
namespace {

/// flowd's XDP program is to be on it.
bool takes_program(const PortOptions& port) {
    return xdp::is_af_xdp(port.device) && port.xdp_program == "flowd" &&
           !xdp::has_argument(port.device, "xdp_prog");
}

Outcome<xdp::Program> make_program(const PortOptions& port,
                                   const std::vector<config::Listener>& listeners) {
    const Outcome<PortIdentity> identity = identity_of(port);
    if (!identity) return identity.error();
    std::vector<std::uint16_t> ports;
    for (const config::Listener& listener : listeners) ports.push_back(listener.port);
    std::vector<flow::Address> addresses;
    for (const PortIdentity::Prefix& each : identity->addresses) addresses.push_back(each.address);
    // Alone, groups would shut out what is sent to the interface's own addresses.
    if (!addresses.empty()) {
        addresses.insert(addresses.end(), identity->groups.begin(), identity->groups.end());
    }
    return xdp::Program::prepare(ports, addresses);
}

}  // namespace

bool is_kept_by_kernel(const PortOptions& port) { return takes_program(port); }

Outcome<Devices> Devices::prepare(const PortTables& ports,
                                  const std::vector<config::Listener>& listeners) {
    Devices devices;
    for (const PortOptions* each : ports.in_use()) {
        if (each->device.empty()) continue;
        if (Failure failure = devices.add(*each, listeners); failed(failure)) return failure;
    }
    return devices;
}

Failure Devices::add(const PortOptions& port, const std::vector<config::Listener>& listeners) {
    const bool pci = kind_of(port.device) == DeviceKind::pci;
    any_pci_ = any_pci_ || pci;
    std::string device = xdp::add_frame_count(port.device);
    if (takes_program(port) && port.decapsulate) {
        return {
            "port.decapsulate: flowd's XDP program takes no tunnels; set port.xdp_program to "
            "driver"};
    }
    if (takes_program(port)) {
        const std::string interface { xdp::interface_of(port.device) };
        if (Failure failure = xdp::detach_stale(interface); failed(failure)) return failure;
        auto program = make_program(port, listeners);
        if (!program) return program.error();
        programs_.push_back(std::move(*program));
        interfaces_.push_back(interface);
        device = xdp::add_program(std::move(device), programs_.back());
    }
    arguments_.insert(arguments_.end(), {pci ? "-a" : "--vdev", std::move(device)});
    return {};
}

void Devices::add_to(std::vector<std::string>& arguments) const {
    if (arguments_.empty()) return;
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    if (!any_pci_ && !has_option(arguments, "--no-pci")) arguments.emplace_back("--no-pci");
}

Devices& Devices::operator=(Devices&& other) noexcept {
    if (this == &other) return *this;
    detach();
    arguments_ = std::move(other.arguments_);
    any_pci_ = other.any_pci_;
    programs_ = std::move(other.programs_);
    interfaces_ = std::exchange(other.interfaces_, {});
    return *this;
}

Devices::~Devices() { detach(); }

void Devices::detach() noexcept {
    for (const std::string& interface : interfaces_) xdp::detach(interface);
    interfaces_.clear();
}

}  // namespace flowd::dpdk

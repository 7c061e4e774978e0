// SPDX-License-Identifier: BSD-3-Clause
// Devices: the devices of all ports as the EAL is to be told, and what has to be there for them: an
// XDP program for net_af_xdp. Cold; main thread. Made before the EAL starts, destroyed after it has
// ended.
#pragma once

#include <string>
#include <vector>

#include "config/listen.hpp"
#include "ingress/dpdk/port_options.hpp"
#include "ingress/dpdk/xdp/program.hpp"

namespace flowd::dpdk {

class Devices {
public:
    Devices() = default;
    Devices(Devices&&) = default;
    Devices& operator=(Devices&& other) noexcept;
    /// Takes our XDP programs off their interfaces, where the driver has not.
    ~Devices();

    /// Removes what a killed flowd has left on an interface.
    [[nodiscard]] static Outcome<Devices> prepare(const PortTables& ports,
                                                  const std::vector<config::Listener>& listeners);

    /// Adds what names the devices, and keeps the EAL from others. Without devices nothing.
    void add_to(std::vector<std::string>& arguments) const;

private:
    [[nodiscard]] Failure add(const PortOptions& port,
                              const std::vector<config::Listener>& listeners);
    void detach() noexcept;

    std::vector<std::string> arguments_;
    bool any_pci_ = false;
    std::vector<xdp::Program> programs_;
    std::vector<std::string> interfaces_;  ///< with a program of ours
};

/// The kernel answers for this port itself, and so its addresses are not flowd's to answer for.
[[nodiscard]] bool is_kept_by_kernel(const PortOptions& port);

}  // namespace flowd::dpdk

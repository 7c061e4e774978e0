// SPDX-License-Identifier: BSD-3-Clause
// What DPDK's drivers say of the ports that the EAL has found. Nothing is configured or started.
#pragma once

#include <rte_ethdev.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ingress/dpdk/machine_check.hpp"
#include "ingress/dpdk/options.hpp"
#include "ingress/dpdk/probe_page.hpp"

namespace flowd::dpdk {

/// Every port; the EAL runs.
void tell_ports(ProbePage& page);

/// One port: its name, and what its driver says. Pure.
void tell_port(ProbePage& page, const std::string& name, const rte_eth_dev_info& info);

/// What the ports' drivers would refuse of the settings, and named devices that gave no port; the
/// EAL runs.
[[nodiscard]] std::vector<Complaint> judge_ports(const Options& options);

/// One port's settings against its driver's limits. Pure.
[[nodiscard]] std::vector<Complaint> judge_port(const PortOptions& port, const Options& options,
                                                const rte_eth_dev_info& info);

/// "ipv4 ipv4-udp": hash types by name; "none" for none.
[[nodiscard]] std::string hash_type_names(std::uint64_t types);

}  // namespace flowd::dpdk

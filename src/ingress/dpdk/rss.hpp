// SPDX-License-Identifier: BSD-3-Clause
// RSS on addresses only: an exporter's datagrams must meet in one queue whatever their ports, and
// fragments have none. Cold.
#pragma once

#include <rte_ethdev.h>

#include <cstdint>
#include <string>

namespace flowd::dpdk {

/// Of what the driver offers, the hash types that look at nothing but IP addresses.
[[nodiscard]] std::uint64_t address_hash(std::uint64_t offered) noexcept;
/// Switches RSS on in `config` where the driver offers it for IPv4 or IPv6.
void ask_for_rss(rte_eth_conf& config, std::uint64_t offered) noexcept;
/// One line about what the started port really does.
void log_rss(std::uint16_t port_id, const std::string& name);

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The text of a virtual device ("net_af_xdp0,iface=eth1"): what it says, and what flowd adds where
// the user is silent. Plain text, cold.
#pragma once

#include <string>
#include <string_view>

#include "ingress/dpdk/xdp/program.hpp"

namespace flowd::dpdk::xdp {

[[nodiscard]] bool is_af_xdp(std::string_view device) noexcept;
[[nodiscard]] bool is_af_packet(std::string_view device) noexcept;

/// Whether the device's arguments have this key: `has_argument(device, "xdp_prog")` means that the
/// user has a program of their own, and flowd attaches and detaches nothing.
[[nodiscard]] bool has_argument(std::string_view device, std::string_view key) noexcept;

/// The value of `iface=`, the last one if there are several; empty without.
[[nodiscard]] std::string_view interface_of(std::string_view device) noexcept;

/// For net_af_xdp: `xdp_prog=` of the program and `busy_budget=0`, each unless the user has it.
/// Another device comes back as it is.
[[nodiscard]] std::string add_program(std::string device, const Program& program);

/// For net_af_packet: `framecnt=65536` unless the user has it. The driver's default of 512 holds a
/// burst of 512 frames, and what overflows is counted nowhere.
[[nodiscard]] std::string add_frame_count(std::string device);

}  // namespace flowd::dpdk::xdp

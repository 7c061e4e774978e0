// SPDX-License-Identifier: BSD-3-Clause
// What is attached to a kernel interface, before flowd takes it and after flowd leaves it: an XDP
// program outlives the process that attached it. Cold, main thread.
#pragma once

#include <cstdint>
#include <string>

#include "log/failure.hpp"

namespace flowd::dpdk::xdp {

/// Before the EAL starts: makes sure that no program is attached. One that a killed flowd left is
/// removed and logged. A failure when the interface is missing, or when the program is another's,
/// a living flowd's, or of unknown name (the kernel tells names to CAP_SYS_ADMIN only): the
/// sentence has the command that removes it.
[[nodiscard]] Failure detach_stale(const std::string& interface);

/// After the port is closed: removes our program if it is still attached and no other process has
/// it; else does nothing. The driver has usually removed it already.
void detach(const std::string& interface);

/// The frames that the kernel has dropped on receive since the interface exists: what AF_XDP
/// sockets had no room for, also where the driver does not count it as missed, and what the kernel
/// itself had no use for. 0 when it cannot be read.
[[nodiscard]] std::uint64_t kernel_rx_dropped(const std::string& interface);

}  // namespace flowd::dpdk::xdp

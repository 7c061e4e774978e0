// SPDX-License-Identifier: BSD-3-Clause
// The system calls of an RX worker. What it reads comes from anybody; should a datagram ever take a
// worker over, the thread can receive, compute and wait, and nothing else: no file, no program, no
// connection, no other process.
#pragma once

#include <cstdint>

#include "log/failure.hpp"

namespace flowd {

/// What happens at any other call. `refuse`: it fails with EPERM, and the kernel's audit log has it
/// where that is on; a rare path that nobody thought of then costs a call, not the collector.
/// `kill`: the process ends with SIGSYS.
enum class Violation : std::uint8_t { refuse, kill };

/// For the calling thread, and what it starts; for good. The first thing that an RX worker's thread
/// does: descriptors that it uses are open by then. Sets no_new_privs for the thread.
[[nodiscard]] Failure install_rx_filter(Violation violation);

}  // namespace flowd

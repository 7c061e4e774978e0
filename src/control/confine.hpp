// SPDX-License-Identifier: BSD-3-Clause
// What a worker's thread gives up before its first datagram. Called by the thread itself.
#pragma once

#include <string_view>

namespace flowd {

/// Of an RX worker: all capabilities, and every system call but those that receiving needs.
/// `seccomp` is the setting: "on", "kill" or "off". What the system refuses is logged; a kernel
/// without filters is no reason not to collect.
void confine_rx_thread(std::string_view seccomp);

/// Of a TX worker: the capabilities that opening files does not need.
void confine_tx_thread();

}  // namespace flowd

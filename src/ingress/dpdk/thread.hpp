// SPDX-License-Identifier: BSD-3-Clause
// A worker's thread and DPDK: registered, it has a packet buffer cache of its own. Once per thread,
// by itself.
#pragma once

namespace flowd::dpdk {

void attach_thread() noexcept;
void detach_thread() noexcept;

}  // namespace flowd::dpdk

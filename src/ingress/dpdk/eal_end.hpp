// SPDX-License-Identifier: BSD-3-Clause
// The end of the EAL. flowd-gen has it, too.
#pragma once

namespace flowd::dpdk {

/// Gives back what rte_eal_init() took. Once, when every port is closed; main thread.
void end_eal() noexcept;

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// A Machine in words: what it has, and what flowd could do with each device. Pure.
#pragma once

#include "ingress/dpdk/machine.hpp"
#include "ingress/dpdk/probe_page.hpp"

namespace flowd::dpdk {

/// CPUs, memory, IOMMU.
void tell_machine(ProbePage& page, const Machine& machine);
/// Every device with the ways to receive from it.
void tell_devices(ProbePage& page, const Machine& machine);

}  // namespace flowd::dpdk

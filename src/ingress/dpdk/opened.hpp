// SPDX-License-Identifier: BSD-3-Clause
// Opened: a running DPDK ingress, live or replay: the EAL, its ports, and one Ingress per RX queue
// in the order of ports, then queues. Owned by the main thread; destroyed after the workers ended.
#pragma once

#include <memory>
#include <vector>

#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/port.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

struct Opened {
    // Destroyed from the bottom up: queues give their frames back, then ports close, then the EAL.
    std::unique_ptr<Eal> eal;
    std::vector<std::unique_ptr<Port>> ports;
    std::vector<std::unique_ptr<flowd::Ingress>> queues;
};

}  // namespace flowd::dpdk

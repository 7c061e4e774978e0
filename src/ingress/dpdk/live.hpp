// SPDX-License-Identifier: BSD-3-Clause
// Opens the live ingress: every port that the EAL finds, with the RX queues that were asked for.
// Cold, main thread, once per process.
#pragma once

#include <vector>

#include "config/listen.hpp"
#include "ingress/dpdk/opened.hpp"
#include "ingress/dpdk/options.hpp"

namespace flowd::dpdk {

/// Without listeners every UDP datagram is taken.
[[nodiscard]] Outcome<Opened> open(const Options& options,
                                   const std::vector<config::Listener>& listeners,
                                   const WorkerOptions& worker);

}  // namespace flowd::dpdk

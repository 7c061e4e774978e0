// SPDX-License-Identifier: BSD-3-Clause
// The live DPDK ingress: from options to running ports and RX workers' queues. Cold; main thread,
// once per process.
#pragma once

#include <vector>

#include "config/listen.hpp"
#include "ingress/dpdk/opened.hpp"
#include "ingress/dpdk/options.hpp"

namespace flowd::dpdk {

struct LiveSettings {
    const Options& dpdk;
    const std::vector<config::Listener>& listeners;
    WorkerOptions worker{};
    std::uint32_t workers = 0;  ///< RX workers; 0: one per queue
    std::uint64_t seed = 0;     ///< that senders do not know
};

/// RX workers that the options ask for, before ports are known: queues of all ports.
[[nodiscard]] std::uint32_t queue_count(const Options& options) noexcept;

/// Buffers of a queue that are neither with its driver nor in a burst: between workers, held, and
/// fragments.
[[nodiscard]] std::uint32_t buffers_elsewhere(const Options& options,
                                              std::uint32_t workers) noexcept;

/// Packet buffers of all ports that are named, or of one that is found; workers 0: one per queue.
[[nodiscard]] std::uint64_t buffer_bytes(const Options& options, std::uint32_t workers);

/// Opens every port that is named, or that the EAL finds; worker w polls the queues w, w + workers
/// and so on, of all ports in a row.
[[nodiscard]] Outcome<Opened> open(const LiveSettings& settings);

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The settings of the DPDK ingress, [dpdk] in the TOML. Sealed: they size memory and queues before
// the first packet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/row.hpp"
#include "ingress/dpdk/fragment_limits.hpp"
#include "ingress/dpdk/port_options.hpp"

namespace flowd::dpdk {

/// What a worker does when its queue is empty (`rx.idle`).
enum class Idle : std::uint8_t { adaptive, pause, spin };

/// Of the worker that will run a queue.
struct WorkerOptions {
    Idle idle = Idle::adaptive;
    std::uint16_t burst = 32;  ///< frames taken at once
    bool shares_cpu = false;   ///< more busy threads than CPUs: give the CPU away, never spin
};

struct Options {
    std::vector<std::string> eal;    ///< one EAL argument each
    std::string eal_line;            ///< the flag's form: split at spaces, quotes honoured
    std::string hugepages = "auto";  ///< auto, on, off
    std::int64_t memory_mb = 0;      ///< 0: computed
    std::int64_t queues = 1;         ///< RX queues of each port
    std::int64_t descriptors = 4096;
    std::int64_t pool = 0;  ///< mbufs of each queue; 0: computed
    std::int64_t mtu = 0;   ///< 0: what the driver starts with, 1500
    std::int64_t burst = 32;
    bool telemetry = true;           ///< of live ports
    std::int64_t shard_ring = 2048;  ///< frames between two workers
    std::int64_t fragments_bytes = 8'388'608;
    std::int64_t fragments_age_ms = 2'000;
    PortTables ports{};
};

/// Of a queue's pool, for the fragments of all RX workers together: any of them may hold what came
/// by one queue.
[[nodiscard]] std::uint32_t fragment_buffers(const Options& options) noexcept;
/// Of each RX worker.
[[nodiscard]] FragmentLimits fragment_limits(const Options& options,
                                             std::uint32_t workers) noexcept;

/// The rows write into `options`, which must outlive them. Those of [port] are among them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The rows of [dpdk].
#include "ingress/dpdk/options.hpp"

#include <algorithm>
#include <iterator>

namespace flowd::dpdk {

namespace {

/// Between RX workers, and between parts of datagrams.
std::vector<config::Row> sharing_rows(Options& options) {
    std::vector<config::Row> rows;
    rows.push_back({.key = "shard.ring",
                    .flag = "shard.ring",
                    .target = &options.shard_ring,
                    .help = "Frames that may wait between each two RX workers, when an exporter's "
                            "queue is not its worker's.",
                    .unit = "frames",
                    .min = 64,
                    .max = 65'535});
    rows.push_back({.key = "fragments.bytes_max",
                    .flag = "fragments.bytes",
                    .target = &options.fragments_bytes,
                    .help = "Packet buffers in which fragments of datagrams may wait for the "
                            "others, for all RX workers; 0: fragments are dropped.",
                    .unit = "bytes",
                    .min = 0,
                    .max = 1'073'741'824});
    rows.push_back({.key = "fragments.age_max_ms",
                    .flag = "fragments.age",
                    .target = &options.fragments_age_ms,
                    .help = "How long a fragment waits for the others.",
                    .unit = "ms",
                    .min = 1,
                    .max = 60'000});
    return rows;
}

config::Row telemetry_row(Options& options) {
    return {.key = "dpdk.telemetry",
            .flag = "dpdk.telemetry",
            .target = &options.telemetry,
            .help =
                "Answer dpdk-telemetry.py: DPDK's own commands, /flowd/stats and "
                "/flowd/exporters. Of live ports only."};
}

}  // namespace

std::uint32_t fragment_buffers(const Options& options) noexcept {
    constexpr std::int64_t buffer_size = 2048;  // at least
    const std::int64_t buffers = options.fragments_bytes / buffer_size;
    // A pool that was given must go round without them.
    return static_cast<std::uint32_t>(options.pool == 0 ? buffers
                                                        : std::min(buffers, options.pool / 4));
}

FragmentLimits fragment_limits(const Options& options, std::uint32_t workers) noexcept {
    return {.bytes_max = static_cast<std::uint64_t>(options.fragments_bytes),
            .buffers_max = fragment_buffers(options) / workers,
            .age_max_ns = static_cast<std::uint64_t>(options.fragments_age_ms) * 1'000'000};
}

std::vector<config::Row> rows(Options& options) {
    std::vector<config::Row> rows;
    rows.push_back(
        {.key = "dpdk.eal",
         .flag = "",
         .target = &options.eal,
         .help = "EAL arguments, one per element: [\"--vdev\", \"net_memif0,role=server\"]."});
    rows.push_back({.key = "",
                    .flag = "dpdk.eal",
                    .target = &options.eal_line,
                    .help = "EAL arguments in one string, split at spaces; quotes keep spaces; "
                            "they follow those of the file."});
    rows.push_back({.key = "dpdk.hugepages",
                    .flag = "dpdk.hugepages",
                    .target = &options.hugepages,
                    .help = "Whether packet memory is taken from hugepages; auto takes them when "
                            "enough are free.",
                    .choices = {"auto", "on", "off"}});
    rows.push_back({.key = "dpdk.memory_mb",
                    .flag = "dpdk.memory_mb",
                    .target = &options.memory_mb,
                    .help = "Packet memory when running without hugepages; 0 computes it from "
                            "ports, queues and pools.",
                    .unit = "MiB",
                    .min = 0,
                    .max = 1'048'576});
    rows.push_back({.key = "dpdk.queues",
                    .flag = "dpdk.queues",
                    .target = &options.queues,
                    .help = "RX queues of each port, one RX worker each.",
                    .unit = "queues",
                    .min = 1,
                    .max = 64});
    rows.push_back({.key = "dpdk.descriptors",
                    .flag = "dpdk.descriptors",
                    .target = &options.descriptors,
                    .help = "RX descriptors of each queue, cut to what the driver takes.",
                    .unit = "descriptors",
                    .min = 64,
                    .max = 65'535});
    rows.push_back({.key = "dpdk.pool",
                    .flag = "dpdk.pool",
                    .target = &options.pool,
                    .help = "Packet buffers of each queue; 0 computes it from the descriptors.",
                    .unit = "buffers",
                    .min = 0,
                    .max = 16'777'215});
    rows.push_back({.key = "dpdk.burst",
                    .flag = "dpdk.burst",
                    .target = &options.burst,
                    .help = "Frames that an RX worker takes from a queue at once.",
                    .unit = "frames",
                    .min = 4,
                    .max = 32});
    rows.push_back({.key = "dpdk.mtu",
                    .flag = "dpdk.mtu",
                    .target = &options.mtu,
                    .help = "Largest IP packet the ports take, for jumbo frames; 0 leaves 1500.",
                    .unit = "bytes",
                    .min = 0,
                    .max = 65'000});
    rows.push_back(telemetry_row(options));
    for (std::vector<config::Row> more :
         {sharing_rows(options), dpdk::rows(options.ports.single)}) {
        rows.insert(rows.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    }
    return rows;
}

}  // namespace flowd::dpdk

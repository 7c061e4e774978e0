// SPDX-License-Identifier: BSD-3-Clause
// Replay: a capture file as an ingress, through DPDK's net_pcap, with or without hugepages. Cold,
// main thread, once per process, and instead of the live ports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/listen.hpp"
#include "ingress/dpdk/opened.hpp"
#include "ingress/dpdk/options.hpp"

namespace flowd::dpdk {

struct ReplayOptions {
    enum class Pace : std::uint8_t { as_fast, pps, timed };

    std::string path;
    std::uint64_t loops = 1;    ///< 1: straight from the file; more: from memory; 0 counts as 1
    std::uint64_t seconds = 0;  ///< above 0: from memory, over and over, `loops` times if above 1
    Pace pace = Pace::as_fast;
    std::uint64_t pps = 0;  ///< datagrams a second, of Pace::pps; 1 to 10^9
};

/// Of `dpdk`, the memory settings count. Without listeners every UDP datagram is taken.
[[nodiscard]] Outcome<Opened> open_replay(const ReplayOptions& replay, const Options& dpdk,
                                          const std::vector<config::Listener>& listeners,
                                          const WorkerOptions& worker);

}  // namespace flowd::dpdk

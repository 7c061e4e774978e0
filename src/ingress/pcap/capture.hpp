// SPDX-License-Identifier: BSD-3-Clause
// What a capture file holds, found out before it is replayed: DPDK's net_pcap tells neither the
// link type nor the number of packets nor the end. pcap and pcapng, read by libpcap, whose door
// this is. Cold, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/packet/frame.hpp"
#include "log/failure.hpp"

namespace flowd::pcap {

struct Capture {
    flow::packet::LinkType link = flow::packet::LinkType::ethernet;
    std::uint64_t packet_count = 0;
    std::uint64_t captured_size = 0;  ///< bytes of all frames, as captured
    std::uint32_t largest_size = 0;   ///< bytes of the largest frame, as captured
    std::uint64_t first_ns = 0;       ///< capture time of the first packet in the file, UNIX time
    std::uint64_t last_ns = 0;        ///< of the last one; earlier than first_ns is possible
    std::vector<std::uint64_t> times_ns;  ///< of every packet, when asked for
    std::string warning;  ///< one sentence about a damaged or empty file; mostly empty
};

enum class Detail : std::uint8_t { totals, times };

/// Reads the whole file once. A file that breaks off counts up to there and carries a warning; one
/// that is missing, is no capture, or has a link type that flowd cannot read is a failure.
[[nodiscard]] Outcome<Capture> inspect(const std::string& path, Detail detail = Detail::totals);

}  // namespace flowd::pcap

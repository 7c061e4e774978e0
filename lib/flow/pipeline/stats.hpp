// SPDX-License-Identifier: BSD-3-Clause
// What a pipeline has done. Written by its thread only; every datagram ends in exactly one place:
// datagrams = decoded + Σ datagram_drops.
#pragma once

#include <array>
#include <cstdint>

#include "flow/base/error.hpp"

namespace flow {

struct PipelineStats {
    std::uint64_t datagrams = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t decoded = 0;  ///< datagrams with nothing wrong
    /// Datagrams in which something was wrong, by the first thing. What was good in them has become
    /// flows.
    std::array<std::uint64_t, error_count> datagram_drops{};
    std::uint64_t flows = 0;              ///< formatted, or lost for want of room
    std::uint64_t flows_too_large = 0;    ///< of these: larger than a batch
    std::uint64_t templates_learnt = 0;   ///< new or changed ones
    std::uint64_t exporters_evicted = 0;  ///< to make room for others
    // sFlow's samples that are no flows.
    std::uint64_t counter_samples = 0;
    std::uint64_t discarded_samples = 0;  ///< of packets that the switch dropped
    std::uint64_t other_samples = 0;
};

}  // namespace flow

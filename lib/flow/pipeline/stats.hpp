// SPDX-License-Identifier: BSD-3-Clause
// What a pipeline has done. Written by its thread only.
#pragma once

#include <cstdint>

#include "flow/decode/stats.hpp"

namespace flow {

struct PipelineStats : DecodeStats {
    std::uint64_t flows = 0;               ///< formatted, or lost for want of room
    std::uint64_t flows_too_large = 0;     ///< of these: larger than a batch
    std::uint64_t templates_learnt = 0;    ///< new or changed ones
    std::uint64_t templates_restored = 0;  ///< from an earlier run
    // sFlow's samples that are no flows.
    std::uint64_t counter_samples = 0;
    std::uint64_t discarded_samples = 0;  ///< of packets that the switch dropped
    std::uint64_t other_samples = 0;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// ExporterCounts: what an exporter had done by one moment, or between two. A diagnosis judges what
// has come since some minutes ago, not what has come since the start.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/decode/traits.hpp"
#include "metrics/observation.hpp"

namespace flowd {

struct ExporterCounts {
    struct Domain {
        std::uint32_t id = 0;
        std::uint8_t version = 0;
        std::uint64_t flows = 0;  ///< of IPFIX: and records of options, which it numbers, too
        std::uint64_t datagrams = 0;
        std::uint64_t lost = 0;
        std::uint64_t late = 0;
        std::uint64_t duplicates = 0;
    };

    std::uint32_t seconds = 0;   ///< UNIX time; of a difference: how long
    std::uint64_t decoded = 0;   ///< of its datagrams
    std::uint64_t dropped = 0;   ///< datagrams, by flowd
    std::uint64_t not_here = 0;  ///< of those, Error::protocol_not_here
    // Of its traits, whose counters wrap: so do the sums, and differences are right all the same.
    std::uint32_t datagrams = 0;
    std::uint32_t reassembled = 0;  ///< from fragments
    std::uint32_t flows_sampled = 0;
    std::array<std::uint32_t, flow::deviation_count> deviations{};
    std::array<std::uint32_t, flow::time_fault_count> time_faults{};
    std::vector<Domain> domains;  ///< in the order of the view's
};

[[nodiscard]] ExporterCounts count(const ExporterView& view, std::span<const flow::Traits> traits,
                                   std::uint32_t now_seconds);
/// Counts that have gone back, because a row was given to another, have not moved.
[[nodiscard]] ExporterCounts difference(const ExporterCounts& now, const ExporterCounts& before);

}  // namespace flowd

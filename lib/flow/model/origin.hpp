// SPDX-License-Identifier: BSD-3-Clause
// Origin: what is the same for every flow of one datagram. Formats encode it once per datagram and
// copy it as a block.
#pragma once

#include <cstdint>
#include <span>

#include "flow/model/address.hpp"
#include "flow/model/flow_type.hpp"

namespace flow {

/// Index of an exporter in its shard. Stays the same until the exporter is evicted.
using ExporterIndex = std::uint32_t;

/// A rate that an exporter announced for one of its samplers (IE 48, 302).
struct SamplerRate {
    std::uint64_t sampler = 0;
    std::uint64_t rate = 0;
};

struct Origin {
    FlowType type = FlowType::unknown;
    Address sampler;  ///< exporter; for sFlow the agent (sFlow v5 spec §5)
    ExporterIndex exporter = 0;
    std::uint32_t sequence = 0;            ///< as in the header
    std::uint32_t observation_domain = 0;  ///< IPFIX, and the source id of NetFlow v9
    std::uint64_t sampling_rate = 0;       ///< 1 in N; 0: unknown
    /// Rates by sampler, for records that name theirs; borrowed from the shard's sampling state.
    std::span<const SamplerRate> samplers{};
    std::uint64_t received_ns = 0;         ///< UNIX time
    std::uint32_t export_seconds = 0;      ///< UNIX time of the header
    std::uint32_t export_nanoseconds = 0;  ///< the rest of it; NetFlow v5 and its kin
    std::uint32_t uptime_ms = 0;           ///< of the exporter; NetFlow v5 and v9
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// RxCut: all counters of an RX worker at one moment between two bursts, so that its equations hold
// in it. The worker makes one when it is asked. In every cut
//   ingress.datagrams = Σ ingress.drops + pipeline.datagrams
//   lane.offered = lane.published + lane.ring_full + lane.too_large, for each lane
//   pipeline.datagrams + adopted = decoded + Σ datagram_drops + parked_datagrams + handed_on,
// so that Σ (parked_datagrams + handed_on - adopted) wait, also between two workers. What
// arrived in all is Σ (ingress.datagrams + ingress.missed). A frame is a datagram where it is
// handed to the pipeline or dropped: one that was forwarded is none where it came from, and none
// anywhere while it waits. Of the sums over workers that have ended,
//   Σ forwarded = Σ taken_over
// and in the cuts of workers that run, what is between two of them is in `waiting`.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/strangers.hpp"
#include "flow/pipeline/stats.hpp"
#include "ingress/ingress.hpp"

namespace flowd {

/// What one transport was meant to get: `offered = published + ring_full + too_large`, in messages.
struct LaneCut {
    std::uint64_t offered = 0;
    std::uint64_t published = 0;  ///< committed to batches: in the open one, in the ring, past it
    std::uint64_t ring_full = 0;
    std::uint64_t too_large = 0;
};

struct RxCut {
    IngressStats ingress;
    /// Frames here that are no datagrams yet: on their way to another worker or held until an
    /// exporter's state has come; those in the rings to this worker; and fragments.
    std::uint64_t waiting = 0;
    flow::PipelineStats pipeline;
    std::vector<LaneCut> lanes;  ///< sized before the worker runs
    flow::Strangers::Places strangers{};
    std::uint32_t exporter_count = 0;
    std::uint32_t domain_count = 0;
    std::uint32_t template_count = 0;
    std::uint64_t cycles = 0;  ///< as RxProgress has them
    std::uint64_t busy_cycles = 0;
};

}  // namespace flowd

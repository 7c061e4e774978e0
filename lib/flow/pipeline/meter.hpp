// SPDX-License-Identifier: BSD-3-Clause
// Meter: what a pipeline has made since it was last asked: flows, and what its sink says of their
// messages. One per shard.
#pragma once

#include "flow/decode/ledger.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "flow/pipeline/stats.hpp"

namespace flow {

template <MessageSink Sink>
class Meter {
public:
    /// Both are borrowed.
    Meter(const PipelineStats& stats, const Sink& sink) noexcept
        : stats_{stats}, sink_{sink}, before_{totals()} {}

    /// Since the call before.
    [[nodiscard]] MadeCounts take() noexcept {
        const MadeCounts now = totals();
        const MadeCounts before = before_;
        before_ = now;
        return {now.flows - before.flows, now.offered - before.offered,
                now.published - before.published, now.too_large - before.too_large,
                now.ring_full - before.ring_full};
    }

private:
    [[nodiscard]] MadeCounts totals() const noexcept {
        if constexpr (CountingSink<Sink>) {
            const SinkCounts counts = sink_.counts();
            return {stats_.flows, counts.offered, counts.published, counts.too_large,
                    counts.ring_full};
        } else {
            return {stats_.flows, stats_.flows, stats_.flows - stats_.flows_too_large,
                    stats_.flows_too_large, 0};
        }
    }

    const PipelineStats& stats_;
    const Sink& sink_;
    MadeCounts before_;
};

}  // namespace flow

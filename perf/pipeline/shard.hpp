// SPDX-License-Identifier: BSD-3-Clause
// A pipeline with its sink, as one RX worker has them.
#pragma once

#include "flow/model/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "perf/support/sinks.hpp"
#include "perf/support/traffic.hpp"

namespace flow::perf {

template <Formatter Format, MessageSink Sink>
class Shard {
public:
    explicit Shard(const Format& format, const Traffic& traffic)
        : pipeline_{format, sink_, PipelineLimits{}} {
        for (const Datagram& datagram : traffic.templates) {
            static_cast<void>(pipeline_.process(datagram));
        }
    }

    void process(const Datagram& datagram) noexcept {
        static_cast<void>(pipeline_.process(datagram));
    }
    [[nodiscard]] Sink& sink() noexcept { return sink_; }
    [[nodiscard]] const Sink& sink() const noexcept { return sink_; }
    [[nodiscard]] const PipelineStats& stats() const noexcept { return pipeline_.stats(); }

private:
    Sink sink_;
    Pipeline<Format, Sink> pipeline_;
};

}  // namespace flow::perf

// SPDX-License-Identifier: BSD-3-Clause
// A pipeline with its sink, as one RX worker has them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "flow/model/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "perf/support/sinks.hpp"
#include "perf/support/traffic.hpp"
#include "worker/huge_pages.hpp"

namespace flow::perf {

/// flowd's, and more where the traffic has more exporters or templates: whoever has so many says so
/// in flowd's configuration.
[[nodiscard]] inline PipelineLimits limits_for(const Traffic& traffic,
                                               bool ledger = true) noexcept {
    const auto raise = [](std::uint32_t& limit, std::size_t needed) {
        limit = std::max(limit, static_cast<std::uint32_t>(needed));
    };
    const TrafficOptions& options = traffic.options;
    const std::size_t templates = options.templates + (options.mixed_percent > 0 ? 1 : 0);
    PipelineLimits limits;
    limits.ledger = ledger;
    limits.traits = ledger;  // what is kept of exporters, as a whole
    // A full table would push exporters out: a quarter stays free.
    raise(limits.templates.exporters_max, options.exporter_count + options.exporter_count / 4);
    raise(limits.domains.domains_max, options.exporter_count + options.exporter_count / 4);
    raise(limits.templates.templates_max, options.exporter_count * templates * 5 / 4);
    raise(limits.templates.templates_per_exporter_max, templates);
    return limits;
}

template <Formatter Format, MessageSink Sink>
class Shard {
public:
    explicit Shard(const Format& format, const Traffic& traffic,
                   const produce::Settings& settings = {}, bool ledger = true)
        : pipeline_{format, settings, sink_, limits_for(traffic, ledger)} {
        pipeline_.visit_tables(flowd::prefer_huge_pages);  // as an RX worker does
        for (const Datagram& datagram : traffic.templates) {
            static_cast<void>(pipeline_.process(datagram));
        }
    }

    void process(const Datagram& datagram) noexcept {
        static_cast<void>(pipeline_.process(datagram));
    }
    /// In bursts, as an RX worker receives them.
    void process(std::span<const Datagram> datagrams) noexcept {
        constexpr std::size_t burst_size = 32;
        while (!datagrams.empty()) {
            const auto burst = datagrams.first(std::min(burst_size, datagrams.size()));
            datagrams = datagrams.subspan(burst.size());
            pipeline_.process(burst);
        }
    }
    [[nodiscard]] Sink& sink() noexcept { return sink_; }
    [[nodiscard]] const Sink& sink() const noexcept { return sink_; }
    [[nodiscard]] const Ledger& ledger() const noexcept { return pipeline_.ledger(); }
    [[nodiscard]] const PipelineStats& stats() const noexcept { return pipeline_.stats(); }

private:
    Sink sink_;
    Pipeline<Format, Sink> pipeline_;
};

}  // namespace flow::perf

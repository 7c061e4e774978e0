// SPDX-License-Identifier: BSD-3-Clause
// A whole pipeline over all datagrams, in any format.
#pragma once

#include <memory>
#include <span>

#include "flow/model/formatter.hpp"
#include "perf/pipeline/runner.hpp"
#include "perf/pipeline/shard.hpp"
#include "perf/support/sinks.hpp"

namespace flow::perf {

template <Formatter Format>
class PipelineRunner final : public Runner {
public:
    PipelineRunner(const Format& format, const Traffic& traffic, const produce::Settings& settings,
                   bool ledger = true)
        : shard_{format, traffic, settings, ledger} {}

    void pass(const Traffic& traffic) override {
        shard_.sink().reset();
        shard_.process(std::span<const Datagram>{traffic.datagrams});
    }
    [[nodiscard]] const Ledger& ledger() const noexcept { return shard_.ledger(); }
    [[nodiscard]] std::uint64_t byte_count() const override { return shard_.sink().byte_count(); }

private:
    Shard<Format, BatchRotation> shard_;
};

/// `settings` have the schema of `format`; what they point to outlives the cases.
template <Formatter Format>
auto maker(const Format& format, const produce::Settings& settings = {}, bool ledger = true) {
    return [format, settings, ledger](const Traffic& traffic) -> std::unique_ptr<Runner> {
        return std::make_unique<PipelineRunner<Format>>(format, traffic, settings, ledger);
    };
}

}  // namespace flow::perf

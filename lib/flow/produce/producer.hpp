// SPDX-License-Identifier: BSD-3-Clause
// Producer: from records and samples to flows. All that a shard needs of this folder.
#pragma once

#include <span>

#include "flow/base/error.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"
#include "flow/model/template.hpp"
#include "flow/produce/fill.hpp"
#include "flow/produce/frames.hpp"
#include "flow/produce/lists.hpp"
#include "flow/produce/plan.hpp"
#include "flow/produce/sample.hpp"
#include "flow/produce/settings.hpp"
#include "flow/produce/usual_samples.hpp"

namespace flow::produce {

/// One per shard; never shared, never locked. Its memory is reserved by the constructor. A flow
/// that it has filled borrows from it until the next one is.
class Producer {
public:
    explicit Producer(const Settings& settings) noexcept
        : settings_{settings}, frames_{settings_}, samples_{settings_, frames_} {}

    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    /// Another way for the samples that it takes.
    [[nodiscard]] UsualSamples usual_samples() const noexcept { return {settings_, frames_}; }

    /// Cold: once per template. The plan's steps are written to `steps`, which must outlive it.
    [[nodiscard]] Plan compile(const Template& layout,
                               std::span<Step, plan_steps_max> steps) const noexcept {
        return produce::compile(layout, settings_, steps);
    }

    /// The columns that the datagram and the record decide. `flow` is new; `origin` and the
    /// record's bytes outlive it.
    void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin) noexcept {
        produce::fill(flow, origin);
        produce::fill(flow, plan, record, origin, frames_, lists_);
    }

    /// The same of an sFlow sample. bad_record: a record was too short for its format or for the
    /// sample, and was left out; the others count.
    Error fill(Flow& flow, const FlowSample& sample, const Origin& origin) noexcept {
        return samples_.fill(flow, sample, origin, lists_);
    }

private:
    const Settings settings_;
    Frames frames_;
    const SampleFiller samples_;
    Lists lists_;
};

}  // namespace flow::produce

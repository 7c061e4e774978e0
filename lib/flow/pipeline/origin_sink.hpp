// SPDX-License-Identifier: BSD-3-Clause
// OriginSink: a RecordSink before another one, for protocols whose decoders know no sampling rates
// but those of their headers: a datagram without one gets the configuration's.
#pragma once

#include "flow/decode/flow_times.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/model/record.hpp"

namespace flow {

template <RecordSink Sink>
class OriginSink {
public:
    /// `fallback_rate` for flows whose datagram says none; sFlow's samples say their own.
    /// `sampled`: where flows are looked at; null: this time they are not. `scratch` is
    /// overwritten.
    OriginSink(Sink& sink, std::uint64_t fallback_rate, Traits* sampled,
               VariableLayout& scratch) noexcept
        : sink_{sink}, fallback_rate_{fallback_rate}, sampled_{sampled}, scratch_{scratch} {}

    void begin(const Origin& origin) noexcept {
        const bool complete = origin.sampling_rate != 0 || origin.type == FlowType::sflow_5;
        if (sampled_ != nullptr) [[unlikely]]
            origin_ = origin;
        if (complete || fallback_rate_ == 0) return sink_.begin(origin);
        Origin completed = origin;
        completed.sampling_rate = fallback_rate_;
        completed_ = true;
        origin_.sampling_rate = fallback_rate_;
        sink_.begin(completed);
    }
    void learn(const Template& layout) noexcept { sink_.learn(layout); }
    void records(const Template& layout, const RecordRun& run) noexcept {
        if (sampled_ != nullptr) [[unlikely]]
            observe_flows(*sampled_, layout, origin_, run.bytes, scratch_);
        sink_.records(layout, run);
    }
    void record(const Template& layout, const Record& record) noexcept {
        sink_.record(layout, record);
    }
    Error sample(const FlowSample& sample) noexcept { return sink_.sample(sample); }
    void end_samples() noexcept requires sflow::SampleRowSink<Sink> { sink_.end_samples(); }
    void passed_over(sflow::PassedOver what) noexcept requires sflow::PassedOverSink<Sink> {
        sink_.passed_over(what);
    }

    /// The rate was not the datagram's own.
    [[nodiscard]] bool completed() const noexcept { return completed_; }

private:
    Sink& sink_;
    std::uint64_t fallback_rate_;
    bool completed_ = false;
    Traits* sampled_;
    VariableLayout& scratch_;
    Origin origin_{};  ///< only where flows are looked at
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// OriginSink: a RecordSink before another one, for protocols whose decoders know no sampling rates
// but those of their headers: a datagram without one gets the configuration's.
#pragma once

#include "flow/decode/sflow/decoder.hpp"
#include "flow/model/record.hpp"

namespace flow {

template <RecordSink Sink>
class OriginSink {
public:
    /// `fallback_rate` for flows whose datagram says none; sFlow's samples say their own.
    OriginSink(Sink& sink, std::uint64_t fallback_rate) noexcept
        : sink_{sink}, fallback_rate_{fallback_rate} {}

    void begin(const Origin& origin) noexcept {
        const bool complete = origin.sampling_rate != 0 || origin.type == FlowType::sflow_5;
        if (complete || fallback_rate_ == 0) return sink_.begin(origin);
        Origin completed = origin;
        completed.sampling_rate = fallback_rate_;
        sink_.begin(completed);
    }
    void learn(const Template& layout) noexcept { sink_.learn(layout); }
    void records(const Template& layout, const RecordRun& run) noexcept {
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

private:
    Sink& sink_;
    std::uint64_t fallback_rate_;
};

}  // namespace flow

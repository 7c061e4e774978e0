// SPDX-License-Identifier: BSD-3-Clause
// The middle of a pipeline: takes what decoders find and writes messages. Keeps a compiled plan for
// each template.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flow/base/slots.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/model/batch.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "flow/pipeline/stats.hpp"
#include "flow/produce/producer.hpp"

namespace flow {

/// A format that also compiles direct plans (protobuf's does).
template <class F>
concept CompilingFormatter = Formatter<F> &&
    requires(const F& format, const Plan& plan, typename F::Program& program,
             typename F::Constants& constants, const Origin& origin, const std::uint8_t* record,
             std::uint8_t* to) {
    { format.compile(plan, program) }
    noexcept;
    { format.begin(origin, constants) }
    noexcept;
    { format.run(program, constants, origin, record, to) }
    noexcept->std::same_as<std::uint8_t*>;
};

namespace detail {

/// What a format keeps per template and per datagram; nothing for one that only writes flows.
template <class Format>
struct Compiled {
    struct Program {};
    struct Constants {};
};
template <CompilingFormatter Format>
struct Compiled<Format> {
    using Program = typename Format::Program;
    using Constants = typename Format::Constants;
};

}  // namespace detail

/// Satisfies RecordSink. One per shard.
template <Formatter Format, MessageSink Sink>
class RecordWriter {
public:
    /// Slots for `templates_max` plans, those of built-in templates included.
    /// `settings` have the schema that `format` was made for.
    RecordWriter(const Format& format, const produce::Settings& settings, Sink& sink,
                 PipelineStats& stats, std::uint32_t templates_max) noexcept
        : format_{format}, sink_{sink}, stats_{stats}, producer_{settings}, plans_{templates_max} {}

    /// Where the datagram ends: a record is not read past it.
    void set_payload(Bytes payload) noexcept { payload_end_ = payload.data() + payload.size(); }

    void begin(const Origin& origin) noexcept {
        origin_ = origin;
        // goflow2 v1 prints an observation domain for IPFIX only, v2 for NetFlow v9 as well.
        const bool v1 = producer_.settings().schema.profile() == Profile::goflow2_v1;
        if (v1 && origin.type == FlowType::netflow_v9) origin_.observation_domain = 0;
        if constexpr (CompilingFormatter<Format>) format_.begin(origin_, constants_);
    }

    [[gnu::cold]] void learn(const Template& layout) noexcept {
        ++stats_.templates_learnt;
        if (layout.options) return;
        Compiled& compiled = plans_[layout.slot];
        compiled.plan = producer_.compile(layout, compiled.steps);
        if constexpr (CompilingFormatter<Format>) {
            compiled.plan.direct &= layout.record_size <= direct_record_size_max;
            if (compiled.plan.direct) format_.compile(compiled.plan, compiled.program);
        }
    }

    void records(const Template& layout, const RecordRun& run) noexcept {
        const Compiled& compiled = plans_[layout.slot];
        stats_.flows += run.count;
        if constexpr (CompilingFormatter<Format>) {
            if (compiled.plan.direct) return run_program(layout, run, compiled.program);
        }
        for (std::uint32_t i = 0; i < run.count; ++i) {
            const std::size_t size = layout.record_size;
            write_record(compiled.plan, Record{run.bytes.subspan(i * size, size), {}});
        }
    }

    void record(const Template& layout, const Record& record) noexcept {
        ++stats_.flows;
        write_record(plans_[layout.slot].plan, record);
    }

    Error sample(const FlowSample& sample) noexcept {
        ++stats_.flows;
        Flow flow;
        const Error outcome = producer_.fill(flow, sample, origin_);
        write_flow(flow);
        return outcome;
    }

    /// sFlow's samples that are no flows.
    void passed_over(sflow::PassedOver what) noexcept {
        switch (what) {
            case sflow::PassedOver::counters: ++stats_.counter_samples; break;
            case sflow::PassedOver::discarded: ++stats_.discarded_samples; break;
            case sflow::PassedOver::other: ++stats_.other_samples; break;
        }
    }

private:
    struct Compiled {
        Plan plan;
        std::array<Step, plan_steps_max> steps;
        typename detail::Compiled<Format>::Program program;
    };

    /// Larger records take the plain way, so that the scratch memory below stays small.
    static constexpr std::size_t direct_record_size_max = 2048;
    /// What a program may read behind a record.
    static constexpr std::size_t record_padding = 64;

    void run_program(const Template& layout, const RecordRun& run, const auto& program) noexcept {
        const std::uint8_t* record = run.bytes.data();
        for (std::uint32_t i = 0; i < run.count; ++i, record += layout.record_size) {
            std::uint8_t* const to = sink_.reserve(program.size_max);
            if (to == nullptr) continue;  // the sink has counted it
            const std::uint8_t* from = record;
            const auto behind = static_cast<std::size_t>(payload_end_ - record);
            if (behind < layout.record_size + record_padding) [[unlikely]] {
                std::memcpy(padded_.data(), record, layout.record_size);
                from = padded_.data();
            }
            sink_.commit(format_.run(program, constants_, origin_, from, to), origin_.exporter);
        }
    }

    void write_record(const Plan& plan, const Record& record) noexcept {
        Flow flow;
        producer_.fill(flow, plan, record, origin_);
        write_flow(flow);
    }

    void write_flow(const Flow& flow) noexcept {
        const std::size_t size = format_.size_max(flow);
        if (size > Batch::message_size_max) {
            ++stats_.flows_too_large;
            return;
        }
        std::uint8_t* const to = sink_.reserve(size);
        if (to == nullptr) return;  // the sink has counted it
        sink_.commit(format_.write(flow, to), origin_.exporter);
    }

    const Format format_;
    Sink& sink_;
    PipelineStats& stats_;
    produce::Producer producer_;
    Slots<Compiled> plans_;
    Origin origin_;
    const std::uint8_t* payload_end_ = nullptr;
    [[no_unique_address]] typename detail::Compiled<Format>::Constants constants_{};
    std::array<std::uint8_t, direct_record_size_max + record_padding> padded_{};
};

}  // namespace flow

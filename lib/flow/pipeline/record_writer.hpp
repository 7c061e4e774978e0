// SPDX-License-Identifier: BSD-3-Clause
// The middle of a pipeline: takes what decoders find and writes messages. Keeps a compiled plan for
// each template.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flow/base/slots.hpp"
#include "flow/decode/ledger.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/model/batch.hpp"
#include "flow/model/formatter.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"
#include "flow/model/record_row.hpp"
#include "flow/pipeline/key_writer.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "flow/pipeline/plan_pool.hpp"
#include "flow/pipeline/stats.hpp"
#include "flow/produce/producer.hpp"

namespace flow {

/// A format that also compiles direct plans (protobuf's does).
template <class F>
concept CompilingFormatter = Formatter<F> &&
    requires(const F& format, const Plan& plan, typename F::Program& program,
             typename F::Constants& constants, const Origin& origin, const RecordRow& records,
             typename F::MessageRow& messages) {
    { format.compile(plan, program) }
    noexcept;
    { format.begin(origin, constants) }
    noexcept;
    { format.run(program, constants, origin, records, messages) }
    noexcept;
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

/// sFlow's usual samples, on their way into a row of messages.
template <class Format>
struct Samples {
    explicit Samples(const produce::Producer&) noexcept {}
};
template <CompilingFormatter Format>
struct Samples<Format> {
    static constexpr std::size_t shape_count = produce::sample_shape::count;
    static constexpr std::size_t record_size = produce::UsualSamples::record_size;
    /// More than a datagram has, usually.
    static constexpr std::size_t records_max = 16;

    explicit Samples(const produce::Producer& producer) noexcept
        : reader{producer.usual_samples()} {}

    /// Where the next record goes: behind those that wait.
    [[nodiscard]] produce::UsualSamples::Record next() noexcept {
        return produce::UsualSamples::Record{waiting() + count * record_size, record_size};
    }
    [[nodiscard]] std::uint8_t* waiting() noexcept { return records.data() + first * record_size; }
    [[nodiscard]] bool full() const noexcept { return first + count == records_max; }

    produce::UsualSamples reader;
    Slots<typename Format::Program> programs{shape_count};
    std::array<bool, shape_count> compiled{};
    std::array<bool, shape_count> usable{};
    bool usual = false;            ///< of this datagram: to be tried
    bool encoded = false;          ///< its constants, with the rate of the last row
    produce::SampleShape shape{};  ///< of those that wait
    std::uint32_t rate = 0;
    std::size_t first = 0;  ///< of those that wait
    std::size_t count = 0;
    std::array<std::uint8_t, records_max * record_size + Format::record_padding> records{};
};

}  // namespace detail

/// Satisfies RecordSink. One per shard.
template <Formatter Format, MessageSink Sink>
class RecordWriter {
public:
    /// Slots for `templates_max` plans, those of built-in templates included.
    /// `settings` have the schema that `format` was made for.
    RecordWriter(const Format& format, const produce::Settings& settings, const KeySettings& key,
                 Sink& sink, PipelineStats& stats, std::uint32_t templates_max,
                 std::uint64_t hash_seed) noexcept
        : format_{format},
          sink_{sink},
          stats_{stats},
          producer_{settings},
          plans_{templates_max, hash_seed},
          keys_{settings.schema, key} {}

    /// What the records lie in: nothing is read past it and what is readable behind it.
    void set_payload(Bytes payload, std::size_t readable_behind = 0) noexcept {
        readable_end_ = payload.data() + payload.size() + readable_behind;
    }

    /// For sinks that want to know where the next messages come from.
    void begin([[maybe_unused]] const Datagram& datagram) noexcept {
        rate_ = 0;
        if constexpr (DatagramSink<Sink>) sink_.begin(datagram);
    }

    /// Where samples are counted; it outlives the writer.
    void count_in(Booking& booking) noexcept { booking_ = &booking; }
    /// Whose the messages are from here on.
    void set_account(AccountTag account) noexcept { account_ = account; }

    void begin(const Origin& origin) noexcept {
        origin_ = origin;
        rate_ = origin.sampling_rate;
        // goflow2 v1 prints an observation domain for IPFIX only, v2 for NetFlow v9 as well.
        const bool v1 = producer_.settings().schema.profile() == Profile::goflow2_v1;
        if (v1 && origin.type == FlowType::netflow_v9) origin_.observation_domain = 0;
        key_is_set_ = false;
        if constexpr (CompilingFormatter<Format>) {
            samples_.usual = origin.type == FlowType::sflow_5 && samples_.programs.size() != 0 &&
                             key_allows_rows() && samples_.reader.begin(origin);
            samples_.encoded = false;
            if (!samples_.usual) format_.begin(origin_, constants_);
        }
    }

    [[gnu::cold]] void learn(const Template& layout) noexcept {
        ++stats_.templates_learnt;
        if (layout.options) return;
        Plan plan = producer_.compile(layout, steps_);
        if constexpr (CompilingFormatter<Format>) {
            plan.direct &= layout.record_size <= direct_record_size_max && key_allows_rows();
        }
        plans_.set(layout.slot, plan, [&](const Plan& made, auto& program) noexcept {
            if constexpr (CompilingFormatter<Format>) {
                if (made.direct) format_.compile(made, program);
            }
        });
    }

    /// Records of this template are to come.
    void prefetch(TemplateSlot slot) const noexcept { plans_.prefetch(slot); }

    void records(const Template& layout, const RecordRun& run) noexcept {
        const auto& compiled = plans_[layout.slot];
        stats_.flows += run.count;
        if constexpr (CompilingFormatter<Format>) {
            if (compiled.plan.direct && is_usable(compiled.program)) {
                return run_program(layout, run, compiled.program);
            }
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

    /// Usual samples are written later: when another one comes, or at the end.
    Error sample(const FlowSample& sample) noexcept {
        ++stats_.flows;
        rate_ = sample.sampling_rate;
        count(sample.expanded ? SampleKind::expanded_flow : SampleKind::flow);
        if constexpr (CompilingFormatter<Format>) {
            if (samples_.usual) {
                if (wait(sample)) return Error::none;
                write_waiting();
            }
        }
        Flow flow;
        const Error outcome = producer_.fill(flow, sample, origin_);
        write_flow(flow);
        return outcome;
    }

    void end_samples() noexcept {
        if constexpr (CompilingFormatter<Format>) {
            write_waiting();
            samples_.first = 0;
        }
    }

    /// sFlow's samples that are no flows.
    void passed_over(sflow::PassedOver what) noexcept {
        switch (what) {
            case sflow::PassedOver::counters:
                ++stats_.counter_samples;
                return count(SampleKind::counters);
            case sflow::PassedOver::expanded_counters:
                ++stats_.counter_samples;
                return count(SampleKind::expanded_counters);
            case sflow::PassedOver::discarded:
                ++stats_.discarded_samples;
                return count(SampleKind::discarded);
            case sflow::PassedOver::other: ++stats_.other_samples; return count(SampleKind::other);
        }
    }

    // Of the present datagram.

    /// Of its last flow.
    [[nodiscard]] std::uint64_t sampling_rate() const noexcept { return rate_; }

private:
    using SampleShape = produce::SampleShape;
    using UsualSamples = produce::UsualSamples;

    /// Larger records take the plain way, so that the scratch memory below stays small.
    static constexpr std::size_t direct_record_size_max = 2048;
    /// What a program may read behind a record.
    static constexpr std::size_t record_padding = 64;
    /// Rows are shorter when their messages may take more than this, so that little of a batch
    /// stays unused.
    static constexpr std::size_t row_size_max = 8192;

    /// Rows have no Flow that a key could be made of, but one key.
    [[nodiscard]] bool key_allows_rows() const noexcept {
        return !keys_.wanted() || keys_.of_datagram();
    }

    void count(SampleKind kind) noexcept {
        booking_->has_samples = true;
        ++booking_->samples[static_cast<std::size_t>(kind)];
    }

    /// The key of all rows of this datagram.
    void set_key_of_datagram() noexcept {
        if constexpr (KeyedSink<Sink>) {
            if (key_is_set_ || !keys_.wanted()) return;
            Flow flow;
            produce::fill(flow, origin_);
            sink_.set_key(keys_.key(flow));
            key_is_set_ = true;
        }
    }
    /// False when the key is too large.
    [[nodiscard]] bool set_key_of(const Flow& flow) noexcept {
        if constexpr (KeyedSink<Sink>) {
            if (!keys_.wanted()) return true;
            if (!keys_.fits(flow)) return false;
            sink_.set_key(keys_.key(flow));
            key_is_set_ = false;
        }
        return true;
    }

    /// A format may leave some plans to the plain way.
    [[nodiscard]] static bool is_usable(const auto& program) noexcept {
        if constexpr (requires { program.usable; }) {
            return program.usable;
        } else {
            return true;
        }
    }

    /// When the first sample of the shape comes.
    [[gnu::cold, gnu::noinline]] void compile_shape(SampleShape shape) noexcept {
        auto& program = samples_.programs[shape];
        format_.compile(samples_.reader.compile(shape, steps_), program);
        samples_.compiled[shape] = true;
        samples_.usable[shape] = is_usable(program);
    }
    [[nodiscard]] bool has_program(SampleShape shape) noexcept {
        if (!samples_.compiled[shape]) [[unlikely]]
            compile_shape(shape);
        return samples_.usable[shape];
    }

    /// Lays out the sample behind those that wait, if it is a usual one.
    [[nodiscard]] bool wait(const FlowSample& sample) noexcept {
        const SampleShape shape = samples_.reader.read(sample, samples_.next());
        if (shape == produce::sample_shape::unusual || !has_program(shape)) return false;
        if (shape != samples_.shape || sample.sampling_rate != samples_.rate) {
            write_waiting();
            samples_.shape = shape;
            samples_.rate = sample.sampling_rate;
        }
        ++samples_.count;
        if (samples_.full()) end_samples();
        return true;
    }

    void write_waiting() noexcept {
        if (samples_.count == 0) return;
        if (!samples_.encoded || origin_.sampling_rate != samples_.rate) {
            origin_.sampling_rate = samples_.rate;
            format_.begin(origin_, constants_);
            samples_.encoded = true;
            key_is_set_ = false;  // the rate may be part of it
        }
        run_rows({samples_.waiting(), UsualSamples::record_size, samples_.count},
                 samples_.programs[samples_.shape]);
        samples_.first += samples_.count;
        samples_.count = 0;
    }

    /// The last records of a payload are copied to where there is something behind them.
    void run_program(const Template& layout, const RecordRun& run, const auto& program) noexcept {
        static_assert(Format::record_padding <= record_padding);
        const std::size_t size = layout.record_size;
        const auto room = static_cast<std::size_t>(readable_end_ - run.bytes.data());
        const std::size_t padded =
            room < record_padding || size == 0 ? 0 : (room - record_padding) / size;
        const std::size_t direct = std::min<std::size_t>(run.count, padded);
        run_rows({run.bytes.data(), size, direct}, program);
        if (direct == run.count) return;
        const std::size_t rest = run.count - direct;
        std::memcpy(padded_.data(), run.bytes.data() + direct * size, rest * size);
        run_rows({padded_.data(), size, rest}, program);
    }

    void run_rows(RecordRow rest, const auto& program) noexcept {
        set_key_of_datagram();
        const std::size_t gap = gap_of(sink_);
        // Of a batch, each message also takes its slot.
        const std::size_t more = gap + sizeof(MessageSlot);
        const std::size_t fitting = row_size_max / (program.message_size_max + more);
        const std::size_t row_max = std::clamp<std::size_t>(fitting, 1, row_records_max);
        while (rest.count > 0) {
            const auto row = rest.first_of(row_max);
            rest = rest.behind(row);
            std::uint8_t* const to = sink_.reserve(program.row_size(row.count, more));
            if (to != nullptr) {
                run_row(row, program, to, gap);
            } else {
                run_singly(row.behind(row.first_of(1)), program);  // the sink has counted one
            }
        }
    }

    void run_row(const auto& row, const auto& program, std::uint8_t* to, std::size_t gap) noexcept {
        typename Format::MessageRow messages;
        messages.to = to;
        messages.gap = gap;
        format_.run(program, constants_, origin_, row, messages);
        commit_row(sink_, std::span{messages.ends}.first(row.count), account_);
    }

    /// Behind a message that found no room: each of these may find some, or be counted as lost.
    [[gnu::cold]] void run_singly(auto rest, const auto& program) noexcept {
        while (rest.count > 0) {
            const auto row = rest.first_of(1);
            rest = rest.behind(row);
            std::uint8_t* const to = sink_.reserve(program.row_size(1, 0));
            if (to != nullptr) run_row(row, program, to, 0);
        }
    }

    void write_record(const Plan& plan, const Record& record) noexcept {
        Flow flow;
        producer_.fill(flow, plan, record, origin_);
        write_flow(flow);
    }

    void write_flow(const Flow& flow) noexcept {
        const std::size_t size = format_.size_max(flow);
        if (size > Batch::message_size_max || !set_key_of(flow)) {
            ++stats_.flows_too_large;
            if constexpr (RefusingSink<Sink>) sink_.refuse();
            return;
        }
        std::uint8_t* const to = sink_.reserve(size);
        if (to == nullptr) return;  // the sink has counted it
        sink_.commit(format_.write(flow, to), account_);
    }

    const Format format_;
    Sink& sink_;
    PipelineStats& stats_;
    produce::Producer producer_;
    PlanPool<typename detail::Compiled<Format>::Program> plans_;
    KeyWriter keys_;
    bool key_is_set_ = false;                 ///< the sink has that of the datagram
    std::array<Step, plan_steps_max> steps_;  ///< of the template that is being learnt
    Origin origin_;
    AccountTag account_ = 0;
    Booking unused_booking_{};
    Booking* booking_ = &unused_booking_;
    std::uint64_t rate_ = 0;
    const std::uint8_t* readable_end_ = nullptr;
    [[no_unique_address]] typename detail::Compiled<Format>::Constants constants_{};
    std::array<std::uint8_t, direct_record_size_max + record_padding> padded_{};
    [[no_unique_address]] detail::Samples<Format> samples_{producer_};
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// RawPipeline: a datagram becomes one message that says what was in it, not flows (goflow2 v2's
// `-produce raw`). The protocols' decoders run as well, to learn templates and to find what is
// wrong. Single-threaded, as Pipeline is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "flow/decode/handover.hpp"
#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow5/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/decode/state.hpp"
#include "flow/model/batch.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "flow/pipeline/meter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "flow/raw/envelope.hpp"

namespace flow {

template <MessageSink Sink>
class RawPipeline {
public:
    /// A raw message has all that is in the datagram: no settings choose its columns. It has no
    /// key.
    RawPipeline(raw::Shape shape, const produce::Settings& settings, Sink& sink,
                const PipelineLimits& limits, const KeySettings& /*key*/ = {}) noexcept
        : shape_{shape},
          sink_{sink},
          state_{without_park(limits, settings.dialect), stats_},
          meter_{stats_, sink} {}

    RawPipeline(const RawPipeline&) = delete;
    RawPipeline& operator=(const RawPipeline&) = delete;

    /// Writes the datagram's message. Returns, and counts, the first thing that was wrong in it.
    Error process(const Datagram& datagram) noexcept {
        ++stats_.datagrams;
        stats_.payload_bytes += datagram.payload.size();
        state_.open(datagram);
        exporter_ = Exporters::other;
        if constexpr (DatagramSink<Sink>) sink_.begin(datagram);
        const Error outcome = datagram.payload.empty()
                                  ? Error::empty
                                  : decode_by(datagram, ipfix_, netflow9_, netflow5_, sflow_);
        state_.booking.made = meter_.take();
        return state_.close(datagram, exporter_, outcome);
    }

    /// As Pipeline has it; here nothing waits.
    void stay_idle(std::uint64_t) noexcept {}
    /// The end of a run.
    void finish() noexcept { state_.finish(); }

    /// As Pipeline has it.
    Error restore(const LearntTemplate& learnt, std::uint32_t when_seconds) noexcept {
        const auto result = state_.restore(learnt, when_seconds);
        if (!result) return result.error();
        if (result->changed) ++stats_.templates_restored;
        return Error::none;
    }
    bool restore(const LearntSampling& learnt, std::uint32_t when_seconds) noexcept {
        return state_.restore(learnt, when_seconds);
    }
    [[nodiscard]] const ShardState& state() const noexcept { return state_; }
    /// Any thread may read it.
    [[nodiscard]] const Ledger& ledger() const noexcept { return state_.ledger; }
    [[nodiscard]] const TraitsTable& traits() const noexcept { return state_.traits; }
    /// As ShardState has it.
    template <class Visit>
    void visit_tables(Visit visit) noexcept {
        state_.visit_tables(visit);
    }

    /// As Pipeline has them. No set waits in such a pipeline, so none comes with a page.
    [[nodiscard]] bool can_hand_over() const noexcept { return true; }
    template <class Leaves>
    void give(HandoverPage& page, HandoverWalk& walk, Leaves leaves) noexcept {
        handover::give(state_, page, walk, leaves);
    }
    template <class Leaves>
    [[nodiscard]] bool forget(HandoverWalk& walk, Leaves leaves) noexcept {
        return handover::forget(state_, walk, leaves);
    }
    HandoverRefusals take(const HandoverPage& page) noexcept {
        const auto read = [](const Domain&, const Origin&, std::uint16_t, Bytes) {
            return Error::unknown_template;
        };
        return handover::take(
            state_, page, [](const Template&) {}, read);
    }

    /// A message counts as a flow.
    [[nodiscard]] const PipelineStats& stats() const noexcept { return stats_; }

private:
    /// Counts new templates, and remembers that a header was read.
    class Learner {
    public:
        Learner(PipelineStats& stats, Booking& booking) noexcept
            : stats_{stats}, booking_{booking} {}
        void begin(const Origin& origin) noexcept {
            begun = true;
            booking_.sampling_rate = origin.sampling_rate;
        }
        void learn(const Template&) noexcept { ++stats_.templates_learnt; }
        void records(const Template&, const RecordRun&) noexcept {}
        void record(const Template&, const Record&) noexcept {}
        Error sample(const FlowSample& sample) noexcept {
            booking_.sampling_rate = sample.sampling_rate;
            booking_.has_samples = true;
            ++booking_.samples[static_cast<std::size_t>(sample.expanded ? SampleKind::expanded_flow
                                                                        : SampleKind::flow)];
            return Error::none;
        }

        bool begun = false;

    private:
        PipelineStats& stats_;
        Booking& booking_;
    };

    template <class First, class... Rest>
    Error decode_by(const Datagram& datagram, First& decoder, Rest&... rest) noexcept {
        if (First::claims(datagram.payload)) {
            if (!First::accepted(datagram.accepts)) return Error::protocol_not_here;
            exporter_ = state_.enter(datagram);
            state_.track(datagram, exporter_);
            Learner learner{stats_, state_.booking};
            const Error outcome = decoder.decode(datagram, exporter_, learner);
            if (learner.begun) write(datagram, exporter_);
            return outcome;
        }
        if constexpr (sizeof...(rest) > 0) {
            return decode_by(datagram, rest...);
        } else {
            return Error::unknown_protocol;
        }
    }

    /// A message says what is in its datagram; what waited would be in none.
    [[nodiscard]] static ShardLimits without_park(const PipelineLimits& limits,
                                                  Dialect dialect) noexcept {
        ShardLimits shard = limits.shard(dialect);
        shard.park.bytes_max = 0;
        return shard;
    }

    /// Asks for the room that such messages usually take; for all there is when that was too
    /// little.
    void write(const Datagram& datagram, ExporterIndex exporter) noexcept {
        ++stats_.flows;
        const std::size_t usual = 1024 + 24 * datagram.payload.size();
        for (const std::size_t room : {std::min(usual, room_max), room_max}) {
            std::uint8_t* const to = sink_.reserve(room);
            if (to == nullptr) return;  // the sink has counted it
            raw::JsonWriter out{{to, room}};
            raw::write_message(out, shape_, datagram, {state_.templates, exporter, layout_});
            if (!out.failed()) return sink_.commit(out.end(), state_.account(exporter));
        }
        ++stats_.flows_too_large;
        if constexpr (RefusingSink<Sink>) sink_.refuse();
    }

    static constexpr std::size_t room_max = Batch::message_size_max - 64;  // and a terminator

    raw::Shape shape_;
    Sink& sink_;
    PipelineStats stats_;
    ShardState state_;
    Meter<Sink> meter_;
    ExporterIndex exporter_ = Exporters::other;  ///< of this datagram
    VariableLayout layout_;
    netflow5::Decoder netflow5_{0};
    netflow9::Decoder netflow9_{state_};
    ipfix::Decoder ipfix_{state_};
    sflow::Decoder sflow_;
};

}  // namespace flow

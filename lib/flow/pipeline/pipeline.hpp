// SPDX-License-Identifier: BSD-3-Clause
// Pipeline: decode → produce → format for one shard. Single-threaded by contract: one instance per
// RX worker, nothing shared. All memory is reserved by the constructor.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "flow/decode/foresight.hpp"
#include "flow/decode/goflow2/decoders.hpp"
#include "flow/decode/handover.hpp"
#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow1/decoder.hpp"
#include "flow/decode/netflow5/decoder.hpp"
#include "flow/decode/netflow7/decoder.hpp"
#include "flow/decode/netflow8/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/decode/state.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/dialect.hpp"
#include "flow/pipeline/meter.hpp"
#include "flow/pipeline/origin_sink.hpp"
#include "flow/pipeline/record_writer.hpp"
#include "flow/pipeline/stats.hpp"

namespace flow {

struct PipelineLimits {
    TemplateLimits templates{};
    /// Makes the tables' hashes unpredictable to senders; any number that they do not know.
    std::uint64_t hash_seed = 0;
    DomainLimits domains{};
    ParkLimits park{};
    TemplateKey template_key = TemplateKey::address;
    SamplingSettings sampling{};
    bool ledger = true;  ///< false: accounts are not kept
    bool traits = true;  ///< false: nor is how exporters behave

    /// goflow2's own readings park nothing: what goflow2 loses is lost there.
    [[nodiscard]] constexpr ShardLimits shard(Dialect dialect) const noexcept {
        return {.templates = templates,
                .domains = domains,
                .park = dialect == Dialect::standard ? park : ParkLimits{.bytes_max = 0},
                .template_key = template_key,
                .sampling = sampling,
                .hash_seed = hash_seed,
                .ledger = ledger,
                .traits = traits};
    }
};

/// Turns the datagrams of one protocol into records. `claims` looks at the first bytes only.
template <class D, class S>
concept Decoder = RecordSink<S> && requires(D decoder, const Datagram& datagram, S& sink) {
    { D::name } -> std::convertible_to<std::string_view>;
    { D::claims(datagram.payload) }
    noexcept->std::same_as<bool>;
    { D::accepted(datagram.accepts) }
    noexcept->std::same_as<bool>;
    { decoder.decode(datagram, ExporterIndex{}, sink) }
    noexcept->std::same_as<Error>;
};

template <Formatter Format, MessageSink Sink>
class Pipeline {
public:
    /// `settings` have the schema that `format` was made for.
    Pipeline(const Format& format, const produce::Settings& settings, Sink& sink,
             const PipelineLimits& limits, const KeySettings& key = {}) noexcept
        : state_{limits.shard(settings.dialect), stats_},
          writer_{format,
                  settings,
                  key,
                  sink,
                  stats_,
                  limits.templates.templates_max + built_in_templates,
                  limits.hash_seed},
          netflow5_{limits.templates.templates_max},
          netflow1_{limits.templates.templates_max + 1},
          netflow7_{limits.templates.templates_max + 2},
          netflow8_{limits.templates.templates_max + 3},
          netflow9_{state_},
          ipfix_{state_},
          dialect_{settings.dialect},
          meter_{stats_, sink},
          strict_{state_.templates, strict_settings(settings.dialect, limits)} {
        writer_.count_in(state_.booking);
        strict_.teach(writer_);
        writer_.learn(netflow5_.layout());
        writer_.learn(netflow1_.layout());
        writer_.learn(netflow7_.layout());
        for (const Template& layout : netflow8_.layouts()) writer_.learn(layout);
        stats_.templates_learnt = 0;  // the built-in ones do not count
    }

    /// By the standard reading, without a mapping.
    Pipeline(const Format& format, const Schema& schema, Sink& sink,
             const PipelineLimits& limits) noexcept
        : Pipeline{format, produce::Settings{.schema = schema}, sink, limits} {}

    /// The same for a format with the columns of goflow2 v1.
    Pipeline(const Format& format, Sink& sink, const PipelineLimits& limits) noexcept
        : Pipeline{format, Schema::all(Profile::goflow2_v1), sink, limits} {}

    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// Writes the datagram's flows to the sink. Returns the first thing that was wrong in it, and
    /// counts it. A datagram that waits for a template is not wrong yet, and counted later.
    Error process(const Datagram& datagram) noexcept {
        ++stats_.datagrams;
        stats_.payload_bytes += datagram.payload.size();
        state_.open(datagram);
        exporter_ = Exporters::other;
        writer_.begin(datagram);
        const Error outcome = decode(datagram);
        state_.booking.sampling_rate = writer_.sampling_rate();
        state_.booking.made = meter_.take();
        return state_.close(datagram, exporter_, outcome);
    }

    /// The same for all that came together: what one needs of the shard's state is fetched while
    /// others are decoded. `tell(datagram, error)` hears what process() returned for each.
    template <class Tell>
    void process(std::span<const Datagram> burst, Tell tell) noexcept {
        constexpr std::size_t steps = Foresight::step_count;
        const std::size_t count = burst.size();
        std::array<Foresight, foresights_max> foresights;
        const auto foresight = [&](std::size_t i) -> Foresight& {
            return foresights[i % foresights_max];
        };
        for (std::size_t i = 0; i < count + steps * step_distance; ++i) {
            if (i < count) foresight(i).see_source(state_, burst[i]);
            std::size_t at = i - step_distance;  // past the end when there is none yet
            if (at < count) foresight(at).see_exporter(state_);
            at -= step_distance;
            if (at < count) foresight(at).see_domain(state_, burst[at]);
            at -= step_distance;
            if (at < count) {
                const TemplateSlot slot = foresight(at).see_template(state_);
                if (slot != Foresight::no_slot) writer_.prefetch(slot);
            }
            at -= step_distance;
            if (at < count) tell(burst[at], process(burst[at]));
        }
    }
    void process(std::span<const Datagram> burst) noexcept {
        process(burst, [](const Datagram&, Error) {});
    }

    /// Between bursts, now and then while none comes: what has waited for a template for too long
    /// is counted though no datagram brings the time. `idle_ns` since the last one.
    void stay_idle(std::uint64_t idle_ns) noexcept { state_.stay_idle(idle_ns); }
    /// The end of a run: what still waits for a template has waited in vain, and is counted.
    void finish() noexcept { state_.finish(); }

    /// What an earlier run has learnt: trusted until the exporter says otherwise. `when_seconds` is
    /// any time near the datagrams to come. A failure means that there was no room, or no sense.
    Error restore(const LearntTemplate& learnt, std::uint32_t when_seconds) noexcept {
        const auto result = state_.restore(learnt, when_seconds);
        if (!result) return result.error();
        if (!result->changed) return Error::none;
        const std::uint64_t before = stats_.templates_learnt;
        writer_.learn(*result->layout);
        stats_.templates_learnt = before;
        ++stats_.templates_restored;
        return Error::none;
    }
    /// False when there was no room.
    bool restore(const LearntSampling& learnt, std::uint32_t when_seconds) noexcept {
        return state_.restore(learnt, when_seconds);
    }

    /// goflow2's own readings have state of their own, which stays where it is.
    [[nodiscard]] bool can_hand_over() const noexcept { return dialect_ == Dialect::standard; }
    /// For another pipeline: overwrites the page with the next piece of what leaves, and forgets
    /// that. Between two datagrams; handover.hpp has the contract.
    template <class Leaves>
    void give(HandoverPage& page, HandoverWalk& walk, Leaves leaves) noexcept {
        handover::give(state_, page, walk, leaves);
    }
    /// Before the first page is taken: forgets, step by step, what an earlier run has left here of
    /// what is to come. True when all of it is gone.
    template <class Leaves>
    [[nodiscard]] bool forget(HandoverWalk& walk, Leaves leaves) noexcept {
        return handover::forget(state_, walk, leaves);
    }
    /// What another pipeline gave. Templates do not count as learnt. Sets whose template is known
    /// here become flows at once; the sink is told an exporter and a time, no ports.
    HandoverRefusals take(const HandoverPage& page) noexcept {
        const auto learn = [&](const Template& layout) {
            const std::uint64_t before = stats_.templates_learnt;
            writer_.learn(layout);
            stats_.templates_learnt = before;
        };
        const auto read = [&](const Domain& domain, const Origin& parked, std::uint16_t id,
                              Bytes body) {
            const Error outcome = read_set(domain, parked, id, body);
            state_.book_set(domain.exporter, meter_.take());
            return outcome;
        };
        return handover::take(state_, page, learn, read);
    }

    [[nodiscard]] const PipelineStats& stats() const noexcept { return stats_; }
    /// Any thread may read it.
    [[nodiscard]] const Ledger& ledger() const noexcept { return state_.ledger; }
    [[nodiscard]] const TraitsTable& traits() const noexcept { return state_.traits; }
    /// What restore() takes back: see its visit_templates() and visit_sampling().
    [[nodiscard]] const ShardState& state() const noexcept { return state_; }
    /// As ShardState has it.
    template <class Visit>
    void visit_tables(Visit visit) noexcept {
        state_.visit_tables(visit);
    }
    [[nodiscard]] const Exporters& exporters() const noexcept { return state_.exporters; }
    [[nodiscard]] const TemplateStore& templates() const noexcept { return state_.templates; }
    [[nodiscard]] const Domains& domains() const noexcept { return state_.domains; }
    /// Of flows that do not say theirs, and who said it.
    [[nodiscard]] SamplingRate sampling_rate(const Domain& domain) const noexcept {
        return state_.rate_of(domain);
    }

private:
    /// Datagrams between two steps of foresight: as long as memory takes.
    static constexpr std::size_t step_distance = 2;
    static constexpr std::size_t foresights_max = 16;
    static_assert(foresights_max > Foresight::step_count * step_distance);

    /// NetFlow v5, v1, v7 and v8's schemes: their plans are kept behind the learnt ones.
    static constexpr std::uint32_t standard_templates = 3 + netflow8::schemes.size();
    /// And those of goflow2's own readings, behind them.
    static constexpr std::uint32_t built_in_templates = standard_templates + 2;

    static goflow2::Settings strict_settings(Dialect dialect,
                                             const PipelineLimits& limits) noexcept {
        const std::uint32_t first_slot = limits.templates.templates_max + standard_templates;
        return {.dialect = dialect,
                .templates_max = limits.templates.templates_max,
                .sampling_rates_max = limits.domains.domains_max,
                .netflow5_slot = first_slot,
                .empty_slot = first_slot + 1,
                .hash_seed = limits.hash_seed};
    }

    using Writer = RecordWriter<Format, Sink>;
    static_assert(Decoder<netflow5::Decoder, Writer> && Decoder<netflow9::Decoder, Writer> &&
                  Decoder<ipfix::Decoder, Writer> && Decoder<sflow::Decoder, Writer>);

    Error decode(const Datagram& datagram) noexcept {
        if (datagram.payload.empty()) return Error::empty;
        writer_.set_payload(datagram.payload, datagram.readable_behind);
        if (dialect_ != Dialect::standard) [[unlikely]] {
            return decode_by(datagram, strict_.ipfix, strict_.netflow9, strict_.netflow5,
                             strict_.sflow);
        }
        return decode_by(datagram, ipfix_, netflow9_, netflow5_, sflow_, netflow7_, netflow8_,
                         netflow1_);
    }

    /// A set of a datagram that another pipeline got.
    Error read_set(const Domain& domain, const Origin& parked, std::uint16_t id,
                   Bytes body) noexcept {
        Origin origin = parked;
        origin.exporter = domain.exporter;
        writer_.begin(Datagram{.payload = body,
                               .source = state_.exporters.address(domain.exporter),
                               .received_ns = parked.received_ns});
        writer_.set_payload(body);
        Message<Writer> message{state_, domain, origin, body, writer_};
        return message.data_set(id, body);
    }

    /// The first decoder that claims the datagram has it.
    template <class First, class... Rest>
    Error decode_by(const Datagram& datagram, First& decoder, Rest&... rest) noexcept {
        if (First::claims(datagram.payload)) {
            if (!First::accepted(datagram.accepts)) return Error::protocol_not_here;
            exporter_ = state_.enter(datagram);
            return decode_with(datagram, decoder);
        }
        if constexpr (sizeof...(rest) > 0) {
            return decode_by(datagram, rest...);
        } else {
            return Error::unknown_protocol;
        }
    }

    template <class D>
    static constexpr bool is_strict =
        std::is_same_v<D, goflow2::Netflow5Decoder> || std::is_same_v<D, goflow2::SflowDecoder> ||
        std::is_same_v<D, goflow2::Netflow9Decoder> || std::is_same_v<D, goflow2::IpfixDecoder>;

    /// NetFlow v9 and IPFIX know the shard's state themselves; goflow2's own readings have rates
    /// of their own.
    template <class D>
    Error decode_with(const Datagram& datagram, D& decoder) noexcept {
        if constexpr (std::is_constructible_v<D, ShardState&>) {
            return decoder.decode(datagram, exporter_, writer_);
        } else if constexpr (is_strict<D>) {
            state_.track(datagram, exporter_);
            writer_.set_account(state_.account(exporter_));
            const Error outcome = decoder.decode(datagram, exporter_, writer_);
            if (!failed(outcome)) state_.exporters.prove(exporter_, state_.now_seconds());
            return outcome;
        } else {
            state_.track(datagram, exporter_);
            writer_.set_account(state_.account(exporter_));
            const SamplingRate fallback = state_.rate_of(exporter_, nullptr);
            OriginSink<Writer> sink{writer_, fallback.rate, state_.sampled(), state_.variable};
            const Error outcome = decoder.decode(datagram, exporter_, sink);
            if (writer_.sampling_rate() != 0) {
                constexpr bool sampled = std::is_same_v<D, sflow::Decoder>;
                using sampling::Source;
                state_.booking.sampling_source = sink.completed() ? fallback.source
                                                 : sampled        ? Source::record
                                                                  : Source::header;
            }
            return outcome;
        }
    }

    PipelineStats stats_;
    ShardState state_;
    ExporterIndex exporter_ = Exporters::other;  ///< of this datagram
    Writer writer_;
    netflow5::Decoder netflow5_;
    netflow1::Decoder netflow1_;
    netflow7::Decoder netflow7_;
    netflow8::Decoder netflow8_;
    netflow9::Decoder netflow9_;
    ipfix::Decoder ipfix_;
    sflow::Decoder sflow_;
    Dialect dialect_;
    Meter<Sink> meter_;
    goflow2::Decoders strict_;
};

}  // namespace flow

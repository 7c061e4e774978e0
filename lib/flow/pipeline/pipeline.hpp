// SPDX-License-Identifier: BSD-3-Clause
// Pipeline: decode → produce → format for one shard. Single-threaded by contract: one instance per
// RX worker, nothing shared. All memory is reserved by the constructor.
#pragma once

#include <concepts>
#include <cstdint>

#include "flow/decode/exporters.hpp"
#include "flow/decode/goflow2/decoders.hpp"
#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow1/decoder.hpp"
#include "flow/decode/netflow5/decoder.hpp"
#include "flow/decode/netflow7/decoder.hpp"
#include "flow/decode/netflow8/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "flow/decode/sflow/decoder.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/dialect.hpp"
#include "flow/pipeline/record_writer.hpp"
#include "flow/pipeline/stats.hpp"

namespace flow {

struct PipelineLimits {
    TemplateLimits templates;
    /// Observation domains whose sampling is remembered.
    std::uint32_t domains_max = 4096;
    /// Makes the tables' hashes unpredictable to senders; any number that they do not know.
    std::uint64_t hash_seed = 0;
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
             const PipelineLimits& limits) noexcept
        : exporters_{limits.templates.exporters_max, limits.hash_seed},
          templates_{limits.templates, limits.hash_seed},
          rates_{limits.domains_max, limits.hash_seed},
          writer_{format, settings, sink, stats_,
                  limits.templates.templates_max + built_in_templates},
          netflow5_{limits.templates.templates_max},
          netflow1_{limits.templates.templates_max + 1},
          netflow7_{limits.templates.templates_max + 2},
          netflow8_{limits.templates.templates_max + 3},
          netflow9_{templates_, rates_},
          ipfix_{templates_, rates_},
          dialect_{settings.dialect},
          strict_{templates_, strict_settings(settings.dialect, limits)} {
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

    /// Writes the datagram's flows to the sink. Returns, and counts, the first thing that was wrong
    /// in it.
    Error process(const Datagram& datagram) noexcept {
        ++stats_.datagrams;
        stats_.payload_bytes += datagram.payload.size();
        const Error outcome = decode(datagram);
        if (failed(outcome)) [[unlikely]] {
            ++stats_.datagram_drops[static_cast<std::size_t>(outcome)];
        } else {
            ++stats_.decoded;
        }
        return outcome;
    }

    [[nodiscard]] const PipelineStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const Exporters& exporters() const noexcept { return exporters_; }
    [[nodiscard]] const SamplingRates& sampling() const noexcept { return rates_; }
    [[nodiscard]] const TemplateStore& templates() const noexcept { return templates_; }

private:
    /// NetFlow v5, v1, v7 and v8's schemes: their plans are kept behind the learnt ones.
    static constexpr std::uint32_t standard_templates = 3 + netflow8::schemes.size();
    /// And those of goflow2's own readings, behind them.
    static constexpr std::uint32_t built_in_templates = standard_templates + 2;

    static goflow2::Settings strict_settings(Dialect dialect,
                                             const PipelineLimits& limits) noexcept {
        const std::uint32_t first_slot = limits.templates.templates_max + standard_templates;
        return {.dialect = dialect,
                .templates_max = limits.templates.templates_max,
                .sampling_rates_max = limits.domains_max,
                .netflow5_slot = first_slot,
                .empty_slot = first_slot + 1,
                .hash_seed = limits.hash_seed};
    }

    using Writer = RecordWriter<Format, Sink>;
    static_assert(Decoder<netflow5::Decoder, Writer> && Decoder<netflow9::Decoder, Writer> &&
                  Decoder<ipfix::Decoder, Writer> && Decoder<sflow::Decoder, Writer>);

    Error decode(const Datagram& datagram) noexcept {
        if (datagram.payload.empty()) return Error::empty;
        writer_.set_payload(datagram.payload);
        if (dialect_ != Dialect::standard) [[unlikely]] {
            return decode_by(datagram, strict_.ipfix, strict_.netflow9, strict_.netflow5,
                             strict_.sflow);
        }
        return decode_by(datagram, ipfix_, netflow9_, netflow5_, sflow_, netflow7_, netflow8_,
                         netflow1_);
    }

    /// The first decoder that claims the datagram has it.
    template <class First, class... Rest>
    Error decode_by(const Datagram& datagram, First& decoder, Rest&... rest) noexcept {
        if (First::claims(datagram.payload)) {
            if (!First::accepted(datagram.accepts)) return Error::protocol_not_here;
            const ExporterIndex exporter = enter(datagram);
            const Error outcome = decoder.decode(datagram, exporter, writer_);
            exporters_.set_template_count(exporter, templates_.count_of(exporter));
            return outcome;
        }
        if constexpr (sizeof...(rest) > 0) {
            return decode_by(datagram, rest...);
        } else {
            return Error::unknown_protocol;
        }
    }

    ExporterIndex enter(const Datagram& datagram) noexcept {
        const auto now_seconds = static_cast<std::uint32_t>(datagram.received_ns / 1'000'000'000);
        const Exporters::Entry entry = exporters_.enter(datagram.source, now_seconds);
        if (entry.evicted) [[unlikely]] {
            templates_.forget(entry.index);
            ++stats_.exporters_evicted;
        }
        return entry.index;
    }

    PipelineStats stats_;
    Exporters exporters_;
    TemplateStore templates_;
    SamplingRates rates_;
    Writer writer_;
    netflow5::Decoder netflow5_;
    netflow1::Decoder netflow1_;
    netflow7::Decoder netflow7_;
    netflow8::Decoder netflow8_;
    netflow9::Decoder netflow9_;
    ipfix::Decoder ipfix_;
    sflow::Decoder sflow_;
    Dialect dialect_;
    goflow2::Decoders strict_;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v9 and IPFIX as goflow2 takes them: the whole datagram first, and flows only if nothing
// in it was wrong. The first pass walks the sets, learns templates and notes the data sets; the
// second hands the records on. What is noted are the places of bytes: nothing is copied.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/goflow2/datagram_size.hpp"
#include "flow/decode/goflow2/fields.hpp"
#include "flow/decode/goflow2/options.hpp"
#include "flow/decode/goflow2/sampling_rates.hpp"
#include "flow/decode/goflow2/settings.hpp"
#include "flow/decode/goflow2/template_set.hpp"
#include "flow/decode/goflow2/wide_numbers.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/dialect.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::goflow2 {

/// A message without its header, and how far goflow2 reads it.
struct SetRow {
    Bytes sets;
    std::size_t set_count_max = SIZE_MAX;  ///< NetFlow v9: the header's count
    std::size_t size_max = SIZE_MAX;       ///< IPFIX: no set begins from here on
};

/// Shared by the two decoders of a shard; never locked.
class Messages {
public:
    Messages(TemplateStore& templates, const Settings& settings) noexcept
        : templates_{templates},
          rates_{settings.sampling_rates_max, settings.hash_seed},
          dialect_{settings.dialect},
          empty_layout_{.version = 9, .variable = true, .slot = settings.empty_slot},
          revisions_{std::size_t{settings.templates_max} + 1},
          sets_{sets_max} {}

    /// The built-in template of a record without fields, which 1.3.7 makes of one that is cut
    /// short. To be learnt by the sink before the first datagram.
    [[nodiscard]] const Template& empty_layout() const noexcept { return empty_layout_; }

    /// `origin` gets its sampling rate here. Returns the first thing that was wrong; when it cost
    /// the datagram, nothing has been handed on but templates.
    template <RecordSink Sink>
    Error decode(Origin origin, const Domain& domain, const SetRow& row, Sink& sink) noexcept {
        set_count_ = 0;
        lost_ = false;
        const Error outcome = collect(domain, row, sink);
        if (lost_) return outcome;
        const Error bad_rate = find_sampling_rate(origin, domain);
        if (failed(bad_rate)) return bad_rate;
        if (is_v2() && any_wide_number()) return Error::bad_record;
        sink.begin(origin);
        for (std::uint32_t i = 0; i < set_count_; ++i) {
            if (is_current(sets_[i])) hand_on(sets_[i], sink);
        }
        return outcome;
    }

private:
    /// A set has four bytes at least.
    static constexpr std::size_t sets_max = datagram_size_max / 4;
    /// An element without a meaning (RFC 7011 §3.3.1 has such bytes).
    static constexpr std::uint16_t padding_octets = 210;

    /// A data set of the datagram. Zeroed memory is one without records.
    struct DataSet {
        Bytes body;
        const Template* layout;
        std::uint32_t revision;  ///< of the layout, when the set was met
    };

    [[nodiscard]] bool is_v2() const noexcept { return dialect_ == Dialect::goflow2_v2; }

    /// The first pass. `lost_` says that the datagram's flows are lost.
    template <RecordSink Sink>
    Error collect(const Domain& domain, const SetRow& row, Sink& sink) noexcept {
        Error outcome = Error::none;
        wire::Cursor in{row.sets};
        for (std::size_t i = 0; i < row.set_count_max && in.remaining() > 0; ++i) {
            if (row.sets.size() - in.remaining() >= row.size_max) break;
            const auto header = in.block<4>();
            const std::size_t length = header.u16<2>();
            if (in.failed()) return lose(Error::truncated);
            if (length < 4) return lose(Error::bad_set_length);
            const Bytes body = in.take(std::min(length - 4, in.remaining()));
            const Error error = take_set(domain, header.u16<0>(), body, sink);
            outcome = first_failure(outcome, error);
            if (ends_the_walk(error)) return lose(error);
        }
        return outcome;
    }

    Error lose(Error error) noexcept {
        lost_ = true;
        return error;
    }
    /// After the other failures goflow2 goes on, or would not have failed.
    [[nodiscard]] static bool ends_the_walk(Error error) noexcept {
        return error == Error::truncated || error == Error::bad_set_id ||
               error == Error::bad_record;
    }

    template <RecordSink Sink>
    Error take_set(const Domain& domain, std::uint16_t id, Bytes body, Sink& sink) noexcept {
        if (id >= 256) return take_data_set(domain, id, body);
        using Kind = TemplateSetKind;
        const bool v9 = domain.version == 9;
        if (id == (v9 ? 0 : 2)) {
            return learn_set(domain, body, v9 ? Kind::netflow9 : Kind::ipfix, sink);
        }
        if (id == (v9 ? 1 : 3)) {
            return learn_set(domain, body, v9 ? Kind::netflow9_options : Kind::ipfix_options, sink);
        }
        return Error::bad_set_id;
    }

    /// 1.3.7 passes over a set whose template it does not know. 2.2.6 gives up the datagram, but
    /// goes on and learns the templates that follow.
    Error take_data_set(const Domain& domain, std::uint16_t id, Bytes body) noexcept {
        const Template* const layout = templates_.use(domain, id);
        if (layout == nullptr) {
            lost_ |= is_v2();
            return Error::unknown_template;
        }
        if (is_v2() && layout->variable && is_broken(*layout, body)) return Error::bad_record;
        if (!body.empty() && set_count_ < sets_max) {
            sets_[set_count_++] = {body, layout, revisions_[layout->slot]};
        }
        return Error::none;
    }

    /// Whether a length is missing in a record of variable length (2.2.6). Without a fixed part
    /// that is how every set ends.
    [[nodiscard]] bool is_broken(const Template& layout, Bytes body) noexcept {
        if (layout.options) return options_are_broken(layout, body);
        const std::size_t size_min = fixed_size(layout.fields);
        if (size_min == 0) return true;
        FieldReader reader{body};
        while (reader.remaining() >= size_min) {
            if (!reader.read(layout.fields, extents_)) return true;
        }
        return false;
    }

    /// All of a set's templates, or none when one of them cannot be read.
    template <RecordSink Sink>
    Error learn_set(const Domain& domain, Bytes body, TemplateSetKind kind, Sink& sink) noexcept {
        if (!is_whole(body, kind)) return Error::truncated;
        Error outcome = Error::none;
        TemplateSetReader reader{body, kind};
        TemplateRecord record;
        while (reader.next(record)) {
            // Padding reads as templates with id 0; no data set can use those below 256.
            if (record.id < 256) continue;
            outcome = first_failure(outcome, learn(domain, record, sink));
        }
        return outcome;
    }

    /// A template that the store refuses is known all the same, with records that no set can hold:
    /// goflow2 would read it for ever, or has no such limit.
    template <RecordSink Sink>
    Error learn(const Domain& domain, const TemplateRecord& record, Sink& sink) noexcept {
        Error outcome = Error::template_limit;
        if (record.field_count <= template_fields_max) {
            outcome =
                put(domain, {record.id, record.options, record.fields, record.scope_count}, sink);
        }
        if (failed(outcome)) {
            static constexpr std::array<TemplateField, 1> endless{
                {{padding_octets, variable_length - 1, 0}}};
            static_cast<void>(put(domain, {record.id, record.options, endless, 0}, sink));
        }
        return outcome;
    }

    template <RecordSink Sink>
    Error put(const Domain& domain, const TemplateDefinition& definition, Sink& sink) noexcept {
        const Result<TemplateStore::Learnt> learnt = templates_.put(domain, definition);
        if (!learnt) return learnt.error();
        if (learnt->changed) {
            ++revisions_[learnt->layout->slot];
            sink.learn(*learnt->layout);
        }
        return Error::none;
    }

    /// A template may have been replaced behind the set that used it. goflow2 had read the set by
    /// then; here its records would be read with the other template, so they are left out.
    [[nodiscard]] bool is_current(const DataSet& set) const noexcept {
        return revisions_[set.layout->slot] == set.revision;
    }

    /// The first rate of the datagram counts for all of it, and from then on; without one, the
    /// rate that was found last (RFC 3954 §6.1, RFC 7011 §3.4.2).
    Error find_sampling_rate(Origin& origin, const Domain& domain) noexcept {
        const RateKey key{origin.sampler, domain.id, domain.version};
        for (std::uint32_t i = 0; i < set_count_; ++i) {
            const DataSet& set = sets_[i];
            if (!set.layout->options || !is_current(set)) continue;
            const FoundRate rate = find_rate(*set.layout, set.body);
            if (!rate.found) continue;
            if (rate.too_short && is_v2()) return Error::bad_record;
            rates_.store(key, rate.rate);
            break;
        }
        origin.sampling_rate = rates_.find(key);
        return Error::none;
    }

    [[nodiscard]] bool any_wide_number() noexcept {
        for (std::uint32_t i = 0; i < set_count_; ++i) {
            const DataSet& set = sets_[i];
            if (set.layout->options || !is_current(set)) continue;
            if (set.layout->variable) {
                FieldReader reader{set.body};
                const std::size_t size_min = fixed_size(set.layout->fields);
                while (reader.remaining() >= size_min) {
                    if (!reader.read(set.layout->fields, extents_)) break;
                    if (has_wide_number(*set.layout, extents_of(*set.layout))) return true;
                }
            } else if (set.body.size() >= set.layout->record_size && has_wide_number(*set.layout)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] std::span<const FieldExtent> extents_of(const Template& layout) const noexcept {
        return {extents_.data(), layout.fields.size()};
    }

    template <RecordSink Sink>
    void hand_on(const DataSet& set, Sink& sink) noexcept {
        const Template& layout = *set.layout;
        if (layout.options) return;
        if (layout.variable) return hand_on_variable(layout, set.body, sink);
        const std::size_t size = layout.record_size;
        const auto count = static_cast<std::uint32_t>(set.body.size() / size);
        if (count > 0) sink.records(layout, RecordRun{set.body.first(count * size), count});
    }

    /// Records while the fixed part fits, so that padding may be one more. Without a fixed part
    /// goflow2 1.3.7 goes on at the end for ever; here it is the end.
    template <RecordSink Sink>
    void hand_on_variable(const Template& layout, Bytes body, Sink& sink) noexcept {
        const std::size_t size_min = fixed_size(layout.fields);
        FieldReader reader{body};
        while (reader.remaining() >= size_min && reader.remaining() > 0) {
            if (reader.read(layout.fields, extents_)) {
                sink.record(layout, Record{reader.bytes(), extents_of(layout)});
            } else {
                sink.record(empty_layout_, Record{});
            }
        }
    }

    TemplateStore& templates_;
    SamplingRates rates_;
    Dialect dialect_;
    Template empty_layout_;
    Slots<std::uint32_t> revisions_;  ///< by template slot; counts what was learnt there
    Slots<DataSet> sets_;
    std::uint32_t set_count_ = 0;
    bool lost_ = false;
    std::array<FieldExtent, template_fields_max> extents_{};
};

}  // namespace flow::goflow2

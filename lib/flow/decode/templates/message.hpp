// SPDX-License-Identifier: BSD-3-Clause
// Message: one datagram of NetFlow v9 or IPFIX while it is being read. What both have in common:
// data sets by their template, options data for sampling rates, sets that wait for a template, and
// the sequence number.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/error.hpp"
#include "flow/decode/flow_times.hpp"
#include "flow/decode/state.hpp"
#include "flow/model/record.hpp"

namespace flow {

template <RecordSink Sink>
class Message {
public:
    /// `origin` without sampling rates: they are filled in, and follow what options data says. All
    /// are borrowed for the life of the message.
    Message(ShardState& state, const Domain& domain, Origin& origin, Bytes payload,
            Sink& sink) noexcept
        : state_{state},
          sink_{sink},
          domain_{domain},
          domain_state_{state.enter(domain)},
          origin_{origin},
          payload_{payload},
          traits_{state.observe(domain_state_)} {
        const AccountTag account = state.account(domain.exporter);
        if constexpr (requires { sink.set_account(account); }) sink.set_account(account);
        begin(origin_);
    }

    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    /// The records of a set with an id from 256 on.
    Error data_set(std::uint16_t id, Bytes body) noexcept {
        const Template* const layout = state_.templates.use(domain_, id);
        if (layout == nullptr) [[unlikely]] {
            records_known_ = false;
            if (traits_ != nullptr) traits_->note_missing(id, state_.now_seconds());
            count_set(SetKind::data);
            const bool kept =
                state_.park.keep(domain_, id, origin_, body, state_.account(domain_.exporter));
            return kept ? Error::none : Error::unknown_template;
        }
        count_set(layout->options ? SetKind::options_data : SetKind::data);
        const Error before = layout->options ? Error::none : release_all();
        const DataSetOutcome outcome = decode(*layout, body);
        record_count_ += outcome.record_count;
        return first_failure(before, outcome.error);
    }

    /// A template. Sets that wait for it are decoded before the data that follows.
    [[gnu::cold]] Error learn(const TemplateDefinition& definition) noexcept {
        count_records(definition.options ? SetKind::options_templates : SetKind::templates, 1);
        const Result<TemplateStore::Learnt> learnt = state_.templates.put(domain_, definition);
        ++template_count_;
        if (!learnt) {
            if (learnt.error() == Error::bad_template) {
                note(definition.id < 256 ? Deviation::template_id_bad : Deviation::template_empty);
            }
            note_absent(definition.id,
                        learnt.error() == Error::bad_template ? Absence::broken : Absence::no_room);
            return learnt.error();
        }
        if (!learnt->changed) return Error::none;
        const Template& layout = *learnt->layout;
        const TemplateStore::Evicted& evicted = learnt->evicted;
        if (evicted.id != 0) state_.note_evicted(evicted.domain, evicted.id);
        if (learnt->replaced) note(Deviation::template_changed);
        if (traits_ != nullptr) traits_->forget_missing(layout.id);
        if (layout.options) state_.options[layout.slot] = sampling::OptionsLayout::of(layout);
        sink_.learn(layout);
        if (state_.park.empty()) return Error::none;
        if (layout.options) return release(layout);
        // The options behind the templates may say how these sets are sampled.
        const Error before = learnt_count_ == learnt_.size() ? release_all() : Error::none;
        learnt_[learnt_count_++] = layout.id;
        return before;
    }

    /// Decodes the sets that have waited for the templates of this message, if not done yet.
    Error release_all() noexcept { return learnt_count_ == 0 ? Error::none : release_learnt(); }

    void count_set(SetKind kind) noexcept {
        state_.booking.has_sets = true;
        ++state_.booking.sets[static_cast<std::size_t>(kind)];
    }

    /// A template of more fields than template_fields_max.
    [[gnu::cold]] Error refuse(std::uint16_t id) noexcept {
        note(Deviation::template_limit);
        note_absent(id, Absence::too_long);
        return Error::template_limit;
    }
    /// A template that ends before its last field.
    [[gnu::cold]] Error refuse_cut(std::uint16_t id) noexcept {
        note(Deviation::template_cut);
        note_absent(id, Absence::broken);
        return Error::truncated;
    }

    [[gnu::cold]] void withdraw(std::uint16_t id) noexcept {
        note_absent(id, Absence::withdrawn);
        state_.templates.withdraw(domain_, id);
    }
    [[gnu::cold]] void withdraw_all(bool options) noexcept {
        state_.templates.visit_domain(domain_, [&](const Template& each) {
            if (each.options == options) note_absent(each.id, Absence::withdrawn);
        });
        state_.templates.withdraw_all(domain_, options);
    }

    /// Records of data sets so far, those of options included.
    [[nodiscard]] std::uint32_t record_count() const noexcept { return record_count_; }
    /// False when a set could not be read: there are more records than were counted.
    [[nodiscard]] bool records_known() const noexcept { return records_known_; }

    /// Templates so far, those that were refused included.
    [[nodiscard]] std::uint32_t template_count() const noexcept { return template_count_; }

    /// The exporter departs from its protocol.
    [[gnu::cold]] void note(Deviation what) noexcept { state_.note(domain_.exporter, what); }

    /// The end of the message.
    void close(const SequenceStep& step) noexcept {
        if (domain_state_ != nullptr) state_.take(step, *domain_state_);
        if (traits_ != nullptr) {
            state_.appear({.number = step.number,
                           .units = record_count_,
                           .units_known = records_known_ && step.units_known,
                           .has_uptime = step.has_uptime,
                           .uptime_ms = step.uptime_ms,
                           .export_seconds = origin_.export_seconds});
        }
        if (record_count_ > 0) state_.exporters.prove(domain_.exporter, state_.now_seconds());
    }

private:
    /// Takes the rates of options records: `records` and `record` of a RecordSink.
    struct OptionsReader {
        const sampling::OptionsLayout& layout;
        Message& message;

        void records(const Template& which, const RecordRun& run) noexcept {
            for (std::uint32_t i = 0; i < run.count; ++i) {
                const std::size_t size = which.record_size;
                record(which, Record{run.bytes.subspan(i * size, size), {}});
            }
        }
        void record(const Template&, const Record& record) noexcept {
            message.announce(layout.read(record));
        }
    };

    void note_absent(std::uint16_t id, Absence why) noexcept {
        if (traits_ != nullptr && id >= 256) traits_->note_absent(id, why);
    }

    /// The origin as it is now known to be sampled.
    void begin(Origin& origin) noexcept {
        const SamplingRate known = state_.rate_of(domain_.exporter, domain_state_);
        origin.sampling_rate = known.rate;
        state_.booking.sampling_rate = known.rate;
        state_.booking.sampling_source = known.source;
        origin.samplers = {};  // a waiting set's are those of before, or of another domain by now
        if (domain_state_ != nullptr) origin.samplers = domain_state_->rates.samplers();
        sink_.begin(origin);
    }

    void count_records(SetKind kind, std::uint32_t count) noexcept {
        state_.booking.has_sets = true;
        state_.booking.set_records[static_cast<std::size_t>(kind)] += count;
    }

    DataSetOutcome decode(const Template& layout, Bytes body) noexcept {
        if (!layout.options) {
            if (state_.sampled() != nullptr && !releasing_) [[unlikely]] {
                observe_flows(*state_.sampled(), layout, origin_, body, state_.variable);
            }
            const DataSetOutcome data = decode_data_set(layout, body, state_.variable, sink_);
            count_records(SetKind::data, data.record_count);
            if (!layout.variable) check_rest(layout, body, data.record_count);
            return data;
        }
        OptionsReader reader{state_.options[layout.slot], *this};
        const DataSetOutcome options = decode_data_set(layout, body, state_.variable, reader);
        count_records(SetKind::options_data, options.record_count);
        return options;
    }

    /// Padding is shorter than four bytes, or zeros (RFC 7011 §3.3.1).
    void check_rest(const Template& layout, Bytes body, std::uint32_t count) noexcept {
        const std::size_t read = std::size_t{count} * layout.record_size;
        if (body.size() - read < 4) [[likely]]
            return;
        const Bytes rest = body.subspan(read);
        if (std::any_of(rest.begin(), rest.end(), [](std::uint8_t each) { return each != 0; })) {
            note(Deviation::set_rest);
        }
    }

    void announce(const sampling::Announcement& said) noexcept {
        if (state_.announce(domain_.exporter, domain_state_, said)) begin(origin_);
    }

    [[gnu::cold]] Error release_learnt() noexcept {
        Error outcome = Error::none;
        for (std::size_t i = 0; i < learnt_count_; ++i) {
            const Template* const layout = state_.templates.find(domain_, learnt_[i]);
            if (layout != nullptr) outcome = first_failure(outcome, release(*layout));
        }
        learnt_count_ = 0;
        return outcome;
    }

    /// With their own origins: they are records of datagrams from before.
    Error release(const Template& layout) noexcept {
        bool any = false;
        const auto visit = [&](const Origin& parked, Bytes body) {
            any = true;
            Origin origin = parked;
            set_payload(body);
            begin(origin);
            return decode(layout, body).error;
        };
        releasing_ = true;
        const Error outcome = state_.park.release(domain_, layout.id, visit);
        releasing_ = false;
        if (any) {
            set_payload(payload_);
            begin(origin_);
        }
        return outcome;
    }

    /// For sinks that must know where the bytes around a record end.
    void set_payload(Bytes payload) noexcept {
        if constexpr (requires { sink_.set_payload(payload); }) sink_.set_payload(payload);
    }

    ShardState& state_;
    Sink& sink_;
    Domain domain_;
    DomainState* domain_state_;
    Origin& origin_;
    Bytes payload_;
    Traits* traits_;  ///< null: the domain has none
    std::uint32_t template_count_ = 0;
    std::uint32_t record_count_ = 0;
    std::size_t learnt_count_ = 0;
    std::array<std::uint16_t, 32> learnt_;  ///< templates for which sets may wait
    bool records_known_ = true;
    bool releasing_ = false;  ///< records of other datagrams
};

}  // namespace flow

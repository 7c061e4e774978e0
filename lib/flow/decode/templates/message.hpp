// SPDX-License-Identifier: BSD-3-Clause
// Message: one datagram of NetFlow v9 or IPFIX while it is being read. What both have in common:
// data sets by their template, options data for sampling rates, sets that wait for a template, and
// the sequence number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/error.hpp"
#include "flow/decode/state.hpp"
#include "flow/model/record.hpp"

namespace flow {

template <RecordSink Sink>
class Message {
public:
    /// `origin` without sampling rates. All are borrowed for the life of the message.
    Message(ShardState& state, const Domain& domain, const Origin& origin, Bytes payload,
            Sink& sink) noexcept
        : state_{state},
          sink_{sink},
          domain_{domain},
          domain_state_{state.domains.enter(domain, state.now_seconds())},
          origin_{origin},
          payload_{payload} {
        begin(origin_);
    }

    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    /// The records of a set with an id from 256 on.
    Error data_set(std::uint16_t id, Bytes body) noexcept {
        const Template* const layout = state_.templates.use(domain_, id);
        if (layout == nullptr) [[unlikely]] {
            records_known_ = false;
            const bool kept = state_.park.keep(domain_, id, origin_, body);
            return kept ? Error::none : Error::unknown_template;
        }
        const Error before = layout->options ? Error::none : release_all();
        const DataSetOutcome outcome = decode(*layout, body);
        record_count_ += outcome.record_count;
        return first_failure(before, outcome.error);
    }

    /// A template. Sets that wait for it are decoded before the data that follows.
    [[gnu::cold]] Error learn(const TemplateDefinition& definition) noexcept {
        const Result<TemplateStore::Learnt> learnt = state_.templates.put(domain_, definition);
        if (!learnt) return learnt.error();
        if (!learnt->changed) return Error::none;
        const Template& layout = *learnt->layout;
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
    Error release_all() noexcept {
        Error outcome = Error::none;
        for (std::size_t i = 0; i < learnt_count_; ++i) {
            const Template* const layout = state_.templates.find(domain_, learnt_[i]);
            if (layout != nullptr) outcome = first_failure(outcome, release(*layout));
        }
        learnt_count_ = 0;
        return outcome;
    }

    void withdraw(std::uint16_t id) noexcept { state_.templates.withdraw(domain_, id); }
    void withdraw_all(bool options) noexcept { state_.templates.withdraw_all(domain_, options); }

    /// Records of data sets so far, those of options included.
    [[nodiscard]] std::uint32_t record_count() const noexcept { return record_count_; }
    /// False when a set could not be read: there are more records than were counted.
    [[nodiscard]] bool records_known() const noexcept { return records_known_; }

    /// The end of the message.
    void close(const SequenceStep& step) noexcept {
        if (domain_state_ != nullptr) domain_state_->sequence.take(step, state_.stats);
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

    /// The origin as it is now known to be sampled.
    void begin(Origin& origin) noexcept {
        origin.sampling_rate = state_.rate_of(domain_.exporter, domain_state_).rate;
        origin.samplers = {};  // a waiting set's are those of before, or of another domain by now
        if (domain_state_ != nullptr) origin.samplers = domain_state_->rates.samplers();
        sink_.begin(origin);
    }

    DataSetOutcome decode(const Template& layout, Bytes body) noexcept {
        if (!layout.options) return decode_data_set(layout, body, state_.variable, sink_);
        OptionsReader reader{state_.options[layout.slot], *this};
        return decode_data_set(layout, body, state_.variable, reader);
    }

    void announce(const sampling::Announcement& said) noexcept {
        if (state_.announce(domain_.exporter, domain_state_, said)) begin(origin_);
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
        const Error outcome = state_.park.release(domain_, layout.id, visit);
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
    Origin origin_;
    Bytes payload_;
    std::uint32_t record_count_ = 0;
    std::size_t learnt_count_ = 0;
    std::array<std::uint16_t, 32> learnt_;  ///< templates for which sets may wait
    bool records_known_ = true;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The state of a shard: what is remembered of exporters from one datagram to the next. All memory
// is reserved by the constructor. One per shard; never shared, never locked.
#pragma once

#include <array>
#include <cstdint>

#include "flow/base/slots.hpp"
#include "flow/decode/domains.hpp"
#include "flow/decode/exporters.hpp"
#include "flow/decode/ledger.hpp"
#include "flow/decode/sampling/fallback.hpp"
#include "flow/decode/sampling/options.hpp"
#include "flow/decode/sequence_header.hpp"
#include "flow/decode/stats.hpp"
#include "flow/decode/templates/park.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/decode/traits_table.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/learnt_state.hpp"
#include "flow/model/strangers.hpp"

namespace flow {

struct ShardLimits {
    TemplateLimits templates{};
    DomainLimits domains{};
    ParkLimits park{};
    TemplateKey template_key = TemplateKey::address;
    SamplingSettings sampling{};
    /// Makes the tables' hashes unpredictable to senders; any number that they do not know.
    std::uint64_t hash_seed = 0;
    bool ledger = true;  ///< false: nobody asks whose the datagrams and flows were
    bool traits = true;  ///< false: nobody asks how exporters behave
};

/// The rate of flows that do not say theirs, and who said it.
struct SamplingRate {
    std::uint64_t rate = 0;
    sampling::Source source = sampling::Source::none;
};

class ShardState {
public:
    /// Counts in `counters`, which outlive the state.
    ShardState(const ShardLimits& limits, DecodeStats& counters) noexcept;

    ShardState(const ShardState&) = delete;
    ShardState& operator=(const ShardState&) = delete;

    /// Starts a datagram: its time is the clock.
    void open(const Datagram& datagram) noexcept {
        open(datagram.received_ns);
        booking.payload_bytes = datagram.payload.size();
        booking.local_port = datagram.destination_port;
        source_port_ = datagram.source_port;
        payload_size_ = static_cast<std::uint16_t>(datagram.payload.size());
        reassembled_ = datagram.reassembled;
    }
    void open(std::uint64_t now_ns) noexcept {
        now_ns_ = now_ns;
        now_seconds_ = static_cast<std::uint32_t>(now_ns / 1'000'000'000);
        templates.set_now(now_seconds_);
        park.open(now_ns);
        account_ = 0;
        booking = {};
        observed_ = nullptr;
        sampled_ = nullptr;
    }
    /// The exporter of the datagram.
    [[nodiscard]] ExporterIndex enter(const Datagram& datagram) noexcept {
        return enter(datagram.source, datagram.source_port, now_seconds_);
    }
    [[nodiscard]] ExporterIndex enter(const Address& address, std::uint16_t port,
                                      std::uint32_t now_seconds) noexcept;
    /// The domain of the datagram, which is booked to it. As Domains has it.
    [[nodiscard]] DomainState* enter(const Domain& domain) noexcept {
        DomainState* const state = domains.enter(domain, now_seconds_);
        if (state == nullptr) return state;
        if (state->account == 0) [[unlikely]]
            state->account = open_account(*state);
        account_ = state->account;
        return state;
    }
    /// Whose the datagram is: the domain's, or the exporter's when it has not entered one.
    [[nodiscard]] AccountTag account(ExporterIndex exporter) noexcept {
        if (account_ == 0) [[unlikely]]
            account_ = ledger.tag(ledger.exporter_row(exporter));
        return account_;
    }
    /// Of a domain that is known; else the exporter's.
    [[nodiscard]] AccountTag account_of(const Domain& domain) noexcept;
    /// Counts loss of a protocol whose decoder does not: all but NetFlow v9 and IPFIX.
    void track(const Datagram& datagram, ExporterIndex exporter) noexcept {
        if (datagram.dealt) [[unlikely]] {
            ++stats.sequence_unchecked;
            ledger.count_unchecked(account(exporter));
            return;
        }
        const SequenceHeader header = sequence_of(datagram, exporter);
        if (header.domain.version == 0) return;
        DomainState* const domain = enter(header.domain);
        if (domain != nullptr) take(header.step, *domain);
        if (observe(domain) == nullptr) return;
        appear({.number = header.step.number,
                .units = header.count,
                .has_export_time = header.has_export_time,
                .has_uptime = true,
                .uptime_ms = header.step.uptime_ms,
                .export_seconds = header.export_seconds,
                .export_nanoseconds = header.export_nanoseconds});
    }
    /// The sequence number of a datagram.
    void take(const SequenceStep& step, DomainState& domain) noexcept {
        const SequenceChange before = sequence_counts();
        domain.sequence.take(step, stats);
        const SequenceChange now = sequence_counts();
        if (before != now) [[unlikely]]
            ledger.book(domain.account, now - before);
    }
    /// The traits of the datagram's domain, for what is noted from now on. Null: it has none.
    Traits* observe(DomainState* domain) noexcept {
        if (domain == nullptr || !traits.enabled()) return nullptr;
        observed_ = &traits.at(traits.row_of_domain(domains.slot_of(*domain)));
        if (!domain->observed) [[unlikely]]
            own_traits(*domain);
        if (observed_->samples(now_seconds_)) [[unlikely]]
            sampled_ = observed_;
        return observed_;
    }
    /// The datagram as it appeared; observe() has found its domain. What all datagrams have is
    /// filled in.
    [[gnu::always_inline]] void appear(Appearance seen) noexcept {
        seen.received_ns = now_ns_;
        seen.port = source_port_;
        seen.payload_size = payload_size_;
        if (sampled_ != nullptr) [[unlikely]]
            sampled_->sample_clock(Appearance{seen});
        observed_->take(seen);
    }
    /// Null unless the flows of this datagram are to be looked at.
    [[nodiscard]] Traits* sampled() const noexcept { return sampled_; }
    /// Of the datagram's domain; of its exporter when it has none. Counts once in a datagram.
    [[gnu::cold]] void note(ExporterIndex exporter, Deviation what) noexcept;
    /// A template has made room for another's; its domain need not be the datagram's.
    [[gnu::cold]] void note_evicted(const Domain& domain, std::uint16_t id) noexcept;
    /// Ends the datagram, counts it and books it. The outcome may be another one than its
    /// decoder's. What is known of it is in `booking`.
    Error close(ExporterIndex exporter, Error outcome) noexcept;
    /// One that has not come to its exporter is that one's too, if it is known.
    Error close(const Datagram& datagram, ExporterIndex exporter, Error outcome) noexcept {
        if (exporter == Exporters::other) [[unlikely]] {
            const ExporterIndex known = exporters.find(datagram.source, datagram.source_port);
            account_ = ledger.tag(ledger.exporter_row(known));
            if (known == Exporters::other && is_strange(outcome)) strangers.note(datagram, outcome);
        }
        return close(exporter, outcome);
    }
    /// What was made of a set without a datagram, after its domain was entered.
    void book_set(ExporterIndex exporter, const MadeCounts& made) noexcept {
        ledger.book(account(exporter), made, booking.set_records);
        booking = {};
        account_ = 0;
    }
    /// Nothing has come for so long since the last datagram: its time has gone on without one.
    void stay_idle(std::uint64_t idle_ns) noexcept { park.open(now_ns_ + idle_ns); }
    /// Ends a run: nothing waits any longer.
    void finish() noexcept { park.expire_all(); }

    [[nodiscard]] std::uint32_t now_seconds() const noexcept { return now_seconds_; }
    [[nodiscard]] std::uint64_t now_ns() const noexcept { return now_ns_; }

    /// `domain` is null when there was no room for it.
    [[nodiscard]] SamplingRate rate_of(ExporterIndex exporter,
                                       const DomainState* domain) const noexcept {
        using sampling::Source;
        if (domain != nullptr && !domain->rates.empty()) {
            const std::uint64_t rate = domain->rates.rate();
            if (rate != 0) return {rate, Source::options};
        }
        if (!has_other_rates_) return {};
        return other_rate_of(exporter);
    }
    [[nodiscard]] SamplingRate rate_of(const Domain& domain) const noexcept {
        return rate_of(domain.exporter, domains.find(domain));
    }
    /// True when flows of the domain may get another rate by it. Null as above.
    bool announce(ExporterIndex exporter, DomainState* domain,
                  const sampling::Announcement& said) noexcept;

    /// What was learnt in an earlier run: trusted until the exporter says otherwise. `when` is any
    /// time near the datagrams to come. Failures are those of TemplateStore::put.
    [[nodiscard]] Result<TemplateStore::Learnt> restore(const LearntTemplate& learnt,
                                                        std::uint32_t when_seconds) noexcept;
    /// False when there is no room.
    bool restore(const LearntSampling& learnt, std::uint32_t when_seconds) noexcept;
    [[nodiscard]] StateKey key_of(const Domain& domain) const noexcept {
        return {exporters.address(domain.exporter), exporters.port(domain.exporter), domain.version,
                domain.id};
    }

    /// A walk in steps over what would be restored: the `at_most` slots from `from` on. Returns
    /// where to go on; the end is templates.end_slot(). `visit(StateKey, const Template&, bool
    /// confirmed)` copies what it wants to keep. What was restored and has not been heard of since
    /// is not confirmed: the exporter may be another shard's by now.
    template <class Visit>
    std::uint32_t visit_templates(std::uint32_t from, std::uint32_t at_most,
                                  Visit visit) const noexcept {
        return templates.visit(from, at_most,
                               [&](const Domain& domain, const Template& layout, bool confirmed) {
                                   visit(key_of(domain), layout, confirmed);
                               });
    }
    /// The same for domains with sampling rates, up to domains.end_slot():
    /// `visit(StateKey, const sampling::Rates&, bool confirmed)`.
    template <class Visit>
    std::uint32_t visit_sampling(std::uint32_t from, std::uint32_t at_most,
                                 Visit visit) const noexcept {
        return domains.visit(from, at_most, [&](const DomainState& each) {
            if (!each.rates.empty()) visit(key_of(each.domain), each.rates, !each.restored);
        });
    }
    /// `visit(std::span<std::byte>)` for the memory of each table that datagrams are read by here
    /// and there, large or small: a wish about its pages comes before the first datagram.
    template <class Visit>
    void visit_tables(Visit visit) noexcept {
        exporters.visit_tables(visit);
        templates.visit_tables(visit);
        domains.visit_tables(visit);
        ledger.visit_tables(visit);
        traits.visit_tables(visit);
    }
    // For a handover to or from another shard, see handover.hpp.
    [[nodiscard]] std::uint64_t announced_rate(ExporterIndex exporter) const noexcept {
        return announced_rates_[exporter];
    }
    void set_announced_rate(ExporterIndex exporter, std::uint64_t rate) noexcept {
        announced_rates_[exporter] = rate;
    }
    /// The rates of a domain have come or gone.
    void count_rate_change() noexcept { ++rate_changes_; }

    /// Counts whatever makes these walks find something else.
    [[nodiscard]] std::uint64_t changes() const noexcept {
        return templates.changes() + rate_changes_;
    }

    DecodeStats& stats;
    Exporters exporters;
    TemplateStore templates;
    Domains domains;
    Ledger ledger;
    Park park;
    TraitsTable traits;
    Strangers strangers;
    Slots<sampling::OptionsLayout> options;  ///< by the template's slot

    /// Of the present datagram.
    Booking booking;

    // Scratch memory of decoders.
    std::array<TemplateField, template_fields_max> fields{};
    VariableLayout variable;

private:
    /// Behind one address nobody knows whose an entry without a port is.
    [[nodiscard]] bool has_place(const StateKey& key) const noexcept {
        return exporters.key() == TemplateKey::address || key.port != 0;
    }

    [[nodiscard]] SequenceChange sequence_counts() const noexcept {
        return {stats.sequence_lost, stats.sequence_late, stats.sequence_duplicates,
                stats.sequence_resets};
    }
    [[nodiscard, gnu::cold]] AccountTag open_account(const DomainState& domain) noexcept;
    [[gnu::cold]] void own_traits(DomainState& domain) noexcept;
    /// Null: it has none.
    [[nodiscard, gnu::cold]] Traits* traits_of(ExporterIndex exporter) noexcept;
    [[gnu::cold]] void note_outcome(ExporterIndex exporter, Error outcome) noexcept;
    [[gnu::cold]] void note_reassembled(ExporterIndex exporter) noexcept;

    /// Where options data of the domain says nothing.
    [[nodiscard]] SamplingRate other_rate_of(ExporterIndex exporter) const noexcept;

    SamplingSettings sampling_;
    bool has_other_rates_;
    Slots<std::uint64_t> configured_rates_;  ///< by exporter
    Slots<std::uint64_t> announced_rates_;   ///< by exporter: the last one of any domain
    std::uint64_t rate_changes_ = 0;
    AccountTag account_ = 0;  ///< of the datagram; 0: not known yet, or row 0
    std::uint64_t now_ns_ = 0;
    std::uint32_t now_seconds_ = 0;
    Traits* observed_ = nullptr;  ///< of the present datagram, like the rest
    Traits* sampled_ = nullptr;
    std::uint16_t source_port_ = 0;
    std::uint16_t payload_size_ = 0;
    bool reassembled_ = false;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// What runs when an exporter is new, when one announces a rate, and when a datagram ends.
#include "flow/decode/state.hpp"

namespace flow {

ShardState::ShardState(const ShardLimits& limits, DecodeStats& counters) noexcept
    : stats{counters},
      exporters{limits.templates.exporters_max, limits.hash_seed, limits.template_key},
      templates{limits.templates, limits.hash_seed},
      domains{limits.domains, limits.templates.exporters_max, limits.hash_seed},
      ledger{limits.templates.exporters_max, limits.domains.domains_max, limits.ledger},
      park{limits.park, limits.templates.exporters_max, limits.hash_seed, counters, &ledger},
      traits{limits.templates.exporters_max, limits.domains.domains_max, limits.traits},
      options{limits.templates.templates_max},
      sampling_{limits.sampling},
      has_other_rates_{!limits.sampling.fallbacks.empty() || limits.sampling.across_domains},
      configured_rates_{std::size_t{limits.templates.exporters_max} + 1},
      announced_rates_{std::size_t{limits.templates.exporters_max} + 1} {}

ExporterIndex ShardState::enter(const Address& address, std::uint16_t port,
                                std::uint32_t now_seconds) noexcept {
    const Exporters::Entry entry = exporters.enter(address, port, now_seconds);
    if (!entry.fresh) [[likely]]
        return entry.index;
    if (entry.evicted) {
        templates.forget(entry.index);
        domains.forget(entry.index);
        park.forget(entry.index);
        ++stats.exporters_evicted;
    }
    announced_rates_[entry.index] = 0;
    configured_rates_[entry.index] = sampling::configured_rate(sampling_.fallbacks, address);
    if (entry.index != Exporters::other) {
        ledger.assign(ledger.exporter_row(entry.index),
                      {.exporter = address, .port = exporters.port(entry.index)}, now_seconds);
    }
    return entry.index;
}

AccountTag ShardState::open_account(const DomainState& domain) noexcept {
    const StateKey key = key_of(domain.domain);
    return ledger.assign(ledger.domain_row(domains.slot_of(domain)),
                         {key.exporter, key.port, key.version, key.domain}, now_seconds_);
}

AccountTag ShardState::account_of(const Domain& domain) noexcept {
    const DomainState* const state = domains.find(domain);
    if (state == nullptr) return ledger.tag(ledger.exporter_row(domain.exporter));
    return state->account != 0 ? state->account : open_account(*state);
}

void ShardState::own_traits(DomainState& domain) noexcept {
    const StateKey key = key_of(domain.domain);
    traits.own(traits.row_of_domain(domains.slot_of(domain)),
               {key.exporter, key.port, key.version, key.domain});
    domain.observed = true;
}

Traits* ShardState::traits_of(ExporterIndex exporter) noexcept {
    if (exporter == Exporters::other || !traits.enabled()) return nullptr;
    Traits& row = traits.at(exporter);
    const AccountName name{.exporter = exporters.address(exporter),
                           .port = exporters.port(exporter)};
    if (!row.owned || row.name != name) traits.own(exporter, name);
    return &row;
}

void ShardState::note(ExporterIndex exporter, Deviation what) noexcept {
    Traits* const row = observed_ != nullptr ? observed_ : traits_of(exporter);
    if (row != nullptr) row->note_datagram(what, now_seconds_);
}

void ShardState::note_evicted(const Domain& domain, std::uint16_t id) noexcept {
    const DomainState* const owner = domains.find(domain);
    if (owner == nullptr || !owner->observed || !traits.enabled()) return;
    traits.at(traits.row_of_domain(domains.slot_of(*owner))).note_absent(id, Absence::evicted);
}

/// What decoders without a state of their own found. Those of NetFlow v9 and IPFIX note more
/// exactly what it was.
void ShardState::note_outcome(ExporterIndex exporter, Error outcome) noexcept {
    const std::uint8_t version = observed_ == nullptr ? 0 : observed_->name.version;
    if (version == 9 || version == 10) return;
    switch (outcome) {
        case Error::truncated:
            if (version == sflow_domain_version) return note(exporter, Deviation::sample_bad);
            return note(exporter, version == 0 ? Deviation::header_cut : Deviation::count_beyond);
        case Error::bad_sample:
        case Error::bad_record: return note(exporter, Deviation::sample_bad);
        default: return;
    }
}

void ShardState::note_reassembled(ExporterIndex exporter) noexcept {
    Traits* const row = observed_ != nullptr ? observed_ : traits_of(exporter);
    if (row != nullptr) row->note_reassembled();
}

Error ShardState::close(ExporterIndex exporter, Error outcome) noexcept {
    if (observed_ == nullptr && exporter != Exporters::other) [[unlikely]] {
        Traits* const row = traits_of(exporter);  // of no domain, or of one without a place
        if (row != nullptr) row->take_plain(payload_size_);
    }
    if (failed(outcome)) [[unlikely]]
        note_outcome(exporter, outcome);
    if (reassembled_) [[unlikely]]
        note_reassembled(exporter);
    if (exporter != Exporters::other) {
        exporters.set_template_count(exporter, templates.count_of(exporter));
    }
    stats.templates_evicted = templates.evictions();
    stats.domains_evicted = domains.evictions();
    if (!failed(outcome)) {
        const Park::Fate fate = park.close();
        if (fate == Park::Fate::waits) {  // counted there
            ledger.book(account(exporter), booking, now_seconds_, Ledger::Fate::parked, outcome);
            return outcome;
        }
        if (fate == Park::Fate::expired) outcome = Error::unknown_template;
    }
    if (failed(outcome)) [[unlikely]] {
        ++stats.datagram_drops[static_cast<std::size_t>(outcome)];
    } else {
        ++stats.decoded;
    }
    const Ledger::Fate fate = failed(outcome) ? Ledger::Fate::dropped : Ledger::Fate::decoded;
    ledger.book(account(exporter), booking, now_seconds_, fate, outcome);
    return outcome;
}

SamplingRate ShardState::other_rate_of(ExporterIndex exporter) const noexcept {
    using sampling::Source;
    if (sampling_.across_domains && announced_rates_[exporter] != 0) {
        return {announced_rates_[exporter], Source::options};
    }
    const std::uint64_t rate = configured_rates_[exporter];
    return {rate, rate != 0 ? Source::configured : Source::none};
}

bool ShardState::announce(ExporterIndex exporter, DomainState* domain,
                          const sampling::Announcement& said) noexcept {
    if (domain == nullptr || said.rate == 0) return false;
    announced_rates_[exporter] = said.rate;
    domain->restored = false;
    if (!domain->rates.announce(said)) return false;
    ++rate_changes_;
    return true;
}

Result<TemplateStore::Learnt> ShardState::restore(const LearntTemplate& learnt,
                                                  std::uint32_t when_seconds) noexcept {
    const StateKey& key = learnt.key;
    if (key.version != 9 && key.version != 10) return Error::bad_template;
    if (!has_place(key)) return Error::bad_template;
    templates.set_now(when_seconds);
    const Domain domain{enter(key.exporter, key.port, when_seconds), key.domain, key.version};
    const auto result =
        templates.put(domain, {learnt.id, learnt.options, learnt.fields, learnt.scope_count});
    if (!result) return result;
    exporters.set_template_count(domain.exporter, templates.count_of(domain.exporter));
    const Template& layout = *result->layout;
    if (result->changed) templates.mark_restored(layout.slot);
    if (layout.options) options[layout.slot] = sampling::OptionsLayout::of(layout);
    return result;
}

bool ShardState::restore(const LearntSampling& learnt, std::uint32_t when_seconds) noexcept {
    const StateKey& key = learnt.key;
    if (key.version == 0 || !has_place(key)) return false;
    const ExporterIndex exporter = enter(key.exporter, key.port, when_seconds);
    DomainState* const state = domains.enter({exporter, key.domain, key.version}, when_seconds);
    if (state == nullptr) return false;
    for (const SamplerRate& each : learnt.samplers) {
        announce(exporter, state, {each.rate, each.sampler, true});
    }
    announce(exporter, state, {learnt.rate});
    state->restored = true;
    return true;
}

}  // namespace flow

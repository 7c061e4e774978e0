// SPDX-License-Identifier: BSD-3-Clause
// What runs when an exporter is new, when one announces a rate, and when a datagram ends.
#include "flow/decode/state.hpp"

namespace flow {

ShardState::ShardState(const ShardLimits& limits, DecodeStats& counters) noexcept
    : stats{counters},
      exporters{limits.templates.exporters_max, limits.hash_seed, limits.template_key},
      templates{limits.templates, limits.hash_seed},
      domains{limits.domains, limits.templates.exporters_max, limits.hash_seed},
      park{limits.park, limits.templates.exporters_max, limits.hash_seed, counters},
      options{limits.templates.templates_max},
      sampling_{limits.sampling},
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
    return entry.index;
}

Error ShardState::close(ExporterIndex exporter, Error outcome) noexcept {
    if (exporter != Exporters::other) {
        exporters.set_template_count(exporter, templates.count_of(exporter));
    }
    stats.templates_evicted = templates.evictions();
    stats.domains_evicted = domains.evictions();
    if (!failed(outcome)) {
        const Park::Fate fate = park.close();
        if (fate == Park::Fate::waits) return outcome;  // counted there
        if (fate == Park::Fate::expired) outcome = Error::unknown_template;
    }
    if (failed(outcome)) [[unlikely]] {
        ++stats.datagram_drops[static_cast<std::size_t>(outcome)];
    } else {
        ++stats.decoded;
    }
    return outcome;
}

SamplingRate ShardState::rate_of(ExporterIndex exporter, const DomainState* domain) const noexcept {
    using sampling::Source;
    if (domain != nullptr) {
        const std::uint64_t rate = domain->rates.rate();
        if (rate != 0) return {rate, Source::options};
    }
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

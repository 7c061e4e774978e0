// SPDX-License-Identifier: BSD-3-Clause
// Two slot arrays, a hash table to the exporters, and a list of them by when they spoke last.
#include "control/exporter_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "flow/base/hash.hpp"
#include "metrics/totals.hpp"

namespace flowd {

namespace {

const char* source_name(flow::sampling::Source source) noexcept {
    using enum flow::sampling::Source;
    switch (source) {
        case none: return "none";
        case options: return "options";
        case configured: return "configured";
        case header: return "header";
        case record: return "record";
    }
    return "none";
}

/// A slot that is free, or a new one. `none`: there are `most` already.
template <class Slot>
std::uint32_t take_slot(std::vector<Slot>& slots, std::vector<std::uint32_t>& free_ones,
                        std::uint32_t most, const RateClock& clock) {
    if (free_ones.empty()) {
        if (slots.size() >= most) return flow::IndexTable::none;
        slots.push_back(Slot{.window = TotalsRates{clock}});
        return static_cast<std::uint32_t>(slots.size() - 1);
    }
    const std::uint32_t index = free_ones.back();
    free_ones.pop_back();
    const std::uint32_t generation = slots[index].generation;
    slots[index] = Slot{.generation = generation, .window = TotalsRates{clock}};
    return index;
}

}  // namespace

void ExporterTable::Seen::add(const flow::Account& account) noexcept {
    if (account.last_seen == 0) return;
    // A clock that was set back makes the last time the first, too.
    const std::uint32_t earliest = std::min(account.first_seen, account.last_seen);
    if (first == 0 || earliest < first) first = earliest;
    if (is_newest(account)) last = account.last_seen;
}

bool ExporterTable::Seen::is_newest(const flow::Account& account) const noexcept {
    // Workers are a moment apart. What is further back was heard of after the clock was set back.
    constexpr std::uint32_t apart_most = 5;
    return account.last_seen >= last || last - account.last_seen > apart_most;
}

ExporterTable::ExporterTable(const ExporterTableLimits& limits)
    : limits_{limits}, table_{limits.exporters_max} {}

std::uint64_t ExporterTable::hash_of(const flow::AccountName& name) const noexcept {
    return flow::hash(name.exporter, limits_.hash_seed + (std::uint64_t{name.port} << 32));
}

std::uint32_t ExporterTable::find(const flow::AccountName& name) const noexcept {
    return table_.find(hash_of(name), [&](std::uint32_t index) {
        return exporters_[index].address == name.exporter && exporters_[index].port == name.port;
    });
}

OwnerRef ExporterTable::admit(const flow::AccountName& name, const RateClock& clock) {
    std::uint32_t index = find(name);
    if (index == none) index = make(name, clock);
    if (index == none) return {};
    const std::uint32_t domain = enter(index, name, clock);
    OwnerRef owner{.exporter_plus_one = index + 1,
                   .exporter_generation = exporters_[index].generation};
    if (domain == none) return owner;
    owner.domain_plus_one = domain + 1;
    owner.domain_generation = domains_[domain].generation;
    return owner;
}

std::uint32_t ExporterTable::make(const flow::AccountName& name, const RateClock& clock) {
    if (used_exporters_ >= limits_.exporters_max) {
        if (clock.serial() - exporters_[oldest_].spoke < silent_enough) return none;
        forget(oldest_);
    }
    const std::uint32_t index =
        take_slot(exporters_, free_exporters_, limits_.exporters_max, clock);
    Exporter& exporter = exporters_[index];
    exporter.address = name.exporter;
    exporter.port = name.port;
    exporter.used = true;
    exporter.spoke = clock.serial();
    append(index);
    table_.insert(hash_of(name), index);
    ++used_exporters_;
    is_sorted_ = false;
    return index;
}

std::uint32_t ExporterTable::enter(std::uint32_t exporter, const flow::AccountName& name,
                                   const RateClock& clock) {
    for (std::uint32_t i = exporters_[exporter].first_domain; i != none; i = domains_[i].next) {
        if (domains_[i].version == name.version && domains_[i].id == name.domain) return i;
    }
    if (!make_room(exporters_[exporter])) return none;
    const std::uint32_t index = take_slot(domains_, free_domains_, limits_.domains_max, clock);
    if (index == none) return none;
    Domain& domain = domains_[index];
    domain.exporter = exporter;
    domain.id = name.domain;
    domain.version = name.version;
    domain.next = exporters_[exporter].first_domain;
    exporters_[exporter].first_domain = index;
    ++exporters_[exporter].domain_count;
    ++used_domains_;
    return index;
}

/// For one more domain: the oldest that no worker has a row for any more goes.
bool ExporterTable::make_room(Exporter& exporter) {
    if (exporter.domain_count < limits_.domains_per_exporter_max) return true;
    std::uint32_t* victim = nullptr;
    for (std::uint32_t* link = &exporter.first_domain; *link != none;
         link = &domains_[*link].next) {
        if (domains_[*link].rows > 0) continue;
        if (victim == nullptr || domains_[*link].seen.last < domains_[*victim].seen.last) {
            victim = link;
        }
    }
    if (victim == nullptr) return false;
    const std::uint32_t index = *victim;
    *victim = domains_[index].next;
    --exporter.domain_count;
    free(index, exporter.past);
    return true;
}

void ExporterTable::forget(std::uint32_t index) {
    Exporter& exporter = exporters_[index];
    for (std::uint32_t domain = exporter.first_domain; domain != none;) {
        const std::uint32_t next = domains_[domain].next;
        free(domain, forgotten_.past);
        domain = next;
    }
    flowd::add(forgotten_.past, exporter.past);
    flowd::add(forgotten_.totals, exporter.totals);
    table_.erase(hash_of({.exporter = exporter.address, .port = exporter.port}), index);
    unlink(index);
    exporter.used = false;
    ++exporter.generation;
    free_exporters_.push_back(index);
    --used_exporters_;
    ++forgotten_count_;
    is_sorted_ = false;
}

void ExporterTable::free(std::uint32_t domain, std::vector<PastDomains>& past) {
    Domain& freed = domains_[domain];
    flowd::add(past, freed.version, freed.local_port, freed.totals);
    freed.exporter = none;
    ++freed.generation;
    free_domains_.push_back(domain);
    --used_domains_;
}

void ExporterTable::unlink(std::uint32_t index) noexcept {
    const Exporter& exporter = exporters_[index];
    (exporter.older == none ? oldest_ : exporters_[exporter.older].newer) = exporter.newer;
    (exporter.newer == none ? newest_ : exporters_[exporter.newer].older) = exporter.older;
}

void ExporterTable::append(std::uint32_t index) noexcept {
    Exporter& exporter = exporters_[index];
    exporter.older = newest_;
    exporter.newer = none;
    (newest_ == none ? oldest_ : exporters_[newest_].newer) = index;
    newest_ = index;
}

ExporterTable::Forgotten ExporterTable::forgotten() noexcept {
    return std::exchange(forgotten_, Forgotten{});
}

bool ExporterTable::has(const OwnerRef& owner) const noexcept {
    if (owner.exporter_plus_one == 0) return false;
    const Exporter& exporter = exporters_[owner.exporter_plus_one - 1];
    return exporter.used && exporter.generation == owner.exporter_generation;
}

ExporterTable::Exporter* ExporterTable::exporter_of(const OwnerRef& owner) noexcept {
    return has(owner) ? &exporters_[owner.exporter_plus_one - 1] : nullptr;
}

ExporterTable::Domain* ExporterTable::domain_of(const OwnerRef& owner) noexcept {
    if (owner.domain_plus_one == 0) return nullptr;
    Domain& domain = domains_[owner.domain_plus_one - 1];
    const bool same = domain.exporter != none && domain.generation == owner.domain_generation;
    return same ? &domain : nullptr;
}

void ExporterTable::add(const OwnerRef& owner, const Totals& what) noexcept {
    if (Exporter* const exporter = exporter_of(owner)) flowd::add(exporter->totals, what);
    if (Domain* const domain = domain_of(owner)) flowd::add(domain->totals, what);
}

void ExporterTable::subtract(const OwnerRef& owner, const Totals& what) noexcept {
    if (Exporter* const exporter = exporter_of(owner)) flowd::subtract(exporter->totals, what);
    if (Domain* const domain = domain_of(owner)) flowd::subtract(domain->totals, what);
}

std::uint64_t ExporterTable::sequence_lost(const OwnerRef& owner) noexcept {
    if (const Domain* const domain = domain_of(owner)) return domain->totals.sequence.lost;
    const Exporter* const exporter = exporter_of(owner);
    return exporter != nullptr ? exporter->totals.sequence.lost : 0;
}

void ExporterTable::see(const OwnerRef& owner, const flow::Account& account) noexcept {
    if (Exporter* const exporter = exporter_of(owner)) exporter->seen.add(account);
    Domain* const domain = domain_of(owner);
    if (domain == nullptr) return;
    if (domain->seen.is_newest(account)) {
        domain->sampling_rate = account.sampling_rate;
        domain->sampling_source = account.sampling_source;
        domain->local_port = account.local_port;
    }
    domain->seen.add(account);
}

void ExporterTable::touch(const OwnerRef& owner, const RateClock& clock) noexcept {
    Exporter* const exporter = exporter_of(owner);
    if (exporter == nullptr || exporter->spoke == clock.serial()) return;
    exporter->spoke = clock.serial();
    unlink(owner.exporter_plus_one - 1);
    append(owner.exporter_plus_one - 1);
}

void ExporterTable::hold(const OwnerRef& owner) noexcept {
    if (Domain* const domain = domain_of(owner)) ++domain->rows;
}

void ExporterTable::release(const OwnerRef& owner) noexcept {
    if (Domain* const domain = domain_of(owner)) --domain->rows;
}

void ExporterTable::take_rates(const RateClock& clock) noexcept {
    for (Exporter& each : exporters_) {
        if (each.used) each.rates = each.window.take(clock, each.totals);
    }
    for (Domain& each : domains_) {
        if (each.exporter != none) each.rates = each.window.take(clock, each.totals);
    }
}

void ExporterTable::sort() {
    if (is_sorted_) return;
    is_sorted_ = true;
    sorted_.clear();
    for (std::uint32_t i = 0; i < exporters_.size(); ++i) {
        if (exporters_[i].used) sorted_.push_back(i);
    }
    const auto place = [this](std::uint32_t index) {
        const Exporter& each = exporters_[index];
        return std::tie(each.address.size, each.address.octets, each.port);
    };
    std::sort(sorted_.begin(), sorted_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
}

void ExporterTable::write(std::vector<ExporterView>& views) {
    sort();
    views.resize(sorted_.size());
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        const Exporter& exporter = exporters_[sorted_[i]];
        ExporterView& view = views[i];
        view.address = exporter.address;
        view.port = exporter.port;
        view.first_seen = exporter.seen.first;
        view.last_seen = exporter.seen.last;
        view.totals = exporter.totals;
        view.rates = exporter.rates;
        view.past = exporter.past;
        view.domains.resize(exporter.domain_count);
        std::uint32_t index = exporter.first_domain;
        for (DomainView& each : view.domains) {
            const Domain& domain = domains_[index];
            each.version = domain.version;
            each.id = domain.id;
            each.first_seen = domain.seen.first;
            each.last_seen = domain.seen.last;
            each.totals = domain.totals;
            each.rates = domain.rates;
            each.sampling_rate = domain.sampling_rate;
            each.sampling_source = source_name(domain.sampling_source);
            each.local_port = domain.local_port;
            index = domain.next;
        }
        const auto place = [](const DomainView& each) { return std::tie(each.version, each.id); };
        std::sort(view.domains.begin(), view.domains.end(),
                  [&](const DomainView& a, const DomainView& b) { return place(a) < place(b); });
    }
}

}  // namespace flowd

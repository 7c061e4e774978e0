// SPDX-License-Identifier: BSD-3-Clause
// As with exporters, the eviction hand is CLOCK with a bounded number of steps. A domain without
// rates loses nothing but its place in the sequence.
#include "flow/decode/domains.hpp"

namespace flow {

namespace {

/// Domains that are looked at for one newcomer.
constexpr std::uint32_t steps_max = 64;

}  // namespace

Domains::Domains(const DomainLimits& limits, std::uint32_t exporters_max,
                 std::uint64_t seed) noexcept
    : limits_{limits},
      slots_{limits.domains_max},
      chains_{std::size_t{exporters_max} + 1},
      table_{limits.domains_max},
      seed_{seed} {}

std::uint32_t Domains::index_of(const Domain& domain, std::uint64_t hashed) const noexcept {
    return table_.find(hashed, [&](std::uint32_t index) { return slots_[index].domain == domain; });
}

const DomainState* Domains::find(const Domain& domain) const noexcept {
    const std::uint32_t index = index_of(domain, hash(domain, 0, seed_));
    return index == IndexTable::none ? nullptr : &slots_[index];
}

DomainState* Domains::look_up(const Domain& domain, std::uint32_t now_seconds) noexcept {
    if (domain.exporter == 0) return nullptr;
    const std::uint64_t hashed = hash(domain, 0, seed_);
    std::uint32_t index = index_of(domain, hashed);
    if (index == IndexTable::none) {
        index = allocate(domain.exporter, now_seconds);
        if (index == IndexTable::none) return nullptr;
        Chain& chain = chains_[domain.exporter];
        slots_[index] = DomainState{};
        slots_[index].domain = domain;
        slots_[index].next_plus_one = chain.first_plus_one;
        chain.first_plus_one = index + 1;
        ++chain.count;
        table_.insert(hashed, index);
    } else {
        slots_[index].spoke_again = true;
    }
    slots_[index].last_seen = now_seconds;
    return &slots_[index];
}

std::uint32_t Domains::allocate(ExporterIndex exporter, std::uint32_t now_seconds) noexcept {
    const bool own_full = chains_[exporter].count >= limits_.domains_per_exporter_max;
    const bool all_full = first_free_plus_one_ == 0 && fresh_ >= slots_.size();
    if (own_full || all_full) {
        const std::uint32_t victim = find_victim(own_full ? exporter : 0, now_seconds);
        if (victim == IndexTable::none) {
            patience_.refuse(now_seconds);
            return victim;
        }
        remove(victim);
        ++evictions_;
    }
    ++size_;
    // A slot's account is its last domain's until another gets it: as late as may be.
    if (fresh_ < slots_.size()) return fresh_++;
    const std::uint32_t index = first_free_plus_one_ - 1;
    first_free_plus_one_ = slots_[index].next_plus_one;
    if (first_free_plus_one_ == 0) last_free_plus_one_ = 0;
    return index;
}

bool Domains::may_go(DomainState& state, std::uint32_t now_seconds) noexcept {
    if (!state.rates.empty()) {
        const auto patience = static_cast<std::int32_t>(patience_.seconds(now_seconds));
        return Patience::silence(state.last_seen, now_seconds) > patience;
    }
    if (!state.spoke_again) return true;
    state.spoke_again = false;
    return false;
}

/// Among those of one exporter; of all when that is 0.
std::uint32_t Domains::find_victim(ExporterIndex exporter, std::uint32_t now_seconds) noexcept {
    std::uint32_t next_plus_one = chains_[exporter].first_plus_one;
    for (std::uint32_t step = 0; step < steps_max; ++step) {
        if (exporter == 0) {
            if (fresh_ == 0) break;
            hand_ = hand_ + 1 >= fresh_ ? 0 : hand_ + 1;
            if (may_go(slots_[hand_], now_seconds)) return hand_;
        } else {
            if (next_plus_one == 0) break;
            const std::uint32_t index = next_plus_one - 1;
            if (may_go(slots_[index], now_seconds)) return index;
            next_plus_one = slots_[index].next_plus_one;
        }
    }
    return IndexTable::none;
}

void Domains::remove(std::uint32_t index) noexcept {
    DomainState& state = slots_[index];
    Chain& chain = chains_[state.domain.exporter];
    std::uint32_t* link = &chain.first_plus_one;
    while (*link != index + 1) link = &slots_[*link - 1].next_plus_one;
    *link = state.next_plus_one;
    free(index);
}

/// A domain that is in no chain any more.
void Domains::free(std::uint32_t index) noexcept {
    DomainState& state = slots_[index];
    --chains_[state.domain.exporter].count;
    table_.erase(hash(state.domain, 0, seed_), index);
    state.domain = {};
    state.given = false;
    state.next_plus_one = 0;
    std::uint32_t& behind = last_free_plus_one_ == 0
                                ? first_free_plus_one_
                                : slots_[last_free_plus_one_ - 1].next_plus_one;
    behind = index + 1;
    last_free_plus_one_ = index + 1;
    --size_;
}

/// Each exporter's chain once, so that the work is bounded by what the table holds.
void Domains::remove_given(std::uint32_t first, std::uint32_t end) noexcept {
    for (; first < end; ++first) {
        if (!slots_[first].given) continue;
        std::uint32_t* link = &chains_[slots_[first].domain.exporter].first_plus_one;
        while (*link != 0) {
            const std::uint32_t index = *link - 1;
            DomainState& state = slots_[index];
            if (!state.given) {
                link = &state.next_plus_one;
                continue;
            }
            *link = state.next_plus_one;
            free(index);
        }
    }
}

void Domains::forget(ExporterIndex exporter) noexcept {
    while (chains_[exporter].first_plus_one != 0) remove(chains_[exporter].first_plus_one - 1);
}

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The domains of one shard and what is known of each: its sampling rates and its sequence numbers.
// One look-up per datagram. Bounded in all and per exporter: a full table takes from those that
// have been silent.
#pragma once

#include <cstdint>
#include <utility>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/departure.hpp"
#include "flow/decode/domain.hpp"
#include "flow/decode/patience.hpp"
#include "flow/decode/sampling/rates.hpp"
#include "flow/decode/sequence.hpp"
#include "flow/model/account_tag.hpp"

namespace flow {

struct DomainLimits {
    std::uint32_t domains_max = 32768;
    std::uint32_t domains_per_exporter_max = 256;
};

/// Valid, and unused, when all bytes are zero. A datagram in order touches the first two cache
/// lines.
struct alignas(64) DomainState {
    Domain domain;
    std::uint32_t last_seen;
    std::uint32_t next_plus_one;  ///< of the same exporter, or of the free ones; 0: the last
    bool spoke_again;             ///< since the eviction hand last passed
    bool restored;                ///< its rates are an earlier run's
    bool given;                   ///< to another shard: about to be forgotten
    AccountTag account;           ///< 0: none yet
    bool observed;                ///< its row of traits is its own
    Sequence sequence;
    sampling::Rates rates;
};

class Domains {
public:
    /// With rates, a domain is kept for so long after it spoke last.
    static constexpr std::uint32_t stale_after_seconds = 1800;

    Domains(const DomainLimits& limits, std::uint32_t exporters_max, std::uint64_t seed) noexcept;

    /// Finds the domain or makes it. Null when there is no room, and for those of exporter 0, which
    /// are several senders'. Valid until the next call.
    [[nodiscard]] DomainState* enter(const Domain& domain, std::uint32_t now_seconds) noexcept {
        const std::uint32_t first_plus_one = chains_[domain.exporter].first_plus_one;
        if (first_plus_one == 0) return look_up(domain, now_seconds);
        DomainState& first = slots_[first_plus_one - 1];  // most exporters have no other
        if (first.domain != domain) return look_up(domain, now_seconds);
        first.last_seen = now_seconds;
        first.spoke_again = true;
        return &first;
    }
    /// Null when it is not known.
    [[nodiscard]] const DomainState* find(const Domain& domain) const noexcept;

    [[nodiscard]] std::uint32_t slot_of(const DomainState& state) const noexcept {
        return static_cast<std::uint32_t>(&state - &slots_[0]);
    }

    /// The exporter is gone, and all its domains.
    void forget(ExporterIndex exporter) noexcept;

    /// As ShardState::visit_tables().
    template <class Visit>
    void visit_tables(Visit& visit) noexcept {
        visit(slots_.memory());
    }
    // For Foresight.
    void prefetch_chain(ExporterIndex exporter) const noexcept {
        __builtin_prefetch(&chains_[exporter]);
    }
    static constexpr std::uint32_t no_slot = UINT32_MAX;
    /// The exporter's first domain; most have no other. Returns its slot, for what others keep by
    /// it, or no_slot.
    std::uint32_t prefetch_first(ExporterIndex exporter) const noexcept {
        const std::uint32_t first_plus_one = chains_[exporter].first_plus_one;
        if (first_plus_one == 0) return no_slot;
        const auto* const first =
            reinterpret_cast<const std::uint8_t*>(&slots_[first_plus_one - 1]);
        __builtin_prefetch(first);
        __builtin_prefetch(first + 64);
        return first_plus_one - 1;
    }

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t count_of(ExporterIndex exporter) const noexcept {
        return chains_[exporter].count;
    }
    [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }

    /// A walk in steps: calls `visit(state)` for the domains in the `at_most` slots from `from` on,
    /// and returns where to go on; the end is end_slot(). Domains that come and go meanwhile may be
    /// missed.
    template <class Visit>
    std::uint32_t visit(std::uint32_t from, std::uint32_t at_most, Visit visit) const noexcept {
        for (; from < fresh_ && at_most > 0; ++from, --at_most) {
            if (slots_[from].domain.version != 0) visit(slots_[from]);
        }
        return from;
    }
    [[nodiscard]] std::uint32_t end_slot() const noexcept { return fresh_; }

    /// The same walk for a handover: `visit(state)` returns a Departure. Stops before the first
    /// for which there is no room.
    template <class Visit>
    std::uint32_t give(std::uint32_t from, std::uint32_t at_most, Visit visit) noexcept {
        const std::uint32_t first = from;
        for (; from < fresh_ && at_most > 0; ++from, --at_most) {
            DomainState& state = slots_[from];
            if (state.domain.version == 0) continue;
            const Departure what = visit(std::as_const(state));
            if (what == Departure::no_room) break;
            state.given = what == Departure::leaves;
        }
        remove_given(first, from);
        return from;
    }

private:
    /// The domains of one exporter, as a list. Zeroed memory is an empty one.
    struct Chain {
        std::uint32_t first_plus_one;
        std::uint32_t count;
    };

    [[nodiscard]] DomainState* look_up(const Domain& domain, std::uint32_t now_seconds) noexcept;
    [[nodiscard]] std::uint32_t index_of(const Domain& domain, std::uint64_t hashed) const noexcept;
    [[nodiscard]] std::uint32_t allocate(ExporterIndex exporter,
                                         std::uint32_t now_seconds) noexcept;
    [[nodiscard]] bool may_go(DomainState& state, std::uint32_t now_seconds) noexcept;
    [[nodiscard]] std::uint32_t find_victim(ExporterIndex exporter,
                                            std::uint32_t now_seconds) noexcept;
    void remove(std::uint32_t index) noexcept;
    void remove_given(std::uint32_t first, std::uint32_t end) noexcept;
    void free(std::uint32_t index) noexcept;

    DomainLimits limits_;
    Slots<DomainState> slots_;
    Slots<Chain> chains_;  ///< by exporter
    IndexTable table_;
    std::uint64_t seed_;
    Patience patience_{stale_after_seconds};
    std::uint64_t evictions_ = 0;
    /// Slots that were used before, in the order in which they became free.
    std::uint32_t first_free_plus_one_ = 0;
    std::uint32_t last_free_plus_one_ = 0;
    std::uint32_t fresh_ = 0;  ///< slots that were never used start here
    std::uint32_t size_ = 0;
    std::uint32_t hand_ = 0;
};

}  // namespace flow

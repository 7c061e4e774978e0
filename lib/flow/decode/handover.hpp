// SPDX-License-Identifier: BSD-3-Clause
// Handover: exporters, or single domains of them, move from one shard to another while both run.
// The giver is asked for pages until one is the last; the taker takes them in that order, each
// once, and reads no datagram of what moves before it has taken the last one. The giver must not
// get such datagrams any more when it is asked for the first page. What a page holds is forgotten
// by the giver. templates/README.md says what moves and how it is counted.
#pragma once

#include <algorithm>
#include <cstdint>

#include "flow/decode/departure.hpp"
#include "flow/decode/handover_page.hpp"
#include "flow/decode/state.hpp"

namespace flow {

/// Where giving goes on. A new one starts.
struct HandoverWalk {
    std::uint32_t template_slot = 0;
    std::uint32_t domain_slot = 0;
    std::uint64_t park_serial = 0;
};

/// Of a page: for what the taker had no room. It is lost, as if the exporter had never said it;
/// sets count as expired.
struct HandoverRefusals {
    std::uint32_t templates = 0;
    std::uint32_t domains = 0;
    std::uint32_t sets = 0;

    [[nodiscard]] bool operator==(const HandoverRefusals&) const noexcept = default;
};

namespace handover {

/// Slots that one call looks at.
inline constexpr std::uint32_t slots_max = 1024;
/// Templates in a page: the taker compiles a plan for each, which takes some 6 µs.
inline constexpr std::uint32_t templates_max = 64;

/// Copies into a page. False when it has no room.
class Filler {
public:
    /// Overwrites the page.
    Filler(ShardState& state, HandoverPage& page) noexcept : state_{state}, page_{page} {
        page_.size = 0;
        page_.now_ns = state.now_ns();
        page_.last = false;
    }

    [[nodiscard]] bool add(const Domain& domain, const Template& layout,
                           const TemplateFacts& facts) noexcept;
    [[nodiscard]] bool add(const DomainState& state) noexcept;
    [[nodiscard]] bool add(const Park::Parked& parked) noexcept;

private:
    template <class Record>
    [[nodiscard]] bool append(ExporterIndex exporter, const Record& record, Bytes rest) noexcept;

    ShardState& state_;
    HandoverPage& page_;
    std::uint32_t template_count_ = 0;
    ExporterIndex exporter_ = Exporters::other;  ///< whose record came last
};

/// Puts what it is given nowhere.
class Nowhere {
public:
    explicit Nowhere(ShardState& state) noexcept : state_{state} {}

    [[nodiscard]] bool add(const Domain&, const Template&, const TemplateFacts&) noexcept {
        return true;
    }
    [[nodiscard]] bool add(const DomainState&) noexcept { return true; }
    [[nodiscard]] bool add(const Park::Parked& parked) noexcept {
        state_.park.count_end(parked.account, Park::SetEnd::expired, parked.carries,
                              Error::unknown_template);
        return true;
    }

private:
    ShardState& state_;
};

/// The taker's side of a page: everything but the plans of templates and the records in sets.
class Taker {
public:
    Taker(ShardState& state, const HandoverPage& page) noexcept;

    void take(const ExporterRecord& record) noexcept;
    /// The template when it needs a plan: it is new here, or another one than before.
    [[nodiscard]] const Template* take(const TemplateRecord& record, Bytes fields) noexcept;
    void take(const DomainRecord& record) noexcept;
    /// False when the set waits here now, or has no place: the template of others is known, and
    /// they are to be decoded, and then given to end().
    [[nodiscard]] bool is_readable(const SetRecord& record) const noexcept;
    void take(const SetRecord& record, Bytes body) noexcept;
    void end(const SetRecord& record, Error outcome) noexcept;

    [[nodiscard]] Domain domain_of(const SetRecord& record) const noexcept {
        return {exporter_, record.domain, record.version};
    }
    [[nodiscard]] const HandoverRefusals& refusals() const noexcept { return refusals_; }

private:
    ShardState& state_;
    HandoverRefusals refusals_;
    ExporterIndex exporter_ = Exporters::other;  ///< whose the records are
};

/// One step of a walk. True when it is over.
template <class Leaves, class To>
[[nodiscard]] bool walk_on(ShardState& state, HandoverWalk& walk, Leaves leaves, To& to) noexcept {
    std::uint32_t slots = slots_max;
    const auto leave = [&](const Domain& domain, const auto&... what) {
        if (!leaves(state.key_of(domain))) return Departure::stays;
        return to.add(what...) ? Departure::leaves : Departure::no_room;
    };
    const std::uint32_t first_template = walk.template_slot;
    walk.template_slot = state.templates.give(
        first_template, slots,
        [&](const Domain& domain, const Template& layout, const TemplateFacts& facts) {
            return leave(domain, domain, layout, facts);
        },
        [&](ExporterIndex exporter) {
            state.exporters.set_template_count(exporter, state.templates.count_of(exporter));
        });
    if (walk.template_slot < state.templates.end_slot()) return false;

    slots -= walk.template_slot - first_template;
    const std::uint32_t first_domain = walk.domain_slot;
    walk.domain_slot = state.domains.give(first_domain, slots, [&](const DomainState& each) {
        const Departure what = leave(each.domain, each);
        if (what == Departure::leaves && !each.rates.empty()) state.count_rate_change();
        return what;
    });
    if (walk.domain_slot < state.domains.end_slot()) return false;

    slots -= walk.domain_slot - first_domain;
    walk.park_serial = state.park.give(walk.park_serial, slots, [&](const Park::Parked& parked) {
        return leave(parked.domain, parked);
    });
    return walk.park_serial >= state.park.end_serial();
}

/// Overwrites the page with the next piece of what leaves, and forgets that. `leaves(StateKey)`
/// says the same in all steps. Between two datagrams; looks at 1,024 slots at most.
template <class Leaves>
void give(ShardState& state, HandoverPage& page, HandoverWalk& walk, Leaves leaves) noexcept {
    Filler to{state, page};
    page.last = walk_on(state, walk, leaves, to);
}

/// Forgets what leaves, in the same steps: true when all of it is gone. Sets that wait have
/// expired.
template <class Leaves>
[[nodiscard]] bool forget(ShardState& state, HandoverWalk& walk, Leaves leaves) noexcept {
    Nowhere to{state};
    return walk_on(state, walk, leaves, to);
}

/// Between two datagrams. `learn(template)` for those that need a plan; `read(domain, origin, id,
/// body)` decodes a set and returns an Error.
template <class Learn, class Read>
HandoverRefusals take(ShardState& state, const HandoverPage& page, Learn learn,
                      Read read) noexcept {
    Taker taker{state, page};
    page.for_each([&]<class Record>(const Record& record, Bytes rest) {
        if constexpr (Record::kind == Kind::layout) {
            const Template* const layout = taker.take(record, rest);
            if (layout != nullptr) learn(*layout);
        } else if constexpr (Record::kind == Kind::set) {
            if (!taker.is_readable(record)) return taker.take(record, rest);
            taker.end(record, read(taker.domain_of(record), record.origin, record.id, rest));
        } else {
            taker.take(record);
        }
    });
    return taker.refusals();
}

}  // namespace handover

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The templates of one shard (RFC 7011 §8, RFC 3954 §7), shared by NetFlow v9 and IPFIX. Keyed by
// exporter, version, observation domain (v9: source id) and template id. All memory is reserved at
// start. A full store takes from templates that nobody has used or refreshed for a while; when
// there are none it refuses. README.md has the whole policy.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "flow/base/index_table.hpp"
#include "flow/base/result.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/departure.hpp"
#include "flow/decode/domain.hpp"
#include "flow/decode/patience.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"
#include "flow/model/template_history.hpp"

namespace flow {

struct TemplateLimits {
    std::uint32_t exporters_max = 16384;
    std::uint32_t templates_max = 16384;
    std::uint32_t templates_per_exporter_max = 1024;
};

/// What a template record says, before it is stored.
struct TemplateDefinition {
    std::uint16_t id = 0;
    bool options = false;
    std::span<const TemplateField> fields{};
    std::uint16_t scope_count = 0;  ///< options: of the fields, from the first on
};

/// What is known of a template beside its definition.
struct TemplateFacts {
    std::uint32_t last_touched = 0;  ///< used, learnt or refreshed
    bool used = false;               ///< by data
    bool restored = false;           ///< and neither used nor defined since
    TemplateHistory history{};
};

class TemplateStore {
public:
    /// With data, a template is kept for so long after it was used or refreshed last.
    static constexpr std::uint32_t stale_after_seconds = 1800;

    TemplateStore(const TemplateLimits& limits, std::uint64_t seed) noexcept;

    /// Any clock that does not jump far; before the calls of a datagram.
    void set_now(std::uint32_t now_seconds) noexcept { now_seconds_ = now_seconds; }

    struct Evicted {
        Domain domain{};
        std::uint16_t id = 0;  ///< 0: none
    };
    struct Learnt {
        const Template* layout = nullptr;
        bool changed = false;   ///< new, or other fields than before; false for a mere refresh
        bool replaced = false;  ///< other fields than before
        Evicted evicted{};      ///< to make room
    };
    /// Stores or replaces. Refuses with bad_template (id below 256, no field, a record of no bytes)
    /// or template_limit; what was there before stays. May make room by removing another template,
    /// so pointers from before are not valid any more.
    [[nodiscard]] Result<Learnt> put(const Domain& domain,
                                     const TemplateDefinition& definition) noexcept;

    /// Null when the template is not known.
    [[nodiscard]] const Template* find(const Domain& domain, std::uint16_t id) const noexcept;
    /// The same, for data: keeps the template from being displaced.
    [[nodiscard]] const Template* use(const Domain& domain, std::uint16_t id) noexcept;

    /// The template is not the exporter's word but an earlier run's, until data uses it or a
    /// definition comes.
    void mark_restored(TemplateSlot slot) noexcept {
        entries_[slot].restored = true;
        entries_[slot].history = {};
    }

    /// In place of what put() has made of it.
    void settle(TemplateSlot slot, const TemplateFacts& facts) noexcept {
        entries_[slot].last_touched = facts.last_touched;
        entries_[slot].used = facts.used;
        entries_[slot].restored = facts.restored;
        entries_[slot].history = facts.history;
    }
    [[nodiscard]] TemplateHistory history(TemplateSlot slot) const noexcept {
        TemplateHistory history = entries_[slot].history;
        history.used = entries_[slot].used;
        return history;
    }

    /// Withdrawal of one template (RFC 7011 §8.1); nothing happens when it is not known.
    void withdraw(const Domain& domain, std::uint16_t id) noexcept;
    /// Withdrawal of all templates, or all options templates, of a domain.
    void withdraw_all(const Domain& domain, bool options) noexcept;
    /// `visit(template)` for those of a domain.
    template <class Visit>
    void visit_domain(const Domain& domain, Visit visit) const noexcept {
        std::uint32_t next_plus_one = chains_[domain.exporter].first_plus_one;
        while (next_plus_one != 0) {
            const Entry& entry = entries_[next_plus_one - 1];
            if (entry.domain == domain) visit(entry.layout);
            next_plus_one = entry.next_plus_one;
        }
    }
    /// The exporter is gone, and all it taught.
    void forget(ExporterIndex exporter) noexcept;

    /// As ShardState::visit_tables().
    template <class Visit>
    void visit_tables(Visit& visit) noexcept {
        visit(entries_.memory());
        visit(fields_.memory());
    }
    // For Foresight.
    [[nodiscard]] std::uint64_t hash_of(const Domain& domain, std::uint16_t id) const noexcept {
        return hash(domain, id, seed_);
    }
    void prefetch_chain(ExporterIndex exporter) const noexcept {
        __builtin_prefetch(&chains_[exporter]);
    }
    void prefetch_place(std::uint64_t hashed) const noexcept { table_.prefetch(hashed); }
    /// IndexTable::none: not known.
    [[nodiscard]] TemplateSlot guess(std::uint64_t hashed) const noexcept {
        return table_.guess(hashed);
    }
    void prefetch(TemplateSlot slot) const noexcept {
        const auto* const entry = reinterpret_cast<const std::uint8_t*>(&entries_[slot]);
        __builtin_prefetch(entry);
        __builtin_prefetch(entry + sizeof(Entry) - 1);
    }

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t count_of(ExporterIndex exporter) const noexcept {
        return chains_[exporter].count;
    }
    /// Templates that were removed to make room.
    [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }
    /// Counts whatever makes a walk over the store find something else.
    [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

    /// A walk in steps: calls `visit(domain, template, confirmed)` for the templates in the
    /// `at_most` slots from `from` on, and returns where to go on; the end is end_slot().
    /// `confirmed` is false for what was only restored. Templates that come and go meanwhile may be
    /// missed.
    template <class Visit>
    std::uint32_t visit(std::uint32_t from, std::uint32_t at_most, Visit visit) const noexcept {
        for (; from < fresh_ && at_most > 0; ++from, --at_most) {
            const Entry& entry = entries_[from];
            if (entry.layout.id != 0) visit(entry.domain, entry.layout, !entry.restored);
        }
        return from;
    }
    [[nodiscard]] std::uint32_t end_slot() const noexcept { return fresh_; }

    /// The same walk for a handover: `visit(domain, template, facts)` returns a Departure. Stops
    /// before the first for which there is no room. `gone(exporter)` for those that have fewer now.
    template <class Visit, class Gone>
    std::uint32_t give(std::uint32_t from, std::uint32_t at_most, Visit visit, Gone gone) noexcept {
        const std::uint32_t first = from;
        for (; from < fresh_ && at_most > 0; ++from, --at_most) {
            Entry& entry = entries_[from];
            if (entry.layout.id == 0) continue;
            const TemplateFacts facts{entry.last_touched, entry.used, entry.restored,
                                      entry.history};
            const Departure what =
                visit(std::as_const(entry.domain), std::as_const(entry.layout), facts);
            if (what == Departure::no_room) break;
            entry.given = what == Departure::leaves;
        }
        for (std::uint32_t slot = first; slot < from; ++slot) {
            if (!entries_[slot].given) continue;
            const ExporterIndex exporter = entries_[slot].domain.exporter;
            remove_given(exporter);
            gone(exporter);
        }
        return from;
    }

private:
    struct Entry {
        Template layout;  ///< id 0: free
        Domain domain;
        std::uint32_t next_plus_one;  ///< of the same exporter, or of the free ones; 0: the last
        std::uint32_t last_touched;   ///< used, learnt or refreshed
        bool used;                    ///< by data
        bool restored;                ///< and neither used nor defined since
        bool given;                   ///< to another shard: about to be removed
        TemplateHistory history;      ///< `used` is above
    };
    struct Fields {
        TemplateField of[template_fields_max];
    };
    /// The templates of one exporter, as a list. Zeroed memory is an empty one.
    struct Chain {
        std::uint32_t first_plus_one;
        std::uint32_t count;
    };

    [[nodiscard]] std::uint32_t index_of(const Domain& domain, std::uint16_t id) const noexcept;
    [[nodiscard]] std::uint32_t allocate(ExporterIndex exporter) noexcept;
    [[nodiscard]] bool may_go(const Entry& entry) noexcept;
    [[nodiscard]] std::uint32_t find_own_victim(ExporterIndex exporter) noexcept;
    [[nodiscard]] std::uint32_t find_victim(ExporterIndex exporter) noexcept;
    [[nodiscard]] bool make_room(ExporterIndex exporter) noexcept;
    void remove_given(ExporterIndex exporter) noexcept;
    template <class Predicate>
    void remove_if(ExporterIndex exporter, Predicate predicate) noexcept;

    TemplateLimits limits_;
    Slots<Entry> entries_;
    Slots<Fields> fields_;
    Slots<Chain> chains_;  ///< by exporter
    IndexTable table_;
    std::uint64_t seed_;
    Patience patience_{stale_after_seconds};
    std::uint64_t evictions_ = 0;
    Evicted evicted_{};  ///< for the template that is put now
    std::uint64_t changes_ = 0;
    std::uint32_t now_seconds_ = 0;
    std::uint32_t hand_ = 0;
    std::uint32_t free_plus_one_ = 0;
    std::uint32_t fresh_ = 0;  ///< entries that never held a template start here
    std::uint32_t size_ = 0;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// What templates compile to. Exporters of a kind send the same templates: those that compile to the
// same steps share one plan and one program, so that a thousand of them do not push each other out
// of the caches.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "flow/base/hash.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/template.hpp"

namespace flow {

/// `Program` is what a format makes of a plan.
template <class Program>
class PlanPool {
public:
    struct Compiled {
        Plan plan;
        Program program;
    };

    /// All memory for `templates_max` slots. `hash_seed` is one that exporters do not know.
    PlanPool(std::uint32_t templates_max, std::uint64_t hash_seed) noexcept
        : entries_{std::size_t{templates_max} + 1},
          heads_{std::bit_ceil(std::size_t{templates_max} + 1)},
          of_slot_{templates_max},
          hash_seed_{hash_seed} {}

    /// Of a slot that has been given no plan, one without steps.
    [[nodiscard]] const Compiled& operator[](TemplateSlot slot) const noexcept {
        return entries_[of_slot_[slot]].compiled;
    }

    /// Which plan the slot has; the plans themselves are few.
    void prefetch(TemplateSlot slot) const noexcept { __builtin_prefetch(&of_slot_[slot]); }

    /// Gives the slot this plan, in place of the one that it had. `make(const Plan&, Program&)`
    /// makes the program, unless another slot has the same plan.
    template <class Make>
    void set(TemplateSlot slot, const Plan& plan, Make make) noexcept {
        release(slot);
        const std::uint64_t hash = hash_of(plan);
        Index index = find(plan, hash);
        if (index == none) {
            index = take();
            Entry& entry = entries_[index];
            std::copy(plan.steps.begin(), plan.steps.end(), entry.steps.begin());
            entry.compiled.plan = {std::span{entry.steps}.first(plan.steps.size()), plan.direct};
            make(entry.compiled.plan, entry.compiled.program);
            entry.hash = hash;
            entry.next = head(hash);
            head(hash) = index;
        }
        ++entries_[index].uses;
        of_slot_[slot] = index;
    }

    /// Plans that differ.
    [[nodiscard]] std::size_t size() const noexcept { return used_; }

private:
    /// The first entry is nobody's and has no steps, so that zeroed memory says that there is none.
    using Index = std::uint32_t;
    static constexpr Index none = 0;

    struct Entry {
        Compiled compiled;
        std::uint64_t hash;
        Index next;  ///< with the same head, or the next free one
        std::uint32_t uses;
        std::array<Step, plan_steps_max> steps;
    };

    static_assert(std::has_unique_object_representations_v<Step>, "steps are compared as bytes");

    [[nodiscard]] static bool equal(const Plan& a, const Plan& b) noexcept {
        return a.direct == b.direct && a.steps.size() == b.steps.size() &&
               (a.steps.empty() ||
                std::memcmp(a.steps.data(), b.steps.data(), a.steps.size_bytes()) == 0);
    }

    [[nodiscard]] std::uint64_t hash_of(const Plan& plan) const noexcept {
        std::uint64_t hash = hash_words(plan.steps.size(), plan.direct ? 1 : 0, hash_seed_);
        for (const Step& step : plan.steps) {
            std::array<std::uint32_t, 3> words;
            static_assert(sizeof words == sizeof step);
            std::memcpy(words.data(), &step, sizeof step);
            hash = hash_words(words[0] | std::uint64_t{words[1]} << 32, words[2], hash);
        }
        return hash;
    }

    [[nodiscard]] Index& head(std::uint64_t hash) noexcept {
        return heads_[hash & (heads_.size() - 1)];
    }

    [[nodiscard]] Index find(const Plan& plan, std::uint64_t hash) noexcept {
        Index index = head(hash);
        while (index != none) {
            const Entry& entry = entries_[index];
            if (entry.hash == hash && equal(entry.compiled.plan, plan)) break;
            index = entry.next;
        }
        return index;
    }

    /// A slot has at most one, so there is always one left.
    [[nodiscard]] Index take() noexcept {
        ++used_;
        if (free_ == none) return ++touched_;
        const Index index = free_;
        free_ = entries_[index].next;
        return index;
    }

    void release(TemplateSlot slot) noexcept {
        const Index index = of_slot_[slot];
        if (index == none) return;
        of_slot_[slot] = none;
        Entry& entry = entries_[index];
        if (--entry.uses != 0) return;
        Index* link = &head(entry.hash);
        while (*link != index) link = &entries_[*link].next;
        *link = entry.next;
        entry.next = free_;
        free_ = index;
        --used_;
    }

    Slots<Entry> entries_;
    Slots<Index> heads_;    ///< chains by hash; a power of two
    Slots<Index> of_slot_;  ///< by template slot
    std::uint64_t hash_seed_;
    Index free_ = none;
    std::uint32_t touched_ = 0;  ///< entries that have ever been used
    std::size_t used_ = 0;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// The traits of one shard's domains, and of its exporters where a datagram belongs to no domain.
// Rows are those of the ledger: row 0 is for all without a place, then come the exporters by index,
// then the domains by slot. A row keeps what it has until another owner comes.
#pragma once

#include <atomic>
#include <cstdint>

#include "flow/base/slots.hpp"
#include "flow/decode/traits.hpp"

namespace flow {

class TraitsTable {
public:
    /// Not enabled: nothing is kept.
    TraitsTable(std::uint32_t exporters_max, std::uint32_t domains_max, bool enabled) noexcept
        : rows_{enabled ? std::size_t{exporters_max} + 1 + domains_max : 0},
          first_domain_row_{exporters_max + 1} {}

    [[nodiscard]] bool enabled() const noexcept { return rows_.size() != 0; }
    [[nodiscard]] std::uint32_t row_of_domain(std::uint32_t slot) const noexcept {
        return first_domain_row_ + slot;
    }
    [[nodiscard]] Traits& at(std::uint32_t row) noexcept { return rows_[row]; }
    /// The row is another's from now on.
    [[gnu::cold]] void own(std::uint32_t row, const AccountName& owner) noexcept {
        rows_[row].own(owner);
        std::atomic<std::uint32_t>& end = row < first_domain_row_ ? exporters_end_ : domains_end_;
        if (row >= end.load(std::memory_order_relaxed)) {
            end.store(row + 1, std::memory_order_release);  // pairs with for_each()
        }
    }
    /// As ShardState::visit_tables().
    template <class Visit>
    void visit_tables(Visit& visit) noexcept {
        visit(rows_.memory());
    }
    [[gnu::always_inline]] void prefetch(std::uint32_t row) const noexcept {
        if (enabled()) __builtin_prefetch(&rows_[row], 1);
    }

    /// For any thread. False when the row is nobody's, or changes its owner right now. The name in
    /// the copy says whose it is.
    [[nodiscard]] bool copy(std::uint32_t row, Traits& to) const noexcept {
        return row < rows_.size() && rows_[row].copy_to(to);
    }
    /// For any thread: `visit(row, traits)` for each row that has an owner, in turn the same copy.
    template <class Visit>
    void for_each(Traits& copied, Visit visit) const {
        const auto walk = [&](std::uint32_t from, std::uint32_t to) {
            for (std::uint32_t row = from; row < to; ++row) {
                if (copy(row, copied)) visit(row, copied);
            }
        };
        // These pair with the stores in own().
        walk(1, exporters_end_.load(std::memory_order_acquire));
        walk(first_domain_row_, domains_end_.load(std::memory_order_acquire));
    }

private:
    Slots<Traits> rows_;  ///< written by the shard's thread
    std::uint32_t first_domain_row_;
    std::atomic<std::uint32_t> exporters_end_{0};  ///< behind the last row that ever had an owner
    std::atomic<std::uint32_t> domains_end_{0};
};

}  // namespace flow

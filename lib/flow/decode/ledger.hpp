// SPDX-License-Identifier: BSD-3-Clause
// Ledger: a shard's accounts, a row for each. Row 0 is that of all for whom there was no room, then
// comes a row for each exporter, for its datagrams that belong to no domain, then one for each
// domain. Written by the shard's thread; any other may read while it runs: a row's guard is odd
// while the row is written, and a reader tries again. What a datagram adds is added at once, so the
// equations of AccountCounts hold in every copy. Nothing locks; the writer's stores are plain ones.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "flow/base/slots.hpp"
#include "flow/decode/account.hpp"

namespace flow {

/// Flows of a datagram, and the messages that were made of them.
struct MadeCounts {
    std::uint64_t flows = 0;
    std::uint64_t offered = 0;
    std::uint64_t published = 0;
    std::uint64_t too_large = 0;
    std::uint64_t ring_full = 0;
};

/// What a datagram adds to its account, beside its outcome.
struct Booking {
    std::uint64_t payload_bytes = 0;
    std::uint16_t local_port = 0;
    sampling::Source sampling_source = sampling::Source::none;
    std::uint64_t sampling_rate = 0;
    MadeCounts made{};
    SetCounts sets{};
    SetCounts set_records{};
    SampleCounts samples{};
    bool has_sets = false;     ///< any, or records of any
    bool has_samples = false;  ///< any
};

/// By the change of DecodeStats' counters of these names.
struct SequenceChange {
    std::uint64_t lost = 0;  ///< wraps: what came late is taken back
    std::uint64_t late = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t resets = 0;

    [[nodiscard]] bool operator==(const SequenceChange&) const noexcept = default;
    [[nodiscard]] SequenceChange operator-(const SequenceChange& before) const noexcept {
        return {lost - before.lost, late - before.late, duplicates - before.duplicates,
                resets - before.resets};
    }
};

class Ledger {
public:
    /// Not enabled: it gives tags and keeps nothing.
    Ledger(std::uint32_t exporters_max, std::uint32_t domains_max, bool enabled = true) noexcept;

    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    [[nodiscard]] bool enabled() const noexcept { return rows_.size() != 0; }
    /// Of exporter 0: row 0.
    [[nodiscard]] std::uint32_t exporter_row(std::uint32_t exporter) const noexcept {
        return exporter;
    }
    [[nodiscard]] std::uint32_t domain_row(std::uint32_t slot) const noexcept {
        return first_domain_row_ + slot;
    }
    [[nodiscard]] std::uint32_t row_count() const noexcept { return row_count_; }
    /// As ShardState::visit_tables().
    template <class Visit>
    void visit_tables(Visit& visit) noexcept {
        visit(rows_.memory());
        visit(rests_.memory());
    }
    /// Inlined: GCC takes a call of what only prefetches for one without effect, and leaves it out.
    [[gnu::always_inline]] void prefetch(std::uint32_t row) const noexcept {
        if (!enabled()) return;
        const auto* const first = reinterpret_cast<const std::uint8_t*>(&rows_[row]);
        __builtin_prefetch(first, 1);
        if (writes_second_line_) [[unlikely]]
            __builtin_prefetch(first + 64, 1);
    }

    // The shard's thread.

    /// Gives the row to its next owner: what the one before has counted is row 0's from now on. The
    /// same owner goes on with what it had.
    [[gnu::cold]] AccountTag assign(std::uint32_t row, const AccountName& name,
                                    std::uint32_t now_seconds) noexcept;
    /// Of the row's present owner.
    [[nodiscard]] AccountTag tag(std::uint32_t row) const noexcept {
        return enabled() ? make_tag(row, rows_[row].epoch.get()) : make_tag(row, 0);
    }

    /// Tags of former owners lead to row 0 in all of these.
    enum class Fate : std::uint8_t { decoded, dropped, parked };
    /// A datagram. `reason` of one that was dropped.
    void book(AccountTag account, const Booking& booking, std::uint32_t now_seconds, Fate fate,
              Error reason) noexcept;
    /// Flows without a datagram: of sets that another shard got.
    void book(AccountTag account, const MadeCounts& made, const SetCounts& set_records) noexcept;
    [[gnu::cold]] void book(AccountTag account, const SequenceChange& change) noexcept;
    void count_unchecked(AccountTag account) noexcept;
    void count_parked_set(AccountTag account) noexcept;
    /// A set that waited waits no longer. `carries` its datagram, which ends with it.
    enum class SetEnd : std::uint8_t { unparked, expired };
    void end_set(AccountTag account, SetEnd how, bool carries, Error outcome) noexcept;
    /// A datagram that waits goes to another shard, or comes from there. Its account goes with it.
    void hand_on(AccountTag account) noexcept;
    void adopt(AccountTag account) noexcept;

    // Any thread.

    /// A consistent copy. False when the row was being written each time, or there is none.
    [[nodiscard]] bool read(std::uint32_t row, Account& account) const noexcept;
    /// `visit(row, const Account&)` for row 0 and all that have an owner; a domain that went and
    /// came back may own several. False when one could not be read. While it runs, counts may move
    /// to row 0 and be missed, or seen twice.
    template <class Visit>
    bool for_each(Visit visit) const {
        const std::uint32_t exporters_end = exporters_end_.load(std::memory_order_acquire);
        const std::uint32_t domains_end = domains_end_.load(std::memory_order_acquire);
        return for_each(0, exporters_end, visit) && for_each(first_domain_row_, domains_end, visit);
    }

private:
    static constexpr std::size_t count_of_counts = sizeof(AccountCounts) / sizeof(std::uint64_t);
    static_assert(std::is_standard_layout_v<AccountCounts> &&
                  std::is_trivially_copyable_v<AccountCounts>);

    /// A number with one writer. Who reads what was stored sees all that was stored before: with
    /// the guard, that is all the order that a reader needs, and it costs x86 nothing.
    template <class T>
    class Cell {
    public:
        [[nodiscard]] T get() const noexcept { return value_.load(std::memory_order_acquire); }
        void set(T value) noexcept { value_.store(value, std::memory_order_release); }
        /// The writer only: it need not wait for what it has stored itself.
        void add(T value) noexcept {
            set(static_cast<T>(value_.load(std::memory_order_relaxed) + value));
        }

    private:
        std::atomic<T> value_;
    };

    /// What datagrams write, in two cache lines that lie side by side: most of them the first
    /// alone, for of two numbers that are nearly always the same one cell has the difference, see
    /// places in ledger.cpp. Valid when all bytes are zero.
    struct alignas(128) Row {
        static constexpr std::size_t cells_max = 14;

        Cell<std::uint32_t> guard;
        Cell<std::uint32_t> last_seen;
        Cell<std::uint32_t> sampling_rate;
        Cell<std::uint16_t> local_port;
        Cell<std::uint8_t> epoch;
        Cell<sampling::Source> sampling_source;
        std::array<Cell<std::uint64_t>, cells_max> cells;
    };
    /// The rest of a row. Without an owner when all bytes are zero.
    struct Rest {
        std::array<Cell<std::uint64_t>, count_of_counts - Row::cells_max> cells;
        std::array<Cell<std::uint64_t>, 4> name;  ///< packed, see ledger.cpp
        Cell<std::uint32_t> first_seen;
        Cell<std::uint8_t> owned;
    };

    /// Where the counter at `place` of a row is.
    [[nodiscard]] Cell<std::uint64_t>& cell(std::uint32_t row, std::size_t place) noexcept {
        return place < Row::cells_max ? rows_[row].cells[place]
                                      : rests_[row].cells[place - Row::cells_max];
    }
    [[nodiscard]] const Cell<std::uint64_t>& cell(std::uint32_t row,
                                                  std::size_t place) const noexcept {
        return place < Row::cells_max ? rows_[row].cells[place]
                                      : rests_[row].cells[place - Row::cells_max];
    }

    class Section;

    template <class Visit>
    bool for_each(std::uint32_t from, std::uint32_t to, Visit& visit) const {
        bool all = true;
        for (std::uint32_t row = from; row < to; ++row) {
            if (row != 0 && !is_owned(row)) continue;
            Account account;
            if (read(row, account)) {
                visit(row, static_cast<const Account&>(account));
            } else {
                all = false;  // its writer was stopped in the middle of it
            }
        }
        return all;
    }
    [[nodiscard]] bool is_owned(std::uint32_t row) const noexcept {
        return rests_[row].owned.get() != 0;
    }
    [[nodiscard]] std::uint32_t row_for(AccountTag account) const noexcept {
        const std::uint32_t row = row_of(account);
        return rows_[row].epoch.get() == epoch_of(account) ? row : 0;
    }
    [[nodiscard]] std::uint32_t row_of_parked(AccountTag account) const noexcept;
    void copy(std::uint32_t row, Account& account) const noexcept;
    void fold(std::uint32_t row) noexcept;

    Slots<Row> rows_;
    Slots<Rest> rests_;
    std::uint32_t row_count_;
    std::uint32_t first_domain_row_;
    bool writes_second_line_ = false;  ///< lately: not each flow was offered to one transport
    std::atomic<std::uint32_t> exporters_end_{0};  ///< behind the last row that was ever assigned
    std::atomic<std::uint32_t> domains_end_;
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// TxLedger: where the messages of each account are, from a TX worker's view. Double entry: a
// booking moves messages from one place to another, so what came is always what is somewhere.
// Written by the TX worker's thread only; any thread reads rows, each in a copy that adds up.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flow/model/account_tag.hpp"
#include "flow/model/batch.hpp"
#include "metrics/loss.hpp"

namespace flowd {

/// Whose a message is: a row in the ledger of the RX worker that it came from.
struct Owner {
    std::uint32_t source = 0;  ///< which of a TX worker's rings
    flow::AccountTag account = 0;

    [[nodiscard]] bool operator==(const Owner&) const noexcept = default;
};

/// Messages in a row of one owner.
struct OwnerRun {
    Owner owner{};
    std::uint32_t count = 0;
};

/// Where a booking moves messages from, or to. They come by the first two, which only grow.
enum class Place : std::uint8_t {
    taken,      ///< from a ring
    restored,   ///< what an earlier run left in a spool
    in_flight,  ///< until a delivery report
    spooled,
    delivered,
    lost,  ///< from here on by Loss
};

[[nodiscard]] constexpr Place place_of(Loss loss) noexcept {
    return static_cast<Place>(static_cast<std::size_t>(Place::lost) +
                              static_cast<std::size_t>(loss));
}

/// `taken + restored = delivered + Σ lost + in_flight + spooled`.
struct TxAccount {
    std::uint8_t epoch = 0;  ///< of the tag whose numbers these are; row 0 has none
    std::uint64_t taken = 0;
    std::uint64_t restored = 0;  ///< row 0's only: nobody knows whose they were
    std::uint64_t in_flight = 0;
    std::uint64_t spooled = 0;
    std::uint64_t delivered = 0;
    std::array<std::uint64_t, loss_count> lost{};

    [[nodiscard]] std::uint64_t lost_sum() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t each : lost) sum += each;
        return sum;
    }
    void add(const TxAccount& other) noexcept;
};

class TxLedger {
public:
    /// Everything in one row, until reserve() makes more.
    TxLedger();
    TxLedger(const TxLedger&) = delete;
    TxLedger& operator=(const TxLedger&) = delete;
    ~TxLedger();

    /// A table of `row_count` rows for each source, of which `rx_workers` names the RX worker.
    /// Takes address space; pages only as rows are used. What was booked before is in row 0 of
    /// source 0 then. Before the thread runs.
    void reserve(std::span<const std::uint32_t> rx_workers, std::size_t row_count);

    // --- The TX worker's thread.

    /// A tag of another epoch than its row's opens the row anew when its messages are taken: what
    /// the row had goes to row 0. Reports on messages of older ones are booked there, too; so is
    /// what the row does not have, for epochs come again.
    void move(Owner owner, Place from, Place to, std::uint64_t messages) noexcept {
        Row& row = find(owner, from);
        const std::uint64_t mine =
            from <= Place::restored
                ? messages
                : std::min(messages, row.numbers[static_cast<std::size_t>(from)]);
        row.change(from, to, mine);
        if (mine != messages) [[unlikely]] {
            find({owner.source, 0}, from).change(from, to, messages - mine);
        }
    }
    /// Messages of a batch, a run of equal accounts at a time.
    void move(const flow::Batch& batch, std::size_t first, std::size_t count, std::uint32_t source,
              Place from, Place to) noexcept;
    /// Messages, `most` at most, of whichever account has any: when nobody knows whose.
    void sweep(Place from, Place to, std::uint64_t most) noexcept;

    // --- Any thread.

    [[nodiscard]] std::size_t source_count() const noexcept { return rx_workers_.size(); }
    [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }
    /// The numbers of one row.
    [[nodiscard]] TxAccount account(std::size_t source, std::size_t row) const noexcept {
        return rows_[source * row_count_ + row].read();
    }
    /// Calls `visit(rx_worker, row, const TxAccount&)` for row 0 of each source and all other rows
    /// that have been used. A row whose epoch is not that of the RX worker's account belongs to who
    /// had it before, hence to "other".
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t source = 0; source < source_count(); ++source) {
            for_each_used(source, [&](std::size_t row) {
                const TxAccount is = account(source, row);
                visit(rx_workers_[source], static_cast<std::uint32_t>(row), is);
            });
        }
    }
    /// Counts twice for each row whose numbers went to row 0. The same, even number before and
    /// after for_each(): it has seen no message twice.
    [[nodiscard]] std::uint64_t folds() const noexcept {
        return folds_.load(std::memory_order_acquire);
    }

private:
    static constexpr std::size_t place_count = static_cast<std::size_t>(Place::lost) + loss_count;

    /// Zeroed pages are unused rows. The writer reads its own numbers as they are.
    struct alignas(32) Row {
        mutable std::uint32_t version;  ///< odd while it is being written
        mutable std::uint32_t epoch;    ///< 1 more than its tag's; 0: unused
        mutable std::array<std::uint64_t, place_count> numbers;

        void open() noexcept {
            std::atomic_ref{version}.store(version + 1, std::memory_order_relaxed);
        }
        void close() noexcept {
            // Pairs with the first acquire load in read().
            std::atomic_ref{version}.store(version + 1, std::memory_order_release);
        }
        void add(Place place, std::uint64_t messages) noexcept {
            std::uint64_t& number = numbers[static_cast<std::size_t>(place)];
            // Release: who reads it sees the odd version, too.
            std::atomic_ref{number}.store(number + messages, std::memory_order_release);
        }
        void change(Place from, Place to, std::uint64_t messages) noexcept {
            open();
            add(from, from <= Place::restored ? messages : 0 - messages);
            add(to, messages);
            close();
        }
        [[nodiscard]] TxAccount read() const noexcept;
    };
    static_assert(sizeof(Row) == 96);

    [[nodiscard]] Row& find(Owner owner, Place from) noexcept {
        const std::size_t source = owner.source < rx_workers_.size() ? owner.source : 0;
        Row* const table = rows_ + source * row_count_;
        const std::uint32_t index = flow::row_of(owner.account);
        if (index == 0 || index >= row_count_) return *table;
        Row& row = table[index];
        if (row.epoch == flow::epoch_of(owner.account) + 1u) [[likely]]
            return row;
        return from == Place::taken ? open_anew(source, index, owner.account) : *table;
    }
    /// Touches no row that nobody has used.
    template <class Visit>
    void for_each_used(std::size_t source, Visit&& visit) const {
        const std::size_t words = words_of(row_count_);
        for (std::size_t i = 0; i < words; ++i) {
            // Acquire pairs with the release store in open_anew().
            std::uint64_t bits = used_[source * words + i].load(std::memory_order_acquire);
            for (; bits != 0; bits &= bits - 1) {
                visit(i * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
            }
        }
    }
    [[nodiscard]] static constexpr std::size_t words_of(std::size_t row_count) noexcept {
        return (row_count + 63) / 64;
    }
    [[nodiscard]] Row& open_anew(std::size_t source, std::uint32_t index,
                                 flow::AccountTag tag) noexcept;
    void fold(Row& row, Row& into) noexcept;
    [[nodiscard]] TxAccount sum() const noexcept;
    [[nodiscard]] static Row* map(std::size_t row_count);
    void unmap() noexcept;

    std::vector<std::uint32_t> rx_workers_;
    std::size_t row_count_ = 0;
    Row* rows_ = nullptr;
    std::unique_ptr<std::atomic<std::uint64_t>[]> used_;  ///< a bit for each row, source by source
    std::atomic<std::uint64_t> folds_{0};
};

/// Calls `visit(account, count)` for each run of messages of one account.
template <class Visit>
void for_each_run(const flow::Batch& batch, std::size_t first, std::size_t count, Visit&& visit) {
    const std::size_t end = first + count;
    while (first < end) {
        const flow::AccountTag account = batch.slot(first).account;
        std::size_t next = first + 1;
        while (next < end && batch.slot(next).account == account) ++next;
        visit(account, next - first);
        first = next;
    }
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// What happens once per row, per batch or per reader: memory, epochs, runs, copies.
#include "metrics/tx_ledger.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <thread>

namespace flowd {

void TxAccount::add(const TxAccount& other) noexcept {
    taken += other.taken;
    restored += other.restored;
    in_flight += other.in_flight;
    spooled += other.spooled;
    delivered += other.delivered;
    for (std::size_t i = 0; i < loss_count; ++i) lost[i] += other.lost[i];
}

TxLedger::TxLedger() {
    constexpr std::array<std::uint32_t, 1> only{0};
    reserve(only, 1);
}

TxLedger::~TxLedger() { unmap(); }

TxLedger::Row* TxLedger::map(std::size_t row_count) {
    void* const pages = ::mmap(nullptr, row_count * sizeof(Row), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc{};
    return static_cast<Row*>(pages);
}

void TxLedger::unmap() noexcept {
    if (rows_ != nullptr) ::munmap(rows_, rx_workers_.size() * row_count_ * sizeof(Row));
}

void TxLedger::reserve(std::span<const std::uint32_t> rx_workers, std::size_t row_count) {
    const std::size_t source_count = std::max<std::size_t>(rx_workers.size(), 1);
    row_count = std::max<std::size_t>(row_count, 1);
    Row* const fresh = map(source_count * row_count);
    if (rows_ != nullptr) {
        const TxAccount before = sum();
        fresh->add(Place::taken, before.taken);
        fresh->add(Place::restored, before.restored);
        fresh->add(Place::in_flight, before.in_flight);
        fresh->add(Place::spooled, before.spooled);
        fresh->add(Place::delivered, before.delivered);
        for (std::size_t i = 0; i < loss_count; ++i) {
            fresh->add(place_of(static_cast<Loss>(i)), before.lost[i]);
        }
        unmap();
    }
    rows_ = fresh;
    row_count_ = row_count;
    rx_workers_.assign(rx_workers.begin(), rx_workers.end());
    rx_workers_.resize(source_count);
    const std::size_t words = words_of(row_count);
    used_ = std::make_unique<std::atomic<std::uint64_t>[]>(source_count * words);
    for (std::size_t i = 0; i < source_count; ++i) {
        used_[i * words].store(1, std::memory_order_relaxed);  // row 0, always
    }
}

/// Rings keep order, so what is taken is never older than its row, however many epochs passed by
/// without a message.
TxLedger::Row& TxLedger::open_anew(std::size_t source, std::uint32_t index,
                                   flow::AccountTag tag) noexcept {
    Row* const table = rows_ + source * row_count_;
    Row& row = table[index];
    if (row.epoch != 0) fold(row, *table);
    row.open();
    // Release: who reads it sees the odd version, too.
    std::atomic_ref{row.epoch}.store(flow::epoch_of(tag) + 1u, std::memory_order_release);
    row.close();
    std::atomic<std::uint64_t>& used = used_[source * words_of(row_count_) + index / 64];
    const std::uint64_t bit = std::uint64_t{1} << index % 64;
    // Pairs with the acquire load in for_each_used().
    used.store(used.load(std::memory_order_relaxed) | bit, std::memory_order_release);
    return row;
}

void TxLedger::fold(Row& row, Row& into) noexcept {
    const std::uint64_t folds = folds_.load(std::memory_order_relaxed);
    folds_.store(folds + 1, std::memory_order_relaxed);
    into.open();
    for (std::size_t i = 0; i < place_count; ++i) into.add(static_cast<Place>(i), row.numbers[i]);
    into.close();
    row.open();
    for (std::size_t i = 0; i < place_count; ++i) {
        row.add(static_cast<Place>(i), 0 - row.numbers[i]);
    }
    row.close();
    folds_.store(folds + 2, std::memory_order_release);  // pairs with the load in folds()
}

void TxLedger::move(const flow::Batch& batch, std::size_t first, std::size_t count,
                    std::uint32_t source, Place from, Place to) noexcept {
    for_each_run(batch, first, count, [&](flow::AccountTag account, std::size_t messages) {
        move({source, account}, from, to, messages);
    });
}

void TxLedger::sweep(Place from, Place to, std::uint64_t most) noexcept {
    for (std::size_t source = 0; source < source_count(); ++source) {
        for_each_used(source, [&](std::size_t index) {
            Row& row = rows_[source * row_count_ + index];
            const std::uint64_t messages =
                std::min(row.numbers[static_cast<std::size_t>(from)], most);
            if (messages == 0) return;
            row.change(from, to, messages);
            most -= messages;
        });
    }
}

TxAccount TxLedger::Row::read() const noexcept {
    for (;;) {
        std::array<std::uint64_t, place_count> copy;
        const std::uint32_t before = std::atomic_ref{version}.load(std::memory_order_acquire);
        const std::uint32_t tag_epoch = std::atomic_ref{epoch}.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < place_count; ++i) {
            copy[i] = std::atomic_ref{numbers[i]}.load(std::memory_order_acquire);
        }
        // Behind the acquire loads: not before them.
        const std::uint32_t after = std::atomic_ref{version}.load(std::memory_order_relaxed);
        if (before != after || before % 2 != 0) {
            std::this_thread::yield();  // the writer may need this CPU
            continue;
        }
        const auto at = [&copy](Place place) { return copy[static_cast<std::size_t>(place)]; };
        TxAccount account{.epoch = static_cast<std::uint8_t>(tag_epoch - 1),
                          .taken = at(Place::taken),
                          .restored = at(Place::restored),
                          .in_flight = at(Place::in_flight),
                          .spooled = at(Place::spooled),
                          .delivered = at(Place::delivered)};
        if (tag_epoch == 0) account.epoch = 0;
        for (std::size_t i = 0; i < loss_count; ++i) {
            account.lost[i] = at(place_of(static_cast<Loss>(i)));
        }
        return account;
    }
}

TxAccount TxLedger::sum() const noexcept {
    TxAccount total;
    for_each([&total](std::uint32_t, std::uint32_t, const TxAccount& each) { total.add(each); });
    return total;
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// The ledger of a TX worker: each copy of a row adds up while it is written, rows that are given
// away leave their numbers to row 0, and no message is in two places.
#include "metrics/tx_ledger.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "transport/ledger_sum.hpp"

namespace flowd {
namespace {

using flow::make_tag;

const std::vector<std::uint32_t> two_workers{3, 8};

constexpr auto failed_index = static_cast<std::size_t>(Loss::transport_failed);

TEST(TxLedger, MovesMessagesBetweenPlaces) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    const Owner owner{.source = 1, .account = make_tag(4, 0)};
    ledger.move(owner, Place::taken, Place::in_flight, 10);
    ledger.move(owner, Place::in_flight, Place::delivered, 6);
    ledger.move(owner, Place::in_flight, place_of(Loss::transport_failed), 1);
    ledger.move(owner, Place::taken, Place::spooled, 5);
    ledger.move(owner, Place::spooled, Place::in_flight, 2);
    const TxAccount account = ledger.account(1, 4);
    EXPECT_EQ(account.taken, 15U);
    EXPECT_EQ(account.delivered, 6U);
    EXPECT_EQ(account.in_flight, 5U);
    EXPECT_EQ(account.spooled, 3U);
    EXPECT_EQ(account.lost[failed_index], 1U);
    test::expect_adds_up(account);
    EXPECT_EQ(ledger.account(0, 4).taken, 0U);
}

TEST(TxLedger, WhatIsOutsideTheTableIsInRow0) {
    TxLedger ledger;
    ledger.move({.source = 5, .account = make_tag(7, 1)}, Place::taken, Place::delivered, 1);
    EXPECT_EQ(ledger.account(0, 0).delivered, 1U) << "before it is sized";
    ledger.reserve(two_workers, 10);
    EXPECT_EQ(ledger.account(0, 0).delivered, 1U) << "kept";
    ledger.move({.source = 1, .account = make_tag(10, 1)}, Place::taken, Place::delivered, 1);
    EXPECT_EQ(ledger.account(1, 0).delivered, 1U);
    ledger.move({.source = 1, .account = make_tag(9, 1)}, Place::taken, Place::delivered, 1);
    EXPECT_EQ(ledger.account(1, 9).delivered, 1U);
}

TEST(TxLedger, ANewerEpochOpensTheRowAnewAndReportsOfOlderOnesAreRow0s) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    const Owner old{.account = make_tag(4, 254)};
    ledger.move(old, Place::taken, Place::in_flight, 10);
    ledger.move(old, Place::in_flight, Place::delivered, 3);
    const Owner fresh{.account = make_tag(4, 0)};  // epochs begin again behind 255
    ledger.move(fresh, Place::taken, Place::in_flight, 5);
    EXPECT_EQ(ledger.account(0, 4).epoch, 0U);
    EXPECT_EQ(ledger.account(0, 4).taken, 5U);
    EXPECT_EQ(ledger.account(0, 0).taken, 10U);
    EXPECT_EQ(ledger.account(0, 0).in_flight, 7U);
    ledger.move(old, Place::in_flight, Place::delivered, 7);
    EXPECT_EQ(ledger.account(0, 0).delivered, 10U);
    EXPECT_EQ(ledger.account(0, 0).in_flight, 0U);
    EXPECT_EQ(ledger.account(0, 4).in_flight, 5U) << "not its messages";
    test::sum_of(ledger);
    EXPECT_EQ(ledger.folds(), 2U);
}

TEST(TxLedger, AnyNumberOfEpochsMayPassWithoutAMessage) {
    for (const int passed : {1, 127, 128, 200, 255}) {
        TxLedger ledger;
        ledger.reserve(two_workers, 10);
        ledger.move({.account = make_tag(4, 7)}, Place::taken, Place::delivered, 10);
        const auto epoch = static_cast<std::uint8_t>(7 + passed);
        ledger.move({.account = make_tag(4, epoch)}, Place::taken, Place::delivered, 5);
        EXPECT_EQ(ledger.account(0, 4).delivered, 5U) << passed;
        EXPECT_EQ(ledger.account(0, 0).delivered, 10U) << passed;
    }
}

/// A report that comes after 256 owners looks like one of the present owner's messages.
TEST(TxLedger, WhatARowDoesNotHaveIsRow0s) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    const Owner old{.account = make_tag(4, 7)};
    ledger.move(old, Place::taken, Place::spooled, 30);
    for (unsigned epoch = 8; epoch < 8 + 256; ++epoch) {
        ledger.move({.account = make_tag(4, static_cast<std::uint8_t>(epoch))}, Place::taken,
                    Place::spooled, 1);
    }
    ledger.move(old, Place::spooled, Place::in_flight, 30);
    ledger.move(old, Place::in_flight, Place::delivered, 30);
    const TxAccount row = ledger.account(0, 4);
    const TxAccount rest = ledger.account(0, 0);
    test::expect_adds_up(row);
    test::expect_adds_up(rest);
    EXPECT_EQ(row.spooled, 0U);
    EXPECT_EQ(rest.spooled, 256U);
    EXPECT_EQ(row.delivered + rest.delivered, 30U);
}

TEST(TxLedger, VisitsUsedRowsByTheirRxWorker) {
    TxLedger ledger;
    ledger.reserve(two_workers, 1'000);
    ledger.move({.source = 1, .account = make_tag(700, 3)}, Place::taken, Place::delivered, 2);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> seen;
    ledger.for_each([&](std::uint32_t rx_worker, std::uint32_t row, const TxAccount& account) {
        seen.emplace_back(rx_worker, row);
        EXPECT_EQ(account.epoch, row == 700 ? 3 : 0);
        EXPECT_EQ(account.delivered, row == 700 ? 2U : 0U);
    });
    EXPECT_EQ(seen,
              (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 0}, {8, 0}, {8, 700}}));
}

TEST(TxLedger, BooksTheRunsOfABatch) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    const auto batch = std::make_unique<flow::Batch>();
    for (const std::uint32_t row : {1U, 1U, 2U, 1U, 3U, 3U}) batch->commit(1, make_tag(row, 0));
    ledger.move(*batch, 1, 4, 1, Place::taken, Place::delivered);
    EXPECT_EQ(ledger.account(1, 1).delivered, 2U);
    EXPECT_EQ(ledger.account(1, 2).delivered, 1U);
    EXPECT_EQ(ledger.account(1, 3).delivered, 1U);
}

TEST(TxLedger, SweepsNoMoreThanItIsTold) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    for (const std::uint32_t source : {0U, 1U}) {
        const Owner owner{.source = source, .account = make_tag(2 + source, 0)};
        ledger.move(owner, Place::taken, Place::in_flight, 4);
    }
    ledger.sweep(Place::in_flight, Place::spooled, 5);
    EXPECT_EQ(ledger.account(0, 2).spooled, 4U);
    EXPECT_EQ(ledger.account(1, 3).spooled, 1U);
    EXPECT_EQ(ledger.account(1, 3).in_flight, 3U);
}

std::size_t resident_pages() {
    std::ifstream statm{"/proc/self/statm"};
    std::size_t size = 0;
    std::size_t resident = 0;
    statm >> size >> resident;
    return resident;
}

TEST(TxLedger, TakesPagesOnlyForRowsThatAreUsed) {
    const std::size_t before = resident_pages();
    TxLedger ledger;
    ledger.reserve(two_workers, 1'000'000);  // 192 MB; a bit for each row is 250 kB of it
    ledger.move({.source = 1, .account = make_tag(999'999, 0)}, Place::taken, Place::spooled, 1);
    EXPECT_EQ(test::sum_of(ledger).spooled, 1U);
    EXPECT_LT(resident_pages() - before, 4'100U) << "of 47,000; eight may be huge ones";
}

/// Copies of two rows and of all of them, while another thread books and gives rows away.
TEST(TxLedger, EachCopyAddsUpWhileItIsWritten) {
    TxLedger ledger;
    ledger.reserve(two_workers, 10);
    std::atomic<bool> ready{false};
    std::atomic<bool> stop{false};
    std::thread writer{[&] {
        for (std::uint32_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
            const auto epoch = static_cast<std::uint8_t>(i / 1024);
            const Owner owner{.source = i % 2, .account = make_tag(1 + i % 4, epoch)};
            ledger.move(owner, Place::taken, Place::in_flight, 3);
            ledger.move(owner, Place::in_flight, Place::spooled, 1);
            ledger.move(owner, Place::spooled, place_of(Loss::spool_full), 1);
            ledger.move(owner, Place::in_flight, Place::delivered, 2);
            if (i == 1'000) ready.store(true, std::memory_order_relaxed);
        }
    }};
    while (!ready.load(std::memory_order_relaxed)) std::this_thread::yield();
    std::uint64_t least = 0;
    int undisturbed = 0;
    for (int i = 0; i < 20'000 || undisturbed == 0; ++i) {
        const std::uint64_t folds = ledger.folds();
        const std::uint64_t taken = test::sum_of(ledger).taken;
        if (folds % 2 != 0 || folds != ledger.folds()) continue;
        EXPECT_GE(taken, least) << "a row was left out";
        least = taken;
        ++undisturbed;
    }
    stop.store(true, std::memory_order_relaxed);
    writer.join();
    const TxAccount all = test::sum_of(ledger);
    EXPECT_EQ(all.in_flight, 0U);
    EXPECT_EQ(all.spooled, 0U);
    EXPECT_EQ(all.delivered, all.lost_sum() * 2);
}

}  // namespace
}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/ledger.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "support/accounts.hpp"
#include "support/netflow_builder.hpp"

namespace flow {
namespace {

using namespace flow::test;
using Fate = Ledger::Fate;

constexpr std::uint32_t now = 1'700'000'000;
const AccountName first{.exporter = ipv4(10, 0, 0, 1), .version = 10, .domain = 7};
const AccountName second{
    .exporter = Address::from(std::array<std::uint8_t, 16>{0x20, 0x01, 0x0d, 0xb8, 5}),
    .port = 4711,
    .version = 9,
    .domain = 0xfffffff0};

Account read(const Ledger& ledger, std::uint32_t row) {
    Account account;
    EXPECT_TRUE(ledger.read(row, account));
    return account;
}

Booking a_booking() {
    return {.payload_bytes = 1400,
            .local_port = 2055,
            .sampling_source = sampling::Source::options,
            .sampling_rate = 100,
            .made = {.flows = 10, .offered = 10, .published = 7, .too_large = 1, .ring_full = 2},
            .sets = {1, 0, 2, 0},
            .set_records = {3, 0, 10, 0},
            .samples = {0, 0, 0, 0, 0, 1},
            .has_sets = true,
            .has_samples = true};
}

TEST(Ledger, HasRowsForAllOthersForExportersAndForDomains) {
    const Ledger ledger{4, 8};
    EXPECT_EQ(ledger.exporter_row(0), 0U);
    EXPECT_EQ(ledger.exporter_row(4), 4U);
    EXPECT_EQ(ledger.domain_row(0), 5U);
    EXPECT_EQ(ledger.domain_row(7) + 1, ledger.row_count());
    Account account;
    EXPECT_TRUE(ledger.read(12, account));
    EXPECT_FALSE(ledger.read(13, account));
}

TEST(Ledger, ReadsBackWhatWasBooked) {
    Ledger ledger{4, 8};
    const AccountTag tag = ledger.assign(5, second, now);
    EXPECT_EQ(row_of(tag), 5U);
    ledger.book(tag, a_booking(), now + 9, Fate::decoded, Error::none);
    const Account account = read(ledger, 5);
    EXPECT_EQ(account.name, second);
    EXPECT_EQ(account.first_seen, now);
    EXPECT_EQ(account.last_seen, now + 9);
    EXPECT_EQ(account.local_port, 2055);
    EXPECT_EQ(account.sampling_rate, 100U);
    EXPECT_EQ(account.sampling_source, sampling::Source::options);
    AccountCounts expected{.datagrams = 1,
                           .payload_bytes = 1400,
                           .decoded = 1,
                           .flows = 10,
                           .offered = 10,
                           .published = 7,
                           .too_large = 1,
                           .ring_full = 2};
    expected.sets = {1, 0, 2, 0};
    expected.set_records = {3, 0, 10, 0};
    expected.samples = {0, 0, 0, 0, 0, 1};
    EXPECT_EQ(numbers_of(account.counts), numbers_of(expected));
}

TEST(Ledger, FlowsAreOfferedToSeveralTransportsOrToNone) {
    Ledger ledger{1, 2};
    const AccountTag tag = ledger.assign(2, first, now);
    constexpr std::array<MadeCounts, 3> all{
        MadeCounts{.flows = 10, .offered = 30, .published = 25, .too_large = 2, .ring_full = 3},
        MadeCounts{.flows = 10}, MadeCounts{.flows = 4, .offered = 4, .published = 4}};
    for (const MadeCounts& made : all) {
        ledger.book(tag, Booking{.made = made}, now, Fate::decoded, Error::none);
    }
    const auto expect_sums_in = [&](std::uint32_t row) {
        const AccountCounts counts = read(ledger, row).counts;
        EXPECT_EQ(counts.flows, 24U);
        EXPECT_EQ(counts.offered, 34U);
        EXPECT_EQ(counts.published, 29U);
        EXPECT_EQ(counts.decoded, 3U);
        EXPECT_TRUE(balanced(counts));
    };
    expect_sums_in(2);
    ledger.assign(2, second, now);
    expect_sums_in(0);
}

TEST(Ledger, BooksEveryReasonByItself) {
    Ledger ledger{1, 1};
    const AccountTag tag = ledger.assign(2, first, now);
    for (std::size_t reason = 1; reason < error_count; ++reason) {
        for (std::size_t i = 0; i < reason; ++i) {
            ledger.book(tag, Booking{}, now, Fate::dropped, static_cast<Error>(reason));
        }
    }
    const Account account = read(ledger, 2);
    for (std::size_t reason = 1; reason < error_count; ++reason) {
        EXPECT_EQ(account.counts.drops[reason], reason);
    }
    EXPECT_TRUE(balanced(account.counts));
}

TEST(Ledger, MovesADatagramThatWaitedWhenItEnds) {
    Ledger ledger{1, 1};
    const AccountTag tag = ledger.assign(2, first, now);
    for (int i = 0; i < 3; ++i) {
        ledger.book(tag, Booking{}, now, Fate::parked, Error::none);
        ledger.count_parked_set(tag);
    }
    EXPECT_EQ(read(ledger, 2).counts.parked, 3U);
    ledger.end_set(tag, Ledger::SetEnd::unparked, true, Error::none);
    ledger.end_set(tag, Ledger::SetEnd::unparked, false, Error::none);
    ledger.end_set(tag, Ledger::SetEnd::expired, true, Error::unknown_template);
    ledger.hand_on(tag);
    const AccountCounts counts = read(ledger, 2).counts;
    EXPECT_EQ(counts.parked, 0U);
    EXPECT_EQ(counts.decoded, 1U);
    EXPECT_EQ(counts.drops[static_cast<std::size_t>(Error::unknown_template)], 1U);
    EXPECT_EQ(counts.datagrams, 2U) << "the third is another shard's";
    EXPECT_EQ(counts.sets_parked, 3U);
    EXPECT_EQ(counts.sets_unparked, 2U);
    EXPECT_EQ(counts.sets_expired, 1U);
    EXPECT_TRUE(balanced(counts));
    ledger.adopt(tag);
    EXPECT_EQ(read(ledger, 2).counts.parked, 1U);
    EXPECT_TRUE(balanced(read(ledger, 2).counts));
}

TEST(Ledger, ANewOwnerStartsAtNothingAndRow0HasTheRest) {
    Ledger ledger{4, 8};
    const AccountTag before = ledger.assign(5, first, now);
    ledger.book(before, a_booking(), now, Fate::parked, Error::none);
    ledger.book(before, a_booking(), now + 5, Fate::dropped, Error::truncated);
    const AccountCounts counts = read(ledger, 5).counts;
    const AccountTag after = ledger.assign(5, second, now + 60);
    EXPECT_EQ(row_of(after), 5U);
    EXPECT_EQ(epoch_of(after), epoch_of(before) + 1);
    EXPECT_EQ(read(ledger, 5).name, second);
    EXPECT_EQ(read(ledger, 5).epoch, epoch_of(after));
    EXPECT_EQ(read(ledger, 5).first_seen, now + 60);
    EXPECT_EQ(numbers_of(read(ledger, 5).counts), AccountNumbers{});
    EXPECT_EQ(numbers_of(read(ledger, 0).counts), numbers_of(counts));
    EXPECT_EQ(read(ledger, 0).name, AccountName{});
    EXPECT_EQ(read(ledger, 0).last_seen, now + 5);

    ledger.end_set(before, Ledger::SetEnd::unparked, true, Error::none);
    ledger.book(before, {.lost = 5});
    EXPECT_EQ(read(ledger, 0).counts.parked, 0U) << "an old tag leads there";
    EXPECT_EQ(read(ledger, 0).counts.decoded, 1U);
    EXPECT_EQ(read(ledger, 0).counts.sequence_lost, 5U);
    EXPECT_EQ(numbers_of(read(ledger, 5).counts), AccountNumbers{});
}

TEST(Ledger, TheSameOwnerGoesOn) {
    Ledger ledger{4, 8};
    const AccountTag tag = ledger.assign(5, first, now);
    ledger.book(tag, a_booking(), now, Fate::decoded, Error::none);
    EXPECT_EQ(ledger.assign(5, first, now + 60), tag);
    EXPECT_EQ(read(ledger, 5).counts.datagrams, 1U);
    EXPECT_EQ(read(ledger, 5).first_seen, now);
}

TEST(Ledger, TellsEpochsApartUntilTheyWrap) {
    Ledger ledger{1, 1};
    AccountTag tag = ledger.assign(2, first, now);
    for (int i = 0; i < 1000; ++i) {
        const AccountTag next = ledger.assign(2, i % 2 == 0 ? second : first, now);
        EXPECT_NE(next, tag);
        EXPECT_EQ(row_of(next), 2U);
        tag = next;
        ledger.book(tag, a_booking(), now, Fate::decoded, Error::none);
    }
    EXPECT_EQ(read(ledger, 2).counts.datagrams, 1U);
    EXPECT_EQ(read(ledger, 0).counts.datagrams, 999U);
}

/// After 256 owners a tag of an old one looks like the present one's.
TEST(Ledger, WhatWaitedForManyOwnersEndsInRow0) {
    Ledger ledger{1, 1};
    const AccountTag old = ledger.assign(2, first, now);
    for (int i = 0; i < 3; ++i) ledger.book(old, Booking{}, now, Fate::parked, Error::none);
    AccountTag tag = old;
    for (int i = 0; i < 256; ++i) tag = ledger.assign(2, i % 2 == 0 ? second : first, now);
    ASSERT_EQ(tag, old);
    ledger.book(tag, Booking{}, now, Fate::parked, Error::none);
    ledger.hand_on(old);  // takes what waits in the row, since it looks like it
    ledger.end_set(old, Ledger::SetEnd::expired, true, Error::unknown_template);
    ledger.end_set(old, Ledger::SetEnd::unparked, true, Error::none);
    ledger.end_set(tag, Ledger::SetEnd::unparked, true, Error::none);
    for (const std::uint32_t row : {0U, 2U}) {
        const AccountCounts counts = read(ledger, row).counts;
        EXPECT_EQ(counts.parked, 0U) << row;
        EXPECT_LE(counts.datagrams, 4U) << row;
        EXPECT_TRUE(balanced(counts)) << row;
    }
}

TEST(Ledger, VisitsRowsThatHaveAnOwnerAndRow0) {
    Ledger ledger{1000, 1000};
    ledger.assign(3, {.exporter = ipv4(10, 0, 0, 3)}, now);
    ledger.assign(ledger.domain_row(1), first, now);
    std::vector<std::uint32_t> rows;
    EXPECT_TRUE(ledger.for_each([&](std::uint32_t row, const Account&) { rows.push_back(row); }));
    EXPECT_EQ(rows, (std::vector<std::uint32_t>{0, 3, ledger.domain_row(1)}));
}

TEST(Ledger, SaysTheRateThatItHasRoomFor) {
    Ledger ledger{1, 1};
    const AccountTag tag = ledger.assign(2, first, now);
    ledger.book(tag, {.sampling_rate = std::uint64_t{1} << 40}, now, Fate::decoded, Error::none);
    EXPECT_EQ(read(ledger, 2).sampling_rate, UINT32_MAX);
}

TEST(Ledger, GivesTagsWhenItIsOff) {
    Ledger ledger{4, 8, false};
    const AccountTag tag = ledger.assign(5, first, now);
    EXPECT_EQ(row_of(tag), 5U);
    ledger.book(tag, a_booking(), now, Fate::decoded, Error::none);
    ledger.end_set(tag, Ledger::SetEnd::expired, true, Error::unknown_template);
    Account account;
    EXPECT_FALSE(ledger.read(5, account));
    EXPECT_TRUE(ledger.for_each([](std::uint32_t, const Account&) { FAIL(); }));
}

/// One thread books without a pause, rows change their owners; the other reads all of it. Every
/// copy must be one moment's.
TEST(Ledger, EveryCopyIsOneMoments) {
    constexpr std::uint32_t domains = 3;
    Ledger ledger{1, domains};
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> copies{0};
    std::uint64_t torn = 0;
    std::thread reader{[&] {
        while (!stop.load(std::memory_order_relaxed)) {
            ledger.for_each([&](std::uint32_t row, const Account& account) {
                copies.fetch_add(1, std::memory_order_relaxed);
                const AccountCounts& counts = account.counts;
                if (!balanced(counts)) ++torn;
                if (counts.flows != 10 * counts.datagrams) ++torn;
                if (counts.payload_bytes != 1400 * counts.datagrams) ++torn;
                if (counts.sets[0] != counts.datagrams) ++torn;
                // The domain's number and the address belong together.
                if (row != 0 && account.name.domain != account.name.exporter.octets[3]) ++torn;
            });
        }
    }};
    std::mt19937 random{1};
    std::array<AccountTag, domains> tags{};
    std::uint64_t booked = 0;
    while (booked < 3'000'000 || copies.load(std::memory_order_relaxed) == 0) {
        const std::uint32_t which = random() % domains;
        if (tags[which] == 0 || random() % 64 == 0) {
            const unsigned number = random() % 200;
            tags[which] =
                ledger.assign(ledger.domain_row(which),
                              {.exporter = ipv4(10, 0, which, number), .domain = number}, now);
        }
        const auto fate = static_cast<Fate>(random() % 3);
        ledger.book(tags[which], a_booking(), now, fate, Error::bad_length);
        if (fate == Fate::parked) {
            ledger.end_set(tags[which], Ledger::SetEnd::expired, true, Error::unknown_template);
        }
        if (++booked == 300'000'000) break;
    }
    stop.store(true, std::memory_order_relaxed);
    reader.join();
    EXPECT_EQ(torn, 0U);
    EXPECT_GT(copies.load(std::memory_order_relaxed), 0U);
    EXPECT_EQ(sum_of(accounts_of(ledger)).datagrams, booked);
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Every sum is exact, whatever rows, exporters and TX workers do between two observations.
#include "control/directory.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "control/ledger_model.hpp"

namespace flowd {
namespace {

using test::LedgerModel;

constexpr std::uint64_t second = 1'000'000'000;

struct Seen {
    std::vector<ExporterView> exporters;
    ExporterView other;

    explicit Seen(Directory& directory) { directory.write(exporters, other); }

    [[nodiscard]] const ExporterView* find(std::uint32_t exporter) const {
        for (const ExporterView& each : exporters) {
            if (each.address == LedgerModel::name_of(exporter).exporter) return &each;
        }
        return nullptr;
    }
};

void expect_equal(const Totals& one, const Totals& another) {
    Totals copy = one;
    for_each_field(copy, another, [](auto& a, auto b) { EXPECT_EQ(a, b); });
}

/// Nothing that is somewhere now is less than nothing.
void expect_sane(const Totals& totals) {
    EXPECT_EQ(totals.datagram_imbalance(), 0);
    EXPECT_EQ(totals.flow_imbalance(), 0);
    for (const std::uint64_t each : {totals.datagrams, totals.decoded, totals.parked, totals.flows,
                                     totals.delivered, totals.in_flight, totals.spooled}) {
        EXPECT_LT(each, std::uint64_t{1} << 62);
    }
}

void expect_exact(const Seen& seen, const Totals& copied) {
    Totals sum = seen.other.totals;
    expect_sane(seen.other.totals);
    for (const ExporterView& each : seen.exporters) {
        add(sum, each.totals);
        expect_sane(each.totals);
        Totals domains;
        for (const DomainView& domain : each.domains) {
            add(domains, domain.totals);
            expect_sane(domain.totals);
        }
        expect_equal(domains, each.totals);
    }
    expect_equal(sum, copied);
}

/// What goflow2 calls a decoder's: of exporters' domains, those that were forgotten included.
std::uint64_t decoded_of(const Seen& seen, std::uint8_t version) {
    std::uint64_t sum = 0;
    const auto add_up = [&](const auto& domains) {
        for (const auto& each : domains) sum += each.version == version ? each.totals.decoded : 0;
    };
    for (const ExporterView& each : seen.exporters) {
        add_up(each.domains);
        add_up(each.past);
    }
    add_up(seen.other.past);
    return sum;
}

flow::Account account_of(std::uint32_t exporter, std::uint64_t datagrams) {
    flow::Account account;
    account.name = LedgerModel::name_of(exporter);
    account.first_seen = account.last_seen = 5;
    account.counts.datagrams = account.counts.decoded = datagrams;
    return account;
}

TEST(Directory, RowsOfSeveralWorkersAreOneExporter) {
    Directory directory{2, 1, {}};
    directory.begin(second);
    directory.add(0, 3, account_of(7, 10));
    directory.add(1, 5, account_of(7, 4));
    directory.end();
    const Seen seen{directory};
    ASSERT_EQ(seen.exporters.size(), 1U);
    EXPECT_EQ(seen.exporters[0].totals.datagrams, 14U);
    EXPECT_EQ(seen.exporters[0].domains.size(), 1U);
    EXPECT_EQ(seen.exporters[0].first_seen, 5U);
    EXPECT_EQ(seen.other.totals.datagrams, 0U);
}

/// What a worker says of an exporter at a time of its clock.
flow::Account heard(std::uint64_t datagrams, std::uint32_t at, std::uint32_t sampling_rate) {
    flow::Account account = account_of(7, datagrams);
    account.first_seen = 1'000;
    account.last_seen = at;
    account.sampling_rate = sampling_rate;
    return account;
}

TEST(Directory, AClockThatIsSetBackDoesNotStopTheTime) {
    Directory directory{2, 1, {}};
    directory.begin(second);
    directory.add(0, 3, heard(10, 8'000, 100));
    directory.add(1, 3, heard(10, 7'998, 200));  // the other worker's was a moment before
    directory.end();
    const Seen before{directory};
    EXPECT_EQ(before.exporters[0].last_seen, 8'000U);
    EXPECT_EQ(before.exporters[0].domains[0].sampling_rate, 100U);
    directory.begin(2 * second);
    directory.add(0, 3, heard(11, 500, 300));
    directory.add(1, 3, heard(10, 7'998, 200));
    directory.end();
    const Seen after{directory};
    EXPECT_EQ(after.exporters[0].last_seen, 500U);
    EXPECT_EQ(after.exporters[0].first_seen, 500U);
    EXPECT_EQ(after.exporters[0].domains[0].sampling_rate, 300U);
}

TEST(Directory, AnOwnerKeepsWhatItHadWhenItsRowBecomesAnothers) {
    Directory directory{1, 1, {}};
    directory.begin(second);
    directory.add(0, 3, account_of(1, 10));
    directory.end();
    // Five more of the old owner's came before its counts went to row 0: nobody saw whose they are.
    flow::Account next = account_of(2, 3);
    next.epoch = 1;
    flow::Account rest = account_of(0, 15);
    rest.name = {};
    directory.begin(2 * second);
    directory.add(0, 0, rest);
    directory.add(0, 3, next);
    directory.end();
    const Seen seen{directory};
    EXPECT_EQ(seen.find(1)->totals.datagrams, 10U);
    EXPECT_EQ(seen.find(2)->totals.datagrams, 3U);
    EXPECT_EQ(seen.other.totals.datagrams, 5U);
}

TEST(Directory, MessagesAreDeliveredForWhoHadTheRowWhenTheyCame) {
    Directory directory{1, 1, {}};
    flow::Account account = account_of(1, 1);
    account.counts.flows = account.counts.offered = account.counts.published = 8;
    directory.begin(second);
    directory.add(0, 3, account);
    directory.add(0, 0, 3, TxAccount{.taken = 6, .in_flight = 6});
    directory.end();
    EXPECT_EQ(Seen{directory}.find(1)->totals.in_ring, 2);
    EXPECT_EQ(Seen{directory}.find(1)->totals.in_flight, 6U);
    // The row is another's, and the TX worker has not heard of it yet.
    flow::Account rest = account;
    rest.name = {};
    flow::Account next = account_of(2, 1);
    next.epoch = 1;
    directory.begin(2 * second);
    directory.add(0, 0, rest);
    directory.add(0, 3, next);
    directory.add(0, 0, 3, TxAccount{.taken = 8, .in_flight = 3, .delivered = 5});
    directory.end();
    const Seen between{directory};
    EXPECT_EQ(between.find(1)->totals.delivered, 5U);
    EXPECT_EQ(between.find(1)->totals.in_ring, 3);
    EXPECT_EQ(between.find(2)->totals.delivered, 0U);
    expect_sane(between.other.totals);
    // Now it has, and all reports came.
    directory.begin(3 * second);
    directory.add(0, 0, 0, TxAccount{.taken = 8, .delivered = 7, .lost = {1}});
    directory.add(0, 0, 3, TxAccount{.epoch = 1});
    directory.end();
    const Seen seen{directory};
    EXPECT_EQ(seen.find(1)->totals.delivered, 7U);
    EXPECT_EQ(seen.find(1)->totals.lost[0], 1U);
    EXPECT_EQ(seen.find(1)->totals.in_ring, 0);
    expect_equal(seen.other.totals, {});
}

TEST(Directory, ForgetsWhoWasSilentLongestWhenItIsFull) {
    Directory directory{1, 1, {.exporters_max = 2}};
    std::uint64_t now = 0;
    const auto observe = [&](std::initializer_list<std::uint64_t> datagrams) {
        directory.begin(now += second);
        std::uint32_t row = 0;
        for (const std::uint64_t each : datagrams) {
            ++row;
            if (each > 0) directory.add(0, row, account_of(row, each));
        }
        directory.end();
    };
    observe({1, 1});
    observe({2, 1, 5});
    EXPECT_EQ(Seen{directory}.other.totals.datagrams, 5U) << "nobody has been silent for long";
    for (std::uint64_t i = 0; i < 10; ++i) observe({3 + i, 1, 5});
    observe({13, 1, 6});
    const Seen seen{directory};
    EXPECT_EQ(seen.find(2), nullptr);
    EXPECT_EQ(seen.find(1)->totals.datagrams, 13U);
    EXPECT_EQ(seen.find(3)->totals.datagrams, 1U) << "from now on";
    EXPECT_EQ(seen.other.totals.datagrams, 6U);
    ASSERT_EQ(seen.other.past.size(), 1U);
    EXPECT_EQ(seen.other.past[0].version, 10U);
    EXPECT_EQ(seen.other.past[0].totals.datagrams, 1U);
    EXPECT_EQ(directory.exporters().forgotten_count(), 1U);
}

TEST(Directory, WhatComesLateIsTakenBackWhereItsLossIs) {
    Directory directory{1, 1, {.exporters_max = 2}};
    std::uint64_t now = 0;
    flow::Account losing = account_of(2, 1);
    losing.counts.sequence_lost = 5;
    const auto observe = [&](std::uint64_t datagrams) {
        directory.begin(now += second);
        directory.add(0, 1, account_of(1, datagrams));
        directory.add(0, 2, losing);
        directory.add(0, 3, account_of(3, datagrams));
        directory.end();
    };
    for (std::uint64_t i = 1; i < 14; ++i) observe(i);
    ASSERT_EQ(Seen{directory}.find(2), nullptr) << "it is forgotten, its worker knows it";
    EXPECT_EQ(Seen{directory}.other.totals.sequence.lost, 5U);
    for (std::uint64_t i = 0; i < 12; ++i) observe(13);  // others are silent now
    losing.counts.datagrams = losing.counts.decoded = 2;
    losing.counts.sequence_lost = 3;
    losing.counts.sequence_late = 2;
    observe(13);
    const Seen seen{directory};
    ASSERT_NE(seen.find(2), nullptr);
    EXPECT_EQ(seen.find(2)->totals.sequence.lost, 0U);
    EXPECT_EQ(seen.find(2)->totals.sequence.late, 2U);
    EXPECT_EQ(seen.other.totals.sequence.lost, 3U);
}

TEST(Directory, WhatTheOthersGetFromAForgottenExporterIsNoRateOfTheirs) {
    Directory directory{1, 1, {.exporters_max = 2}};
    std::uint64_t now = 0;
    std::uint64_t of_others = 0;
    const auto observe = [&](bool is_full) {
        directory.begin(now += second);
        flow::Account rest = account_of(0, of_others += 20);
        rest.name = {};
        directory.add(0, 0, rest);
        directory.add(0, 1, account_of(1, now / second));
        if (now == second) directory.add(0, 2, account_of(2, 1'000'000));
        if (is_full) directory.add(0, 3, account_of(3, now / second));
        directory.end();
    };
    for (int i = 0; i < 11; ++i) observe(false);
    for (int i = 0; i < 12; ++i) {
        observe(true);
        EXPECT_EQ(Seen{directory}.find(2), nullptr);
        EXPECT_EQ(Seen{directory}.other.totals.datagrams, 1'000'000 + of_others);
        EXPECT_DOUBLE_EQ(Seen{directory}.other.rates.datagrams, 20);
    }
}

TEST(Directory, ADomainWithoutARowMakesRoomForAnother) {
    Directory directory{1, 1, {.domains_per_exporter_max = 2}};
    for (std::uint32_t id = 1; id <= 5; ++id) {
        flow::Account account = account_of(1, 1);
        account.name.domain = id;
        account.epoch = static_cast<std::uint8_t>(id);
        flow::Account rest = account_of(1, id - 1);
        rest.name = {};
        directory.begin(id * second);
        directory.add(0, 0, rest);
        directory.add(0, 3, account);
        directory.end();
    }
    const Seen seen{directory};
    ASSERT_EQ(seen.exporters.size(), 1U);
    EXPECT_EQ(seen.exporters[0].totals.datagrams, 5U);
    ASSERT_EQ(seen.exporters[0].domains.size(), 2U);
    EXPECT_EQ(seen.exporters[0].domains[1].id, 5U);
    ASSERT_EQ(seen.exporters[0].past.size(), 1U);
    EXPECT_EQ(seen.exporters[0].past[0].version, 10U);
    EXPECT_EQ(seen.exporters[0].past[0].totals.datagrams, 3U);
    EXPECT_EQ(directory.exporters().domain_count(), 2U);
}

TEST(Directory, RatesAreThoseOfTheLastTenSeconds) {
    Directory directory{1, 1, {}};
    std::uint64_t now = 0;
    const auto observe = [&](std::uint64_t datagrams) {
        directory.begin(now += second);
        if (datagrams > 0) directory.add(0, 1, account_of(1, datagrams));
        directory.end();
    };
    observe(0);
    observe(100);
    EXPECT_DOUBLE_EQ(Seen{directory}.find(1)->rates.datagrams, 100);
    observe(300);
    EXPECT_DOUBLE_EQ(Seen{directory}.find(1)->rates.datagrams, 150);
    for (int i = 0; i < 8; ++i) observe(300);
    EXPECT_DOUBLE_EQ(Seen{directory}.find(1)->rates.datagrams, 30);
    observe(300);
    EXPECT_DOUBLE_EQ(Seen{directory}.find(1)->rates.datagrams, 20);
    observe(300);
    EXPECT_DOUBLE_EQ(Seen{directory}.find(1)->rates.datagrams, 0);
}

class DirectoryWalk : public ::testing::TestWithParam<unsigned> {};

TEST_P(DirectoryWalk, SumsAreExactInEveryObservation) {
    const unsigned seed = GetParam();
    LedgerModel::Settings settings{.workers = 1 + seed % 3, .lanes = 1 + seed % 2};
    // More exporters than there is room for, whose rows outlive their places.
    const bool is_small = seed % 4 < 2;
    if (is_small) settings = {1 + seed % 3, 1 + seed % 2, 24, 20, 8};
    LedgerModel model{settings, seed};
    Directory directory{settings.workers, settings.lanes, {.exporters_max = is_small ? 6U : 64U}};
    std::uint64_t now = 0;
    std::uint64_t decoded = 0;
    for (int i = 0; i < 300; ++i) {
        for (std::uint32_t steps = model.pick(60); steps > 0; --steps) model.step();
        model.observe(directory, now += second, [&] {
            for (std::uint32_t steps = model.pick(10); steps > 0; --steps) model.step();
        });
        const Seen seen{directory};
        expect_exact(seen, model.copied());
        EXPECT_GE(decoded_of(seen, 10), std::exchange(decoded, decoded_of(seen, 10)));
        if (HasFailure()) FAIL() << "observation " << i;
    }
    EXPECT_EQ(directory.exporters().forgotten_count() > 0, is_small);
    model.drain();
    for (int i = 0; i < 3; ++i) model.observe(directory, now += second, [] {});
    const Seen seen{directory};
    expect_exact(seen, model.copied());
    for (const ExporterView& each : seen.exporters) {
        EXPECT_EQ(each.totals.in_ring, 0);
        EXPECT_EQ(each.totals.in_flight, 0U);
        EXPECT_EQ(each.totals.parked, 0U);
    }
    EXPECT_EQ(seen.other.totals.in_ring, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DirectoryWalk, ::testing::Range(0U, 24U));

TEST(Directory, NobodyGetsLessThanItsOwnWhereRowsAreNotTaken) {
    LedgerModel model{{.workers = 2, .lanes = 2, .rows = 40, .exporters = 4}, 99};
    Directory directory{2, 2, {}};
    for (int i = 0; i < 500; ++i) {
        for (int j = 0; j < 20; ++j) model.step();
        model.observe(directory, static_cast<std::uint64_t>(i + 1) * second, [&] { model.step(); });
    }
    model.drain();
    model.observe(directory, 600 * second, [] {});
    const Seen seen{directory};
    for (std::uint32_t exporter = 0; exporter < 4; ++exporter) {
        const Totals& totals = seen.find(exporter)->totals;
        // What met row 0 on its first datagrams is nobody's.
        EXPECT_LE(totals.datagrams, model.truth(exporter).datagrams);
        EXPECT_GE(totals.datagrams + seen.other.totals.datagrams, model.truth(exporter).datagrams);
        EXPECT_EQ(totals.delivered + totals.lost[0], 2 * totals.flows);
    }
}

}  // namespace
}  // namespace flowd

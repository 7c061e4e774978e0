// SPDX-License-Identifier: BSD-3-Clause
// The spool before a transport that does what the test says. The equation holds after each step.
#include "transport/spool/transport.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "transport/deliver.hpp"
#include "transport/spool/scripted.hpp"

namespace flowd::spool {
namespace {

using test::numbers;
using test::Script;
using test::TempFolder;

constinit std::uint64_t now_ns = 1'000'000'000;
std::uint64_t clock_of_test() noexcept { return now_ns; }
void pass_ms(std::uint64_t ms) { now_ns += ms * 1'000'000; }

std::vector<std::string> lines(int first, int count) {
    std::vector<std::string> all;
    for (int i = first; i < first + count; ++i) all.push_back(std::to_string(i) + "\n");
    return all;
}

class SpoolTransport : public ::testing::Test {
protected:
    SpoolTransport() {
        options_.path = folder_.path();
        options_.slow_ms = 0;
        options_.replay_rate = 0;
    }
    ~SpoolTransport() override {
        if (spool_) check();
    }
    void start() {
        script_.in_flight.clear();
        auto opened = open(options_, folder_.path(), std::make_unique<test::Scripted>(script_),
                           clock_of_test);
        ASSERT_TRUE(opened) << opened.error().sentence;
        spool_ = std::move(*opened);
        const std::vector<std::uint32_t> rx_workers{4, 7};
        spool_->ledger().reserve(rx_workers, 10);
        check();
    }
    void kill() { spool_.reset(); }
    void stop() {
        EXPECT_FALSE(failed(test::close(*spool_)));
        check();
        EXPECT_EQ(counts().lost_sum(), 0U);
        spool_.reset();
    }
    /// All at once; every other batch from the other source.
    void send(int first, int count) {
        source_ ^= 1;
        EXPECT_EQ(spool_->deliver(*numbers(first, count), 0, {.source = source_}),
                  static_cast<std::size_t>(count));
        check();
    }
    void rest(int times = 1) {
        for (int i = 0; i < times; ++i) {
            spool_->idle();
            check();
        }
    }
    void check() {
        test::expect_equation(counts());
        test::expect_ledger_is(spool_->ledger(), counts());
    }
    [[nodiscard]] TransportCounts& counts() { return spool_->counts(); }

    TempFolder folder_;
    Options options_;
    Script script_;
    std::uint32_t source_ = 0;
    std::unique_ptr<Transport> spool_;
};

TEST_F(SpoolTransport, IsNotThereWhileAllIsTaken) {
    start();
    for (int i = 0; i < 5; ++i) send(i * 10, 10);
    EXPECT_EQ(script_.delivered, lines(0, 50));
    EXPECT_EQ(spool_->state(), TransportState::up);
    EXPECT_TRUE(folder_.segments().empty());
}

TEST_F(SpoolTransport, KeepsWhatIsNotTakenAndReplaysItInOrder) {
    start();
    script_.takes = 13;
    for (int i = 0; i < 5; ++i) send(i * 10, 10);
    EXPECT_EQ(script_.delivered, lines(0, 13));
    EXPECT_EQ(spool_->state(), TransportState::spooling);
    EXPECT_EQ(counts().spooled.get(), 37U);
    script_.takes = 5;
    rest();
    EXPECT_EQ(counts().spooled.get(), 32U);
    send(50, 10);
    script_.takes = Script::all;
    rest();
    send(60, 10);
    EXPECT_EQ(script_.delivered, lines(0, 70));
    EXPECT_EQ(counts().taken.get(), 70U);
    EXPECT_EQ(spool_->state(), TransportState::up);
    EXPECT_TRUE(folder_.segments().empty());
}

TEST_F(SpoolTransport, EmptiesWhileMessagesCome) {
    start();
    script_.takes = 0;
    for (int i = 0; i < 20; ++i) send(i * 10, 10);
    script_.takes = Script::all;
    for (int i = 20; i < 60; ++i) send(i * 10, 10);
    EXPECT_EQ(script_.delivered, lines(0, 600));
}

TEST_F(SpoolTransport, WaitsBeforeItBegins) {
    options_.slow_ms = 1000;
    start();
    script_.takes = 4;
    const auto batch = numbers(0, 10);
    EXPECT_EQ(spool_->deliver(*batch, 0, {}), 4U);
    pass_ms(999);
    spool_->wait(std::chrono::milliseconds{0});
    EXPECT_EQ(spool_->deliver(*batch, 4, {}), 0U);
    EXPECT_TRUE(folder_.segments().empty());
    pass_ms(1);
    EXPECT_EQ(spool_->deliver(*batch, 4, {}), 6U);
    EXPECT_EQ(counts().spooled.get(), 6U);
    send(10, 10);
    script_.takes = Script::all;
    rest();
    EXPECT_EQ(script_.delivered, lines(0, 20));
}

TEST_F(SpoolTransport, OneThatTakesABatchAtOnceIsNotSlow) {
    options_.slow_ms = 1000;
    start();
    for (int i = 0; i < 5; ++i) {
        script_.takes = 4;
        const auto batch = numbers(i * 20, 10);
        EXPECT_EQ(spool_->deliver(*batch, 0, {}), 4U);
        pass_ms(900);
        script_.takes = Script::all;
        EXPECT_EQ(spool_->deliver(*batch, 4, {}), 6U);
        send(i * 20 + 10, 10);
    }
    EXPECT_EQ(script_.delivered, lines(0, 100));
}

TEST_F(SpoolTransport, ReplaysAtItsRate) {
    options_.replay_rate = 100'000;
    start();
    script_.takes = 0;
    constexpr int batches = 100;
    for (int i = 0; i < batches; ++i) send(10'000 + i * 1000, 1000);
    script_.takes = Script::all;
    const std::uint64_t begin = now_ns;
    while (counts().spooled.get() > 0) {
        rest();
        pass_ms(10);
        ASSERT_LT(now_ns - begin, 100'000'000'000U);
    }
    EXPECT_EQ(script_.delivered.size(), batches * 1000U);
    std::uint64_t bytes = 0;
    for (const std::string& each : script_.delivered) bytes += each.size();
    const double seconds = static_cast<double>(now_ns - begin) * 1e-9;
    EXPECT_NEAR(static_cast<double>(bytes) / seconds, 100'000, 5'000);
}

TEST_F(SpoolTransport, AKillCostsNothingThatIsOnDisk) {
    start();
    script_.takes = 15;
    for (int i = 0; i < 3; ++i) send(i * 10, 10);
    kill();
    script_.takes = Script::all;
    start();
    EXPECT_EQ(counts().spool_restored.get(), 15U);
    EXPECT_EQ(spool_->state(), TransportState::spooling);
    send(30, 10);
    rest();
    EXPECT_EQ(script_.delivered, lines(0, 40));
}

TEST_F(SpoolTransport, WhatIsInFlightAtAKillComesAgain) {
    start();
    script_.takes = 0;
    send(0, 10);
    script_.takes = Script::all;
    script_.settles = false;
    rest();
    EXPECT_EQ(counts().in_flight.get(), 10U);
    EXPECT_EQ(counts().spooled.get(), 0U);
    EXPECT_EQ(folder_.segments().size(), 1U) << "not settled";
    kill();
    script_.settles = true;
    start();
    rest();
    EXPECT_EQ(script_.delivered, lines(0, 10));
}

TEST_F(SpoolTransport, SegmentsGoOnceTheirMessagesAreSettled) {
    start();
    script_.takes = 0;
    send(0, 10);
    script_.takes = Script::all;
    script_.settles = false;
    rest();
    send(10, 10);
    EXPECT_EQ(counts().in_flight.get(), 20U) << "direct behind what is in flight";
    EXPECT_EQ(spool_->state(), TransportState::up);
    script_.settle_all();
    send(20, 10);
    EXPECT_TRUE(folder_.segments().empty());
}

TEST_F(SpoolTransport, LeftoversComeBeforeWhatIsOnDisk) {
    start();
    script_.settles = false;
    script_.takes = 13;
    for (int i = 0; i < 3; ++i) send(i * 10, 10);
    stop();
    script_.takes = Script::all;
    script_.settles = true;
    start();
    EXPECT_EQ(counts().spool_restored.get(), 30U);
    rest();
    EXPECT_EQ(script_.delivered, lines(0, 30));
}

TEST_F(SpoolTransport, LeftoversOfTheSpoolAreThereOnce) {
    start();
    script_.settles = false;
    script_.takes = 5;
    send(0, 10);  // 5 direct, 5 in the first segment
    script_.takes = Script::all;
    rest();        // in flight
    send(10, 10);  // direct, newer than that segment
    script_.takes = 3;
    send(20, 10);  // 3 direct, 7 in the second segment
    script_.takes = 2;
    rest();
    EXPECT_EQ(counts().in_flight.get(), 25U);
    EXPECT_EQ(counts().spooled.get(), 5U);
    stop();
    script_.takes = Script::all;
    script_.settles = true;
    start();
    EXPECT_EQ(counts().spool_restored.get(), 30U);
    rest();
    EXPECT_EQ(script_.delivered, lines(0, 30));
}

TEST_F(SpoolTransport, WhatIsNeverHeardOfAgainStaysInItsSegmentOrIsCounted) {
    start();
    script_.settles = false;
    script_.takes = 5;
    send(0, 10);  // 5 direct, 5 in a segment
    script_.takes = Script::all;
    rest();  // all in flight
    script_.silent = true;
    EXPECT_TRUE(failed(test::close(*spool_)));
    check();
    EXPECT_EQ(counts().in_flight.get(), 0U);
    EXPECT_EQ(counts().lost_by(Loss::given_up), 5U) << "the direct ones";
    EXPECT_EQ(counts().spooled.get(), 5U);
    spool_.reset();
    script_.silent = false;
    script_.settles = true;
    start();
    EXPECT_EQ(counts().spool_restored.get(), 5U);
    rest();
    EXPECT_EQ(script_.delivered, lines(5, 5));
}

TEST_F(SpoolTransport, ManyLeftoversAreInOrder) {
    options_.segment_bytes = 64 << 10;
    options_.compression = "none";
    for (int turn = 0; turn < 3; ++turn) {
        start();
        script_.settles = false;
        script_.takes = turn == 0 ? Script::all : 40'000;
        for (int i = 0; turn == 0 && i < 50; ++i) send(100'000 + i * 1000, 1000);
        rest(10);
        stop();
    }
    script_.takes = Script::all;
    script_.settles = true;
    start();
    EXPECT_EQ(counts().spool_restored.get(), 50'000U);
    rest(10);
    EXPECT_EQ(script_.delivered, lines(100'000, 50'000));
}

TEST_F(SpoolTransport, KeysComeBackWithTheirMessages) {
    start();
    const auto batch = numbers(0, 2);
    const std::string key = "k";
    batch->put_key({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
    test::add(*batch, "keyed\n");
    script_.settles = false;
    EXPECT_EQ(spool_->deliver(*batch, 0, {}), 3U);
    send(3, 1);
    stop();
    start();
    rest();
    ASSERT_EQ(script_.in_flight.size(), 4U);
    EXPECT_EQ(script_.in_flight[2].message, "keyed\n");
    EXPECT_EQ(script_.in_flight[2].key, key);
    EXPECT_FALSE(script_.in_flight[3].key);
}

TEST_F(SpoolTransport, ATicketPassesThroughWhenDirect) {
    start();
    script_.settles = false;
    Ticket ticket;
    EXPECT_EQ(spool_->deliver(*numbers(0, 10), 0, {.ticket = &ticket}), 10U);
    EXPECT_EQ(ticket.pending, 10U);
    script_.settle_all();
    EXPECT_EQ(ticket.pending, 0U);
}

TEST_F(SpoolTransport, AFullSpoolLosesTheOldestAndSaysSo) {
    options_.bytes = 1 << 20;
    options_.compression = "none";
    start();
    script_.takes = 0;
    for (int i = 0; i < 300; ++i) send(100'000 + i * 1000, 1000);
    const auto lost =
        static_cast<int>(counts().lost[static_cast<std::size_t>(Loss::spool_full)].get());
    EXPECT_GT(lost, 0);
    script_.takes = Script::all;
    rest(100);
    EXPECT_EQ(script_.delivered, lines(100'000 + lost, 300'000 - lost));
}

/// So many of `lines` have the account.
std::uint64_t of_account(const std::vector<std::string>& lines, std::uint32_t row) {
    std::uint64_t count = 0;
    for (const std::string& line : lines) {
        count += flow::row_of(test::account_of(std::stoi(line))) == row ? 1 : 0;
    }
    return count;
}

TEST_F(SpoolTransport, MessagesComeBackFromTheDiskToTheirAccounts) {
    start();
    script_.takes = 0;
    for (int i = 0; i < 10; ++i) send(i * 7, 7);
    for (std::uint32_t row = 0; row < 5; ++row) {
        EXPECT_EQ(
            spool_->ledger().account(0, row).spooled + spool_->ledger().account(1, row).spooled,
            of_account(lines(0, 70), row));
    }
    script_.takes = 33;
    rest();
    EXPECT_EQ(spool_->state(), TransportState::spooling);
    for (std::uint32_t row = 0; row < 5; ++row) {
        const TxAccount even = spool_->ledger().account(0, row);
        const TxAccount odd = spool_->ledger().account(1, row);
        EXPECT_EQ(even.delivered + odd.delivered, of_account(lines(0, 33), row)) << row;
        EXPECT_EQ(even.spooled + odd.spooled, of_account(lines(33, 37), row)) << row;
    }
    script_.takes = Script::all;
    rest();
    for (std::uint32_t row = 0; row < 5; ++row) {
        const TxAccount odd = spool_->ledger().account(1, row);  // the first batch's source
        std::uint64_t wanted = 0;
        for (int i = 0; i < 10; i += 2) wanted += of_account(lines(i * 7, 7), row);
        EXPECT_EQ(odd.delivered, wanted) << row;
        EXPECT_EQ(odd.spooled, 0U) << row;
    }
}

TEST_F(SpoolTransport, WhatAnEarlierRunLeftIsOfNoAccount) {
    start();
    script_.takes = 0;
    send(0, 20);
    kill();
    start();
    EXPECT_EQ(spool_->ledger().account(0, 0).restored, 20U);
    EXPECT_EQ(spool_->ledger().account(0, 0).spooled, 20U);
    send(20, 20);
    script_.takes = Script::all;
    rest();
    EXPECT_EQ(spool_->ledger().account(0, 0).delivered,
              20U + of_account(lines(20, 20), 0) - spool_->ledger().account(1, 0).taken);
    EXPECT_EQ(spool_->ledger().account(0, 1).restored, 0U);
    EXPECT_EQ(script_.delivered.size(), 40U);
}

TEST_F(SpoolTransport, AFullSpoolLosesByAccount) {
    options_.bytes = 1 << 20;
    options_.compression = "none";
    start();
    script_.takes = 0;
    for (int i = 0; i < 300; ++i) send(100'000 + i * 1000, 1000);
    const auto lost = static_cast<int>(counts().lost_by(Loss::spool_full));
    EXPECT_GT(lost, 0);
    for (std::uint32_t row = 0; row < 5; ++row) {
        EXPECT_EQ(spool_->ledger().account(0, row).lost_sum() +
                      spool_->ledger().account(1, row).lost_sum(),
                  of_account(lines(100'000, lost), row));
    }
}

TEST_F(SpoolTransport, ARowThatIsGivenAwayLeavesWhatIsOnDiskToTheOthers) {
    start();
    script_.takes = 0;
    const auto batch_of = [](std::uint8_t epoch) {
        auto batch = std::make_unique<flow::Batch>();
        for (int i = 0; i < 4; ++i) test::add(*batch, "x\n", flow::make_tag(6, epoch));
        return batch;
    };
    EXPECT_EQ(spool_->deliver(*batch_of(1), 0, {}), 4U);
    EXPECT_EQ(spool_->ledger().account(0, 6).spooled, 4U);
    EXPECT_EQ(spool_->deliver(*batch_of(2), 0, {}), 4U);
    EXPECT_EQ(spool_->ledger().account(0, 6).spooled, 4U);
    EXPECT_EQ(spool_->ledger().account(0, 0).spooled, 4U);
    script_.takes = Script::all;
    rest();
    EXPECT_EQ(spool_->ledger().account(0, 6).delivered, 4U);
    EXPECT_EQ(spool_->ledger().account(0, 0).delivered, 4U);
}

TEST_F(SpoolTransport, ADiskThatFailsIsForgivenOnceAllIsTaken) {
    start();
    std::filesystem::remove_all(folder_.path());
    std::ofstream{folder_.path()} << "in its place";
    script_.takes = 0;
    send(0, 10);
    send(10, 10);
    EXPECT_EQ(counts().lost[static_cast<std::size_t>(Loss::spool_failed)].get(), 20U);
    EXPECT_EQ(spool_->state(), TransportState::dropping);
    script_.takes = Script::all;
    send(20, 10);
    EXPECT_EQ(spool_->state(), TransportState::up);
    EXPECT_EQ(script_.delivered, lines(20, 10));
}

TEST_F(SpoolTransport, AClosedDestinationIsNotSpooledFor) {
    start();
    script_.takes = 0;
    script_.state = TransportState::closed;
    EXPECT_EQ(spool_->deliver(*numbers(0, 10), 0, {}), 0U);
    EXPECT_EQ(spool_->state(), TransportState::closed);
}

}  // namespace
}  // namespace flowd::spool

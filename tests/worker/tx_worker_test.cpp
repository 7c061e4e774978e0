// SPDX-License-Identifier: BSD-3-Clause
#include "worker/tx_worker.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "transport/file/transport.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

/// An RX worker that does nothing, for tests of the TX side.
class IdleRxWorker : public RxWorker {
public:
    void run() noexcept override {}
    std::size_t restore(const flow::LearntState&, std::uint32_t) noexcept override { return 0; }
    const flow::ShardState& state() const noexcept override { std::abort(); }
    bool can_hand_over() const noexcept override { return false; }
    const flow::PipelineStats& pipeline_stats() const noexcept override { return stats_; }
    const Outlet& outlet() const noexcept override { std::abort(); }
    const IngressStats& ingress_stats() const noexcept override { std::abort(); }
    const flow::Ledger& ledger() const noexcept override { std::abort(); }
    const flow::TraitsTable& traits() const noexcept override { std::abort(); }
    RxCut final_cut() const override { std::abort(); }

private:
    flow::PipelineStats stats_;
};

/// One that has already ended.
class EndedRxWorker final : public IdleRxWorker {
public:
    EndedRxWorker() { give_up(); }
};

void publish(BatchRing& ring, std::string_view text, flow::AccountTag account = 0) {
    flow::Batch* const batch = ring.acquire();
    ASSERT_NE(batch, nullptr);
    std::memcpy(batch->tail(), text.data(), text.size());
    batch->commit(text.size(), account);
    ring.publish(batch);
}

struct Bench {
    std::unique_ptr<BatchRing> ring = std::move(*BatchRing::create(3));
    StopFlags flags;
    EndedRxWorker source;
    std::string text;
    std::unique_ptr<test::RememberingTransport> transport =
        std::make_unique<test::RememberingTransport>(text);
};

TEST(TxWorker, DeliversInOrderGivesBatchesBackAndEndsWithItsSources) {
    Bench bench;
    publish(*bench.ring, "one ");
    publish(*bench.ring, "two ");
    publish(*bench.ring, "three");
    TxWorker worker{{bench.ring.get()}, {&bench.source}, std::move(bench.transport), bench.flags};
    worker.run();
    EXPECT_TRUE(worker.done());
    EXPECT_EQ(bench.text, "one two three");
    EXPECT_EQ(worker.counts().delivered.get(), 3u);
    EXPECT_EQ(worker.counts().bytes.get(), 13u);
    EXPECT_EQ(worker.counts().lost_sum(), 0u);
    for (int i = 0; i < 3; ++i) EXPECT_NE(bench.ring->acquire(), nullptr);
}

TEST(TxWorker, WaitsForASourceThatStillRuns) {
    Bench bench;
    IdleRxWorker source;
    TxWorker worker{{bench.ring.get()}, {&source}, std::move(bench.transport), bench.flags};
    std::thread thread{[&] { worker.run(); }};
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_FALSE(worker.done());
    publish(*bench.ring, "late");
    source.give_up();
    thread.join();
    EXPECT_EQ(bench.text, "late");
}

TEST(TxWorker, IsWokenByEachOfItsRings) {
    Bench bench;
    const auto second = std::move(*BatchRing::create(2));
    IdleRxWorker source;
    TxWorker worker{
        {bench.ring.get(), second.get()}, {&source}, std::move(bench.transport), bench.flags};
    std::thread thread{[&] { worker.run(); }};
    const auto round_trip = [&](BatchRing& ring) {
        const auto start = std::chrono::steady_clock::now();
        const std::uint64_t before = worker.counts().delivered.get();
        publish(ring, "x");
        ring.wake_reader();
        while (worker.counts().delivered.get() == before) std::this_thread::yield();
        return std::chrono::steady_clock::now() - start;
    };
    auto shortest = round_trip(*bench.ring);
    for (int i = 0; i < 5; ++i) {
        shortest = std::min(shortest, round_trip(*second));
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    EXPECT_LT(shortest, std::chrono::milliseconds{50});  // asleep, it looks that often by itself
    source.give_up();
    thread.join();
    EXPECT_EQ(bench.text, "xxxxxx");
}

TEST(TxWorker, CountsWhatTheTransportLoses) {
    Bench bench;
    bench.transport->behaviour = TransportState::dropping;
    publish(*bench.ring, "lost");
    TxWorker worker{{bench.ring.get()}, {&bench.source}, std::move(bench.transport), bench.flags};
    worker.run();
    EXPECT_EQ(worker.counts().lost_sum(), 1u);
    EXPECT_EQ(worker.counts().delivered.get(), 0u);
    EXPECT_TRUE(failed(worker.failure()));
    EXPECT_FALSE(worker.closed());
}

TEST(TxWorker, AClosedReaderShowsAtOnce) {
    Bench bench;
    bench.transport->behaviour = TransportState::closed;
    publish(*bench.ring, "nobody reads this");
    TxWorker worker{{bench.ring.get()}, {&bench.source}, std::move(bench.transport), bench.flags};
    worker.run();
    EXPECT_TRUE(worker.closed());
    EXPECT_EQ(worker.counts().lost_sum(), 1u);
}

TEST(TxWorker, KnowsWhoseMessagesItGotByTheirRing) {
    Bench bench;
    const auto second = std::move(*BatchRing::create(2));
    publish(*bench.ring, "one", flow::make_tag(5, 1));
    publish(*second, "two", flow::make_tag(5, 1));
    publish(*second, "three", flow::make_tag(6, 1));
    TxWorker worker{{bench.ring.get(), second.get()},
                    {&bench.source},
                    std::move(bench.transport),
                    bench.flags,
                    stop_patience_default,
                    0,
                    {.rx_workers = {2, 5}, .row_count = 10}};
    worker.run();
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> delivered;
    worker.ledger().for_each([&](std::uint32_t rx_worker, std::uint32_t row, const TxAccount& is) {
        if (is.delivered > 0) delivered[{rx_worker, row}] = is.delivered;
    });
    EXPECT_EQ(delivered, (decltype(delivered){{{2, 5}, 1}, {{5, 5}, 1}, {{5, 6}, 1}}));
    EXPECT_EQ(worker.cut().delivered, 3u);
}

TEST(TxWorker, WhatNobodyTakesIsLostByItsAccount) {
    Bench bench;
    bench.transport->takes_nothing = true;
    bench.flags.stop = bench.flags.hurry = true;
    publish(*bench.ring, "lost", flow::make_tag(3, 0));
    TxWorker worker{{bench.ring.get()},
                    {&bench.source},
                    std::move(bench.transport),
                    bench.flags,
                    stop_patience_default,
                    0,
                    {.rx_workers = {0}, .row_count = 10}};
    worker.run();
    EXPECT_EQ(worker.ledger().account(0, 3).lost[static_cast<std::size_t>(Loss::given_up)], 1u);
    EXPECT_EQ(worker.cut().lost_sum(), 1u);
    EXPECT_EQ(worker.cut().taken, 1u);
}

/// Two exporters fit, six come again and again, an hour apart: rows are given away all the time.
TEST(TxWorker, AgreesWithTheRxWorkerOnWhoseMessagesAre) {
    const auto payload = test::netflow5_payload(3);
    std::vector<flow::Datagram> datagrams;
    for (std::uint8_t turn = 0; turn < 60; ++turn) {
        for (int repeat = 0; repeat < turn % 4 + 1; ++repeat) {
            datagrams.push_back(flow::test::datagram(payload, 1'700'000'000u + turn * 3'600u));
            datagrams.back().source = flow::test::ipv4(192, 0, 2, turn % 6);
        }
    }
    Bench bench;
    test::PreparedIngress ingress{datagrams, false};
    RxSettings settings;
    settings.limits.templates = {.exporters_max = 2, .templates_max = 8};
    settings.limits.domains.domains_max = 2;
    settings.on_full = FullPolicy::wait;
    FormattingRxWorker<flow::json::Formatter> rx{
        flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, ingress,
        test::one_lane(*bench.ring, "\n"), settings, bench.flags};
    TxWorker worker{{bench.ring.get()},
                    {&rx},
                    std::move(bench.transport),
                    bench.flags,
                    stop_patience_default,
                    0,
                    {.rx_workers = {0}, .row_count = rx.ledger().row_count()}};
    std::thread thread{[&] { worker.run(); }};
    rx.run();
    thread.join();
    std::uint64_t of_others = 0;  // taken, and whose rows have another owner now
    std::map<std::uint32_t, TxAccount> taken;
    worker.ledger().for_each(
        [&](std::uint32_t, std::uint32_t row, const TxAccount& account) { taken[row] = account; });
    int rows = 0;
    std::uint64_t published_by_others = 0;
    EXPECT_TRUE(rx.ledger().for_each([&](std::uint32_t row, const flow::Account& account) {
        if (row == 0) {
            published_by_others = account.counts.published;
        } else if (taken[row].epoch == account.epoch) {
            EXPECT_EQ(taken[row].taken, account.counts.published) << row;
            rows += taken[row].taken > 0 ? 1 : 0;
        } else {
            EXPECT_EQ(account.counts.published, 0u) << row;
            of_others += taken[row].taken;
        }
    }));
    EXPECT_EQ(taken[0].taken + of_others, published_by_others);
    EXPECT_GT(published_by_others, 100u);
    EXPECT_GT(rows, 0);
    EXPECT_EQ(worker.cut().delivered, rx.pipeline_stats().flows);
}

/// A pipe that nobody reads holds the thread in write(2) with a batch half written.
TEST(TxWorker, StuckInASystemCallItStillGivesACutThatAddsUp) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    auto transport = file::open({.path = "/proc/self/fd/" + std::to_string(ends[1])});
    ASSERT_TRUE(transport) << transport.error().sentence;
    Bench bench;
    IdleRxWorker source;
    const std::string text(30'000, 'x');  // a pipe holds 64 KiB
    for (int i = 0; i < 3; ++i) publish(*bench.ring, text, flow::make_tag(4, 0));
    TxWorker worker{{bench.ring.get()},
                    {&source},
                    std::move(*transport),
                    bench.flags,
                    stop_patience_default,
                    0,
                    {.rx_workers = {0}, .row_count = 10}};
    std::thread thread{[&] { worker.run(); }};
    while (worker.cut().delivered < 2) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // it is in the third write now
    const TxCut stuck = worker.cut();
    const TxAccount account = worker.ledger().account(0, 4);
    EXPECT_EQ(stuck.delivered, 2u);
    EXPECT_EQ(stuck.taken, 2u);
    EXPECT_EQ(stuck.bytes, 60'000u);
    EXPECT_EQ(account.delivered, 2u);
    EXPECT_EQ(account.taken, 2u);
    source.give_up();
    std::vector<char> read(3 * text.size());
    for (std::size_t got = 0; got < read.size();) {
        const ssize_t count = ::read(ends[0], read.data(), read.size());
        ASSERT_GT(count, 0);
        got += static_cast<std::size_t>(count);
    }
    thread.join();
    EXPECT_EQ(worker.cut().delivered, 3u);
    EXPECT_EQ(worker.cut().taken, 3u);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace flowd

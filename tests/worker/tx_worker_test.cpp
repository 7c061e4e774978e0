// SPDX-License-Identifier: BSD-3-Clause
#include "worker/tx_worker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "flow/format/json/formatter.hpp"
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

private:
    flow::PipelineStats stats_;
};

/// One that has already ended.
class EndedRxWorker final : public IdleRxWorker {
public:
    EndedRxWorker() { give_up(); }
};

void publish(BatchRing& ring, std::string_view text) {
    flow::Batch* const batch = ring.acquire();
    ASSERT_NE(batch, nullptr);
    std::memcpy(batch->tail(), text.data(), text.size());
    batch->commit(text.size(), 0);
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
        publish(ring, "x");
        ring.wake_reader();
        const std::uint64_t before = worker.counts().delivered.get();
        while (worker.counts().delivered.get() == before && ring.waiting() > 0) {
            std::this_thread::yield();
        }
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

}  // namespace
}  // namespace flowd

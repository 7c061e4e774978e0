// SPDX-License-Identifier: BSD-3-Clause
// BatchRing: what goes in comes out, once, in order, between two threads, and without EAL (this
// program never calls rte_eal_init).
#include "ring/batch_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace flowd {
namespace {

std::unique_ptr<BatchRing> make(std::size_t batch_count) {
    auto ring = BatchRing::create(batch_count);
    EXPECT_TRUE(ring) << ring.error().sentence;
    return std::move(*ring);
}

void commit(flow::Batch& batch, std::uint64_t number) {
    std::memcpy(batch.tail(), &number, sizeof number);
    batch.commit(sizeof number, 0);
}

std::uint64_t number_in(const flow::Batch& batch, std::size_t index) {
    std::uint64_t number = 0;
    const flow::Bytes message = batch.message(index);
    EXPECT_EQ(message.size(), sizeof number);
    std::memcpy(&number, message.data(), sizeof number);
    return number;
}

TEST(BatchRing, GivesEveryBatchOnceThenNone) {
    for (const std::size_t count : {1U, 2U, 3U, 7U, 8U, 9U, 64U}) {
        const auto ring = make(count);
        EXPECT_EQ(ring->batch_count(), count);
        std::set<flow::Batch*> seen;
        for (std::size_t index = 0; index < count; ++index) {
            flow::Batch* batch = ring->acquire();
            ASSERT_NE(batch, nullptr);
            EXPECT_TRUE(batch->empty());
            seen.insert(batch);
        }
        EXPECT_EQ(seen.size(), count);
        EXPECT_EQ(ring->acquire(), nullptr);
    }
}

TEST(BatchRing, HoldsAllItsBatchesWhenNobodyTakes) {
    const auto ring = make(8);
    for (std::size_t index = 0; index < 8; ++index) ring->publish(ring->acquire());
    EXPECT_EQ(ring->waiting(), 8U);
    EXPECT_EQ(ring->acquire(), nullptr);
    for (std::size_t index = 0; index < 8; ++index) ring->give_back(ring->take());
    EXPECT_EQ(ring->waiting(), 0U);
    EXPECT_EQ(ring->take(), nullptr);
    EXPECT_NE(ring->acquire(), nullptr);
}

TEST(BatchRing, ClearsABatchThatComesBack) {
    const auto ring = make(1);
    flow::Batch* batch = ring->acquire();
    ASSERT_NE(batch, nullptr);
    commit(*batch, 42);
    ring->publish(batch);
    batch = ring->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(number_in(*batch, 0), 42U);
    EXPECT_EQ(ring->acquire(), nullptr);  // taken is not yet free
    ring->give_back(batch);
    batch = ring->acquire();
    ASSERT_NE(batch, nullptr);
    EXPECT_TRUE(batch->empty());
    EXPECT_EQ(batch->bytes().size(), 0U);
}

TEST(BatchRing, FirstBatchStartsOnAPage) {
    const auto ring = make(4);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(ring->acquire()) % 4096, 0U);
}

TEST(BatchRing, UsesTheBatchThatCameBackLast) {
    const auto ring = make(4);
    flow::Batch* const first = ring->acquire();
    flow::Batch* const second = ring->acquire();
    ring->publish(first);
    ring->publish(second);
    ring->give_back(ring->take());
    ring->give_back(ring->take());
    EXPECT_EQ(ring->acquire(), second);
    EXPECT_EQ(ring->acquire(), first);
}

TEST(BatchRing, WakesAWriterWhenHalfIsFree) {
    constexpr std::uint64_t hour_ns = 3'600'000'000'000;
    const auto ring = make(5);
    for (flow::Batch* batch = nullptr; (batch = ring->acquire()) != nullptr;) ring->publish(batch);
    std::atomic<bool> awake{false};
    std::thread writer{[&] {
        while (ring->acquire() == nullptr) ring->await_free(hour_ns);
        awake.store(true, std::memory_order_relaxed);
    }};
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    EXPECT_FALSE(awake.load(std::memory_order_relaxed));
    for (int i = 0; i < 3; ++i) ring->give_back(ring->take());
    writer.join();
    EXPECT_TRUE(awake.load(std::memory_order_relaxed));
}

TEST(BatchRing, WakesTheReaderAtTheBellThatItIsGiven) {
    constexpr std::uint64_t hour_ns = 3'600'000'000'000;
    const auto ring = make(2);
    ring->wake_reader();  // nobody sleeps: nothing happens
    Bell bell;
    ring->ring_at(bell);
    std::thread reader{[&] {
        const auto has_work = [&] { return ring->waiting() > 0; };
        while (!has_work()) bell.sleep(hour_ns, has_work);
    }};
    ring->publish(ring->acquire());
    ring->wake_reader();
    reader.join();
    EXPECT_EQ(ring->waiting(), 1U);
}

TEST(BatchRing, RefusesACountOutsideItsLimits) {
    for (const std::size_t count : {std::size_t{0}, BatchRing::batch_count_max + 1, SIZE_MAX}) {
        const auto ring = BatchRing::create(count);
        ASSERT_FALSE(ring);
        EXPECT_NE(ring.error().sentence.find(std::to_string(count)), std::string::npos);
        EXPECT_NE(ring.error().sentence.find("65536"), std::string::npos);
    }
}

TEST(BatchRing, KeepsOrderAndContentBetweenTwoThreads) {
    constexpr std::uint64_t batch_total = 20'000;
    constexpr std::uint64_t messages_per_batch = 5;
    const auto ring = make(16);
    std::thread rx{[&ring] {
        std::uint64_t number = 0;
        for (std::uint64_t sent = 0; sent < batch_total; ++sent) {
            flow::Batch* batch = ring->acquire();
            while (batch == nullptr) {
                std::this_thread::yield();
                batch = ring->acquire();
            }
            for (std::uint64_t n = 0; n < messages_per_batch; ++n) commit(*batch, number++);
            ring->publish(batch);
        }
    }};
    std::uint64_t expected = 0;
    std::uint64_t wrong = 0;
    for (std::uint64_t received = 0; received < batch_total;) {
        flow::Batch* batch = ring->take();
        if (batch == nullptr) {
            std::this_thread::yield();
            continue;
        }
        ++received;
        wrong += batch->message_count() != messages_per_batch;
        for (std::size_t index = 0; index < batch->message_count(); ++index) {
            wrong += number_in(*batch, index) != expected++;
        }
        ring->give_back(batch);
    }
    rx.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(expected, batch_total * messages_per_batch);
    EXPECT_EQ(ring->take(), nullptr);
}

}  // namespace
}  // namespace flowd

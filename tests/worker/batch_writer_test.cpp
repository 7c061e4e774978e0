// SPDX-License-Identifier: BSD-3-Clause
#include "worker/batch_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <thread>

namespace flowd {
namespace {

class BatchWriterTest : public testing::Test {
protected:
    std::unique_ptr<BatchRing> ring_ = std::move(*BatchRing::create(2));
    std::atomic<bool> give_up_{false};

    static bool put(BatchWriter& writer, std::size_t size, char fill = 'x') {
        std::uint8_t* const to = writer.reserve(size);
        if (to == nullptr) return false;
        std::fill_n(to, size, static_cast<std::uint8_t>(fill));
        writer.commit(to + size, 7);
        return true;
    }
};

std::string text_of(flow::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST_F(BatchWriterTest, EndsEachMessageWithTheTerminatorAndNamesItsExporter) {
    BatchWriter writer{*ring_, "\r\n", FullPolicy::drop, give_up_};
    ASSERT_TRUE(put(writer, 3, 'a'));
    ASSERT_TRUE(put(writer, 1, 'b'));
    writer.flush();
    flow::Batch* const batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(text_of(batch->bytes()), "aaa\r\nb\r\n");
    EXPECT_EQ(batch->message_count(), 2u);
    EXPECT_EQ(text_of(batch->message(1)), "b\r\n");
    EXPECT_EQ(batch->slot(1).account, 7u);
}

TEST_F(BatchWriterTest, TakesSeveralMessagesOfOneReservationWithGapsForTheTerminator) {
    BatchWriter writer{*ring_, "\r\n", FullPolicy::drop, give_up_};
    ASSERT_EQ(writer.gap(), 2U);
    std::uint8_t* to = writer.reserve(16);
    ASSERT_NE(to, nullptr);
    std::memcpy(to, "one..two..", 10);
    writer.commit(to + 3, 0);
    writer.commit(to + 8, 1);
    to = writer.reserve(16);
    ASSERT_NE(to, nullptr);
    std::memcpy(to, "three..four..", 13);
    writer.commit(std::array{to + 5, to + 11}, 2);
    writer.flush();
    flow::Batch* batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(text_of(batch->bytes()), "one\r\ntwo\r\nthree\r\nfour\r\n");
    EXPECT_EQ(batch->message_count(), 4U);
    EXPECT_EQ(batch->slot(1).account, 1U);
    EXPECT_EQ(batch->slot(3).account, 2U);
}

flow::Bytes key_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST_F(BatchWriterTest, EveryBatchHasTheKeysOfItsMessages) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_, true};
    ASSERT_TRUE(put(writer, 1, 'a'));
    writer.set_key(key_of("one"));
    ASSERT_TRUE(put(writer, 1, 'b'));
    writer.set_key(key_of("one"));
    ASSERT_TRUE(put(writer, 1, 'c'));
    const std::size_t used = 3 + flow::Batch::key_record_size(3);
    ASSERT_TRUE(put(writer, flow::Batch::message_size_max - used - 3 * sizeof(flow::MessageSlot)));
    ASSERT_TRUE(put(writer, 1, 'd'));
    writer.set_key(key_of("two"));
    ASSERT_TRUE(put(writer, 1, 'e'));
    writer.flush();
    const flow::Batch* batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    ASSERT_EQ(batch->message_count(), 4U);
    EXPECT_FALSE(batch->has_key(0));
    EXPECT_EQ(text_of(batch->key(1)), "one");
    EXPECT_EQ(batch->slot(1).key, batch->slot(3).key) << "stored once";
    EXPECT_EQ(text_of(batch->message(2)), "c");
    EXPECT_EQ(batch->room(), 0U);
    batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    ASSERT_EQ(batch->message_count(), 2U);
    EXPECT_EQ(text_of(batch->key(0)), "one");
    EXPECT_EQ(text_of(batch->key(1)), "two");
    EXPECT_EQ(text_of(batch->message(1)), "e");
}

TEST_F(BatchWriterTest, AMessageThatDoesNotFitBesideItsKeyIsTooLarge) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_, true};
    writer.set_key(key_of("key"));
    const std::size_t most = flow::Batch::message_size_max - flow::Batch::key_record_size(3);
    EXPECT_FALSE(put(writer, most + 1));
    EXPECT_EQ(writer.too_large_drops(), 1U);
    EXPECT_TRUE(put(writer, most));
}

TEST_F(BatchWriterTest, KeysOfMessagesThatNeverCameTakeNoRoomFromOthers) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_, true};
    writer.set_key(key_of("one"));
    ASSERT_NE(writer.reserve(1), nullptr);  // and nothing is committed
    writer.set_key(key_of("two"));
    const std::size_t most = flow::Batch::message_size_max - flow::Batch::key_record_size(3);
    ASSERT_TRUE(put(writer, most));
    writer.flush();
    const flow::Batch* const batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(batch->room(), 0U);
    EXPECT_EQ(text_of(batch->key(0)), "two");
}

TEST_F(BatchWriterTest, IgnoresKeysWithoutATransportThatHasThem) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    writer.set_key(key_of("one"));
    ASSERT_TRUE(put(writer, 1, 'a'));
    writer.flush();
    const flow::Batch* const batch = ring_->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_FALSE(batch->has_key(0));
    EXPECT_EQ(text_of(batch->bytes()), "a");
}

TEST_F(BatchWriterTest, FlushOfNothingPublishesNothing) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    writer.flush();
    EXPECT_EQ(ring_->take(), nullptr);
    EXPECT_TRUE(writer.empty());
}

TEST_F(BatchWriterTest, AMessageThatDoesNotFitStartsTheNextBatch) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    const std::size_t half = flow::Batch::page_size / 2;
    ASSERT_TRUE(put(writer, half));
    ASSERT_TRUE(put(writer, half));  // with its slot it does not fit behind the first
    flow::Batch* const first = ring_->take();
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->message_count(), 1u);
}

TEST_F(BatchWriterTest, WithoutAFreeBatchMessagesAreDroppedAndCounted) {
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    const std::size_t whole = flow::Batch::message_size_max;
    EXPECT_TRUE(put(writer, whole));
    EXPECT_TRUE(put(writer, whole));
    EXPECT_FALSE(put(writer, whole));
    EXPECT_FALSE(put(writer, 1));
    EXPECT_EQ(writer.ring_full_drops(), 2u);
    // The reader catches up, and messages go through again.
    ring_->give_back(ring_->take());
    EXPECT_TRUE(put(writer, 1));
    EXPECT_EQ(writer.ring_full_drops(), 2u);
}

TEST_F(BatchWriterTest, AMessageLargerThanABatchIsCountedAndLeavesTheBatchAlone) {
    BatchWriter writer{*ring_, "\n", FullPolicy::wait, give_up_};
    ASSERT_TRUE(put(writer, 5));
    EXPECT_FALSE(put(writer, flow::Batch::message_size_max));  // fits alone, not with its newline
    EXPECT_EQ(writer.too_large_drops(), 1u);
    EXPECT_EQ(writer.ring_full_drops(), 0u);
    EXPECT_FALSE(writer.empty());
}

TEST_F(BatchWriterTest, AWaitingWriterGoesOnWhenABatchComesBack) {
    BatchWriter writer{*ring_, "", FullPolicy::wait, give_up_};
    const std::size_t whole = flow::Batch::message_size_max;
    ASSERT_TRUE(put(writer, whole));
    ASSERT_TRUE(put(writer, whole));
    std::thread reader{[this] {
        flow::Batch* batch = nullptr;
        while (batch == nullptr) batch = ring_->take();
        ring_->give_back(batch);
    }};
    EXPECT_TRUE(put(writer, whole));
    reader.join();
    EXPECT_EQ(writer.ring_full_drops(), 0u);
}

TEST_F(BatchWriterTest, TellsAtOnceOfAFlushAndOfFullBatchesWhenTheyAreMany) {
    ring_ = std::move(*BatchRing::create(8));  // many are two
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    const std::size_t whole = flow::Batch::message_size_max;
    EXPECT_FALSE(writer.untold());
    ASSERT_TRUE(put(writer, 1));
    EXPECT_TRUE(writer.untold());
    writer.flush();
    EXPECT_FALSE(writer.untold());
    ring_->give_back(ring_->take());
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(put(writer, whole));
    writer.flush();  // both, and nothing remains
    EXPECT_EQ(ring_->waiting(), 2U);
    EXPECT_FALSE(writer.untold());
}

TEST_F(BatchWriterTest, GivesWayOnlyWhileMostBatchesWait) {
    ring_ = std::move(*BatchRing::create(4));
    BatchWriter writer{*ring_, "", FullPolicy::drop, give_up_};
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(put(writer, flow::Batch::message_size_max));
    writer.give_way();
    EXPECT_EQ(ring_->waiting(), 3U);  // it waits for nobody
    while (flow::Batch* const batch = ring_->take()) ring_->give_back(batch);
    writer.give_way();
    EXPECT_TRUE(put(writer, 1));
}

TEST_F(BatchWriterTest, AWaitingWriterGivesUpWhenToldTo) {
    BatchWriter writer{*ring_, "", FullPolicy::wait, give_up_};
    const std::size_t whole = flow::Batch::message_size_max;
    ASSERT_TRUE(put(writer, whole));
    ASSERT_TRUE(put(writer, whole));
    std::thread stopper{[this] { give_up_.store(true, std::memory_order_relaxed); }};
    EXPECT_FALSE(put(writer, whole));
    stopper.join();
    EXPECT_EQ(writer.ring_full_drops(), 1u);
}

}  // namespace
}  // namespace flowd

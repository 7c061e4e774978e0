// SPDX-License-Identifier: BSD-3-Clause
// Batch: messages from the front, slots from the back, and the place where they meet.
#include "flow/model/batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace flow {
namespace {

void add(Batch& batch, std::string_view message, AccountTag account = 0) {
    ASSERT_GE(batch.room(), message.size());
    std::copy(message.begin(), message.end(), batch.tail());
    batch.commit(message.size(), account);
}

std::string text(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Batch, StartsEmptyWithRoomForTheLargestMessage) {
    const auto batch = std::make_unique<Batch>();
    EXPECT_TRUE(batch->empty());
    EXPECT_EQ(batch->message_count(), 0U);
    EXPECT_TRUE(batch->bytes().empty());
    EXPECT_EQ(batch->room(), Batch::message_size_max);
}

TEST(Batch, GivesBackEachMessageAndItsExporter) {
    const auto batch = std::make_unique<Batch>();
    add(*batch, "first\n", 7);
    add(*batch, "", 8);
    add(*batch, "third\n", 9);
    ASSERT_EQ(batch->message_count(), 3U);
    EXPECT_EQ(text(batch->message(0)), "first\n");
    EXPECT_EQ(text(batch->message(1)), "");
    EXPECT_EQ(text(batch->message(2)), "third\n");
    EXPECT_EQ(batch->slot(0).account, 7U);
    EXPECT_EQ(batch->slot(2).account, 9U);
    EXPECT_EQ(text(batch->bytes()), "first\nthird\n");
}

TEST(Batch, TakesARowOfMessagesWithTheBytesBehindThem) {
    const auto batch = std::make_unique<Batch>();
    add(*batch, "zero\n");
    constexpr std::string_view row = "one\ntwo\n\n";
    std::uint8_t* const to = batch->tail();
    std::copy(row.begin(), row.end(), to);
    const std::array<std::uint8_t*, 3> ends{to + 3, to + 7, to + 8};
    batch->commit(ends, 1, 9);
    ASSERT_EQ(batch->message_count(), 4U);
    EXPECT_EQ(text(batch->message(0)), "zero\n");
    EXPECT_EQ(text(batch->message(1)), "one\n");
    EXPECT_EQ(text(batch->message(2)), "two\n");
    EXPECT_EQ(text(batch->message(3)), "\n") << "an empty one";
    EXPECT_EQ(batch->slot(0).account, 0U);
    EXPECT_EQ(batch->slot(3).account, 9U);
    add(*batch, "five\n", 7);
    EXPECT_EQ(text(batch->message(4)), "five\n");
    EXPECT_EQ(text(batch->bytes()), "zero\none\ntwo\n\nfive\n");
}

TEST(Batch, TheLargestMessageFillsIt) {
    const auto batch = std::make_unique<Batch>();
    const std::string large(Batch::message_size_max, 'x');
    add(*batch, large);
    EXPECT_EQ(batch->room(), 0U);
    EXPECT_EQ(text(batch->message(0)), large);
    EXPECT_EQ(batch->slot(0).end, Batch::message_size_max);
}

TEST(Batch, FilledToTheBrimLosesNothing) {
    const auto batch = std::make_unique<Batch>();
    std::string expected;
    for (char letter = 'a'; batch->room() >= 5; letter = letter == 'z' ? 'a' : letter + 1) {
        const std::string message(5, letter);
        add(*batch, message, static_cast<AccountTag>(letter));
        expected += message;
    }
    constexpr std::size_t each = 5 + sizeof(MessageSlot);
    EXPECT_EQ(batch->message_count(), Batch::page_size / each);
    EXPECT_EQ(text(batch->bytes()), expected);
    for (std::size_t i = 0; i < batch->message_count(); ++i) {
        const auto letter = static_cast<char>('a' + i % 26);
        ASSERT_EQ(text(batch->message(i)), std::string(5, letter));
        ASSERT_EQ(batch->slot(i).account, static_cast<AccountTag>(letter));
    }
}

Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Batch, GivesEachMessageTheKeyThatWasPutLast) {
    const auto batch = std::make_unique<Batch>();
    add(*batch, "none");
    batch->put_key(as_bytes("one"));
    add(*batch, "first");
    add(*batch, "second");
    batch->put_key(as_bytes("unused"));
    batch->put_key(as_bytes(""));
    constexpr std::string_view row = "third\nfourth\n";
    std::uint8_t* const to = batch->tail();
    std::copy(row.begin(), row.end(), to);
    batch->commit(std::array{to + 5, to + 12}, 1, 9);
    ASSERT_EQ(batch->message_count(), 5U);
    EXPECT_FALSE(batch->has_key(0));
    EXPECT_TRUE(batch->has_key(1));
    EXPECT_TRUE(batch->has_key(4)) << "an empty key is one";
    const std::array<std::string_view, 5> messages{"none", "first", "second", "third\n",
                                                   "fourth\n"};
    const std::array<std::string_view, 5> keys{"", "one", "one", "", ""};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ(text(batch->message(i)), messages[i]);
        if (batch->has_key(i)) {
            EXPECT_EQ(text(batch->key(i)), keys[i]);
        }
    }
    EXPECT_EQ(batch->slot(3).account, 9U);
    batch->clear();
    add(*batch, "new");
    EXPECT_FALSE(batch->has_key(0));
}

TEST(Batch, AKeyTakesItsRoom) {
    const auto batch = std::make_unique<Batch>();
    const std::size_t before = batch->room();
    batch->put_key(as_bytes("key"));
    EXPECT_EQ(batch->room(), before - Batch::key_record_size(3));
    EXPECT_TRUE(batch->empty());
}

TEST(Batch, ClearMakesItNew) {
    const auto batch = std::make_unique<Batch>();
    add(*batch, "old");
    batch->clear();
    EXPECT_TRUE(batch->empty());
    EXPECT_EQ(batch->room(), Batch::message_size_max);
    add(*batch, "new", 3);
    EXPECT_EQ(text(batch->bytes()), "new");
    EXPECT_EQ(batch->slot(0).account, 3U);
}

}  // namespace
}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Records: what is packed comes back, and nothing else does.
#include "transport/spool/record.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "transport/spool/codec.hpp"
#include "transport/spool/scripted.hpp"

namespace flowd::spool {
namespace {

using test::add;
using test::text;

flow::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// As the transport behind a spool sees a batch.
std::vector<std::string> seen(const flow::Batch& batch, std::size_t first = 0) {
    std::vector<std::string> all;
    for (std::size_t i = first; i < batch.message_count(); ++i) {
        all.push_back((batch.has_key(i) ? text(batch.key(i)) + "=" : "") + text(batch.message(i)));
    }
    return all;
}

std::unique_ptr<flow::Batch> with_keys() {
    auto batch = std::make_unique<flow::Batch>();
    add(*batch, "no key\n");
    batch->put_key(bytes("k1"));
    add(*batch, "one\n", flow::make_tag(5, 1));
    add(*batch, "two\n", flow::make_tag(5, 1));
    batch->put_key(bytes(""));
    add(*batch, "");
    batch->put_key(bytes("k1"));
    add(*batch, "four\n", flow::make_tag(6, 255));
    return batch;
}

[[nodiscard]] bool read(const std::vector<std::uint8_t>& packed, std::size_t size,
                        std::size_t messages, flow::Batch& batch) {
    const RecordHeader header{.message_count = static_cast<std::uint32_t>(messages)};
    return unpack({packed.data(), size}, header, Accounts::kept, batch).has_value();
}

std::vector<flow::AccountTag> accounts(const flow::Batch& batch, std::size_t first = 0) {
    std::vector<flow::AccountTag> all;
    for (std::size_t i = first; i < batch.message_count(); ++i) {
        all.push_back(batch.slot(i).account);
    }
    return all;
}

TEST(SpoolRecord, GivesBackMessagesAndKeysFromEveryFirstInEveryCompression) {
    const auto batch = with_keys();
    const auto back = std::make_unique<flow::Batch>();
    for (const std::string_view name : {"none", "lz4", "zstd"}) {
        Codec codec{compression_named(name)};
        for (std::size_t first = 0; first < batch->message_count(); ++first) {
            const flow::Bytes record = codec.encode(*batch, first, 7);
            const auto header = read_header(record.first<RecordHeader::size>());
            ASSERT_TRUE(header);
            std::memcpy(codec.stored(), record.data() + RecordHeader::size, header->stored_size);
            ASSERT_EQ(codec.decode(*header, Accounts::kept, *back), 7U) << name;
            EXPECT_EQ(seen(*back), seen(*batch, first)) << name;
            EXPECT_EQ(accounts(*back), accounts(*batch, first)) << name;
            std::memcpy(codec.stored(), record.data() + RecordHeader::size, header->stored_size);
            EXPECT_EQ(codec.decode(*header, Accounts::forgotten, *back), 0U) << name;
            EXPECT_EQ(accounts(*back), std::vector<flow::AccountTag>(back->message_count()));
        }
    }
}

TEST(SpoolRecord, FullBatchesFit) {
    const auto back = std::make_unique<flow::Batch>();
    std::vector<std::uint8_t> packed(packed_size_max);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{100}, flow::Batch::message_size_max}) {
        const auto batch = std::make_unique<flow::Batch>();
        const std::string message(size, 'x');
        while (batch->message_count() < messages_max &&
               batch->bytes().size() + (batch->message_count() + 1) * sizeof(flow::MessageSlot) +
                       size <=
                   flow::Batch::page_size) {
            add(*batch, message);
        }
        const std::size_t packed_size = pack(*batch, 0, 0, packed.data());
        ASSERT_LE(packed_size, packed_size_max);
        ASSERT_TRUE(read(packed, packed_size, batch->message_count(), *back)) << size;
        EXPECT_EQ(seen(*back), seen(*batch));
    }
}

TEST(SpoolRecord, EachCutOfPackedMessagesIsRefused) {
    const auto batch = with_keys();
    const auto back = std::make_unique<flow::Batch>();
    std::vector<std::uint8_t> packed(packed_size_max);
    const std::size_t size = pack(*batch, 0, 0, packed.data());
    for (std::size_t cut = 0; cut < size; ++cut) {
        EXPECT_FALSE(read(packed, cut, batch->message_count(), *back)) << cut;
        EXPECT_TRUE(back->empty());
    }
    EXPECT_FALSE(read(packed, size, batch->message_count() - 1, *back));
    EXPECT_FALSE(read(packed, size, batch->message_count() + 1, *back));
}

TEST(SpoolRecord, MoreMessagesThanABatchHoldsAreRefused) {
    const auto back = std::make_unique<flow::Batch>();
    std::vector<std::uint8_t> packed(2 + 3 * (messages_max + 1));
    EXPECT_TRUE(read(packed, 2 + 3 * messages_max, messages_max, *back));
    EXPECT_FALSE(read(packed, packed.size(), messages_max + 1, *back));
}

TEST(SpoolRecord, KeysThatDoNotFitAreRefused) {
    const auto back = std::make_unique<flow::Batch>();
    std::vector<std::uint8_t> packed(2);
    for (int i = 0; i < 2; ++i) {
        packed.insert(packed.end(), {1, 0xff, 0xff});
        packed.resize(packed.size() + 0xffff, 'k');
        packed.insert(packed.end(), {0, 0});
    }
    EXPECT_FALSE(read(packed, packed.size(), 2, *back));
}

}  // namespace
}  // namespace flowd::spool

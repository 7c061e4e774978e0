// SPDX-License-Identifier: BSD-3-Clause
// A segment cut at every byte, and with every byte changed: never a crash, never a message that was
// not written, and each one found at start is given back or lost by name.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "transport/ledger_sum.hpp"
#include "transport/spool/scripted.hpp"
#include "transport/spool/store.hpp"

namespace flowd::spool {
namespace {

using test::numbers;
using test::TempFolder;

constexpr int batches = 3;
constexpr int messages = 4;

std::string whole_segment(Compression compression) {
    const TempFolder folder;
    TransportCounts counts;
    TxLedger ledger;
    auto store =
        Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18, .compression = compression},
                    folder.path(), counts, ledger);
    for (int i = 0; i < batches; ++i) {
        (*store)->append(*numbers(i * messages, messages, " a a a a a a a a a a a\n"), 0, 0);
    }
    std::ifstream file{folder.segments().at(0), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The messages that a store gives back from a folder with this file.
std::vector<int> read_back(const std::string& segment, TransportCounts& counts) {
    TxLedger ledger;
    const TempFolder folder;
    std::ofstream{folder.path() + "/0000000100000000.seg", std::ios::binary} << segment;
    auto store = Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18}, folder.path(),
                             counts, ledger);
    std::vector<int> got;
    for (Store::Front front = (*store)->front(); front.batch != nullptr;
         front = (*store)->front()) {
        const std::size_t count = front.batch->message_count() - front.first;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string message = test::text(front.batch->message(front.first + i));
            EXPECT_EQ(message.find(" a a a a a a a a a a a\n"), message.size() - 23);
            got.push_back(std::stoi(message));
        }
        ledger.move(*front.batch, front.first, count, front.delivery.source, Place::spooled,
                    Place::delivered);
        (*store)->handed(count);
        counts.delivered.add(count);
    }
    test::expect_ledger_is(ledger, counts);
    EXPECT_EQ(counts.spooled.get(), 0U);
    test::expect_equation(counts);
    return got;
}

class SpoolDamage : public ::testing::TestWithParam<Compression> {
protected:
    void SetUp() override { log::set_level(log::Level::fatal); }
    void TearDown() override { log::set_level(log::Level::info); }
};

TEST_P(SpoolDamage, ATornTailIsCutAtEveryByte) {
    const std::string whole = whole_segment(GetParam());
    int most = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        TransportCounts counts;
        const std::vector<int> got = read_back(whole.substr(0, size), counts);
        EXPECT_EQ(counts.lost_sum(), 0U) << size;
        EXPECT_EQ(got.size() % messages, 0U) << size;
        for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<int>(i));
        EXPECT_GE(static_cast<int>(got.size()), most);
        most = static_cast<int>(got.size());
    }
    EXPECT_EQ(most, batches * messages);
}

TEST_P(SpoolDamage, AChangedByteGivesNoWrongMessage) {
    const std::string whole = whole_segment(GetParam());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {1, 0x80, 0xff}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            TransportCounts counts;
            const std::vector<int> got = read_back(changed, counts);
            EXPECT_LT(got.size(), static_cast<std::size_t>(batches * messages)) << at;
            EXPECT_TRUE(std::is_sorted(got.begin(), got.end())) << at;
            EXPECT_EQ(std::set<int>(got.begin(), got.end()).size(), got.size()) << at;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, SpoolDamage,
                         ::testing::Values(Compression::none, Compression::lz4, Compression::zstd));

/// As flowd wrote them before messages had accounts: file version 1, records "FSRC".
std::string segment_of_version_1() {
    const std::string packed{"\0\2\0a\n\1\1\0k\2\0b\n\2\2\0c\n", 18};
    std::string file(Segment::header_size + RecordHeader::size, '\0');
    auto* const header = reinterpret_cast<std::uint8_t*>(file.data());
    std::memcpy(header, "flwspool\1", 9);
    header[16] = static_cast<std::uint8_t>(Segment::header_size);
    store(header + 28, checksum_of({header, 28}));
    const auto size = static_cast<std::uint32_t>(packed.size());
    const flow::Bytes bytes{reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()};
    write({.message_count = 3,
           .stored_size = size,
           .packed_size = size,
           .checksum = checksum_of(bytes),
           .has_accounts = false},
          std::span<std::uint8_t, RecordHeader::size>{header + Segment::header_size,
                                                      RecordHeader::size});
    EXPECT_EQ(file.substr(Segment::header_size, 4), "FSRC");
    return file + packed;
}

TEST(SpoolSegment, OfVersion1IsReadAndBelongsToNobody) {
    const TempFolder folder;
    std::ofstream{folder.path() + "/0000000100000000.seg", std::ios::binary}
        << segment_of_version_1();
    TransportCounts counts;
    TxLedger ledger;
    auto store = Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18}, folder.path(),
                             counts, ledger);
    const Store::Front front = (*store)->front();
    ASSERT_NE(front.batch, nullptr);
    ASSERT_EQ(front.batch->message_count(), 3U);
    EXPECT_FALSE(front.batch->has_key(0));
    EXPECT_EQ(test::text(front.batch->key(2)), "k");
    EXPECT_EQ(test::text(front.batch->message(2)), "c\n");
    EXPECT_EQ(front.batch->slot(2).account, 0U);
    EXPECT_EQ(ledger.account(0, 0).restored, 3U);
}

TEST(SpoolDamageWhileRunning, TheRestOfASegmentIsLostByName) {
    const TempFolder folder;
    TransportCounts counts;
    TxLedger ledger;
    auto store = Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18}, folder.path(),
                             counts, ledger);
    counts.taken.add(30);
    for (int i = 0; i < 3; ++i) (*store)->append(*numbers(i * 10, 10), 0, 0);
    {
        std::fstream file{folder.segments().at(0)};
        file.seekp(Segment::header_size + 5);
        file.put('\x7f');
    }
    EXPECT_EQ((*store)->front().batch, nullptr);
    EXPECT_EQ(counts.lost[static_cast<std::size_t>(Loss::spool_failed)].get(), 30U);
    test::expect_equation(counts);
    EXPECT_EQ((*store)->unread(), 0U);
    test::expect_ledger_is(ledger, counts);
}

TEST(SpoolDamageWhileRunning, ADamagedRecordIsLostByTheAccountsThatItHeld) {
    const TempFolder folder;
    TransportCounts counts;
    TxLedger ledger;
    const std::vector<std::uint32_t> rx_workers{0};
    ledger.reserve(rx_workers, 10);
    auto store = Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18}, folder.path(),
                             counts, ledger);
    counts.taken.add(18);
    for (int i = 0; i < 3; ++i) (*store)->append(*numbers(i * 6, 6), 0, 0);
    {
        std::fstream file{folder.segments().at(0)};
        file.seekp(Segment::header_size + RecordHeader::size + 3);  // in the first one's messages
        file.put('\x7f');
    }
    std::size_t read = 0;
    for (Store::Front front = (*store)->front(); front.batch != nullptr;
         front = (*store)->front()) {
        const std::size_t count = front.batch->message_count();
        ledger.move(*front.batch, 0, count, 0, Place::spooled, Place::delivered);
        (*store)->handed(count);
        read += count;
    }
    counts.delivered.add(read);
    EXPECT_EQ(read, 12U);
    constexpr auto failed = static_cast<std::size_t>(Loss::spool_failed);
    for (const std::size_t row : {0U, 1U}) {
        EXPECT_EQ(ledger.account(0, row).lost[failed], 3U) << row;
    }
    EXPECT_EQ(ledger.account(0, 2).lost_sum(), 0U);
    test::expect_ledger_is(ledger, counts);
}

}  // namespace
}  // namespace flowd::spool

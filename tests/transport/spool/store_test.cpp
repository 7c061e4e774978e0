// SPDX-License-Identifier: BSD-3-Clause
// Store: a queue of batches on disk. The equation of its counts is checked after every test.
#include "transport/spool/store.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "transport/ledger_sum.hpp"
#include "transport/spool/scripted.hpp"

namespace flowd::spool {
namespace {

using test::numbers;
using test::TempFolder;
using test::text;

constexpr Limits roomy{.bytes_max = 1 << 20, .segment_bytes = 1 << 18};
constexpr Limits small{.bytes_max = 3000, .segment_bytes = 500, .compression = Compression::none};

struct Shop {
    explicit Shop(const std::string& folder, const Limits& limits = roomy) {
        auto opened = Store::open(limits, folder, counts, ledger);
        EXPECT_TRUE(opened) << opened.error().sentence;
        store = std::move(*opened);
        const std::vector<std::uint32_t> rx_workers{0, 1};
        ledger.reserve(rx_workers, 10);
    }
    ~Shop() {
        EXPECT_EQ(put + counts.spool_restored.get(),
                  got.size() + counts.lost_sum() + counts.spooled.get());
        const TxAccount sum = test::sum_of(ledger);
        EXPECT_EQ(sum.taken, put);
        EXPECT_EQ(sum.delivered, got.size());
        EXPECT_EQ(sum.spooled, counts.spooled.get());
        EXPECT_EQ(sum.lost[static_cast<std::size_t>(Loss::spool_full)], lost(Loss::spool_full));
        EXPECT_EQ(sum.lost[static_cast<std::size_t>(Loss::spool_failed)], lost(Loss::spool_failed));
    }
    void append(const flow::Batch& batch, std::size_t first = 0) {
        source ^= 1;
        store->append(batch, first, source);
        put += batch.message_count() - first;
    }
    void read(std::size_t messages = SIZE_MAX) {
        while (messages > 0) {
            const Store::Front front = store->front();
            if (front.batch == nullptr) return;
            const std::size_t count =
                std::min(messages, front.batch->message_count() - front.first);
            for (std::size_t i = 0; i < count; ++i) {
                got.push_back(text(front.batch->message(front.first + i)));
            }
            ledger.move(*front.batch, front.first, count, front.delivery.source, Place::spooled,
                        Place::delivered);
            store->handed(count);
            messages -= count;
        }
    }
    std::uint64_t lost(Loss loss) { return counts.lost[static_cast<std::size_t>(loss)].get(); }

    TransportCounts counts;
    TxLedger ledger;
    std::unique_ptr<Store> store;
    std::uint32_t source = 0;
    std::uint64_t put = 0;
    std::vector<std::string> got;
};

std::vector<std::string> lines(int first, int count) {
    std::vector<std::string> all;
    for (int i = first; i < first + count; ++i) all.push_back(std::to_string(i) + "\n");
    return all;
}

TEST(SpoolStore, KeepsOrderAcrossSegments) {
    const TempFolder folder;
    Shop shop{folder.path(), {.bytes_max = 1 << 20, .segment_bytes = 100}};
    for (int i = 0; i < 20; ++i) shop.append(*numbers(i * 10, 10));
    EXPECT_GT(folder.segments().size(), 3U);
    shop.read();
    EXPECT_EQ(shop.got, lines(0, 200));
    shop.store->settle();
    EXPECT_TRUE(folder.segments().empty());
}

TEST(SpoolStore, RestoresAfterAKillAndResumesAfterAClose) {
    const TempFolder folder;
    {
        Shop shop{folder.path()};
        shop.append(*numbers(0, 10));
        shop.append(*numbers(8, 12), 2);
        shop.read(5);
    }
    {
        Shop shop{folder.path()};
        EXPECT_EQ(shop.counts.spool_restored.get(), 20U) << "killed: the whole segment again";
        shop.read(13);
        EXPECT_EQ(shop.got, lines(0, 13));
        shop.store->close();
        EXPECT_EQ(shop.counts.spooled.get(), 7U);
    }
    for (int i = 0; i < 2; ++i) {
        Shop shop{folder.path()};
        EXPECT_EQ(shop.counts.spool_restored.get(), 7U) << "closed: what is left";
        if (i == 1) {
            shop.read();
            EXPECT_EQ(shop.got, lines(13, 7));
        }
        shop.store->close();
    }
    EXPECT_TRUE(folder.segments().empty());
}

TEST(SpoolStore, AKilledProcessLosesNothingThatItHadAppended) {
    for (const unsigned us : {3'000U, 9'000U, 20'000U}) {
        const TempFolder folder;
        int said[2];
        ASSERT_EQ(::pipe(said), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            TransportCounts counts;
            TxLedger ledger;
            auto store = Store::open({.bytes_max = 1 << 28, .segment_bytes = 1 << 16},
                                     folder.path(), counts, ledger);
            for (int i = 0; i < 2'000; ++i) {  // fewer than the spool has room for
                (*store)->append(*numbers(i * 1000, 1000), 0, 0);
                if (::write(said[1], &i, sizeof i) != sizeof i) ::_exit(1);
            }
            for (;;) ::pause();
        }
        ::close(said[1]);
        int last = -1;
        ASSERT_EQ(::read(said[0], &last, sizeof last), ssize_t{sizeof last});
        ::usleep(us);
        ::kill(child, SIGKILL);
        while (::read(said[0], &last, sizeof last) == ssize_t{sizeof last}) continue;
        ::close(said[0]);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        Shop shop{folder.path()};
        shop.read();
        EXPECT_GE(shop.got.size(), static_cast<std::size_t>(last + 1) * 1000);
        EXPECT_EQ(shop.got, lines(0, static_cast<int>(shop.got.size())));
        EXPECT_EQ(shop.counts.lost_sum(), 0U);
    }
}

TEST(SpoolStore, DamagedSegmentsAreCounted) {
    const TempFolder folder;
    {
        Shop shop{folder.path(), {.bytes_max = 1 << 20, .segment_bytes = 100}};
        for (int i = 0; i < 3; ++i) shop.append(*numbers(i * 10, 10));
        shop.store->close();
    }
    const auto segments = folder.segments();
    ASSERT_GE(segments.size(), 3U);
    std::filesystem::resize_file(segments[0], std::filesystem::file_size(segments[0]) - 1);
    std::ofstream{segments[1]} << std::string(100, 'x');
    Shop shop{folder.path()};
    EXPECT_EQ(shop.counts.spool_damaged.get(), 2U);
    shop.read();
    EXPECT_EQ(shop.got.back(), "29\n") << "it goes on behind them";
}

TEST(SpoolStore, AFullOneDropsTheOldest) {
    const TempFolder folder;
    Shop shop{folder.path(), small};
    for (int i = 0; i < 100; ++i) shop.append(*numbers(1000 + i * 10, 10));
    std::uintmax_t bytes = 0;
    for (const std::string& each : folder.segments()) bytes += std::filesystem::file_size(each);
    EXPECT_LE(bytes, small.bytes_max);
    const std::uint64_t lost = shop.lost(Loss::spool_full);
    EXPECT_GT(lost, 0U);
    shop.read();
    EXPECT_EQ(shop.got, lines(1000 + static_cast<int>(lost), 1000 - static_cast<int>(lost)));
}

TEST(SpoolStore, ASegmentStaysUntilItsMessagesAreSettled) {
    const TempFolder folder;
    Shop shop{folder.path()};
    shop.append(*numbers(0, 3));
    Ticket* const ticket = shop.store->front().delivery.ticket;
    ticket->pending = 3;
    shop.read();
    shop.store->settle();
    EXPECT_EQ(folder.segments().size(), 1U);
    ticket->pending = 0;
    shop.store->settle();
    EXPECT_TRUE(folder.segments().empty());
}

TEST(SpoolStore, ATicketOutlivesASegmentThatIsDropped) {
    const TempFolder folder;
    Shop shop{folder.path(), small};
    shop.append(*numbers(1000, 10));
    Ticket* const ticket = shop.store->front().delivery.ticket;
    shop.read(4);
    ticket->pending = 4;
    for (int i = 1; i < 100; ++i) shop.append(*numbers(1000 + i * 10, 10));
    EXPECT_EQ(shop.store->segment_of(ticket), shop.store->end());
    ticket->pending -= 4;
    shop.store->settle();
    shop.read();
}

TEST(SpoolStore, TwoDoNotShareAFolder) {
    const TempFolder folder;
    const Shop shop{folder.path()};
    TransportCounts counts;
    TxLedger ledger;
    const auto second = Store::open(roomy, folder.path(), counts, ledger);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().sentence,
              "transport.spool.path: " + folder.path() + ": is in use by another process");
}

TEST(SpoolStore, AFolderThatCannotBeMadeIsAFailure) {
    TransportCounts counts;
    TxLedger ledger;
    EXPECT_FALSE(Store::open(roomy, "/dev/null/spool", counts, ledger));
}

TEST(SpoolStore, AFolderThatWasRemovedIsMadeAgain) {
    const TempFolder folder;
    Shop shop{folder.path() + "/0", {.bytes_max = 1 << 20, .segment_bytes = 64}};
    std::filesystem::remove_all(folder.path() + "/0");
    shop.append(*numbers(0, 30));
    shop.append(*numbers(30, 30));
    shop.read();
    EXPECT_EQ(shop.got, lines(0, 60));
}

TEST(SpoolStore, SegmentsThatVanishAreLostByName) {
    const TempFolder folder;
    { Shop{folder.path()}.append(*numbers(0, 30)); }
    Shop shop{folder.path()};
    std::filesystem::remove(folder.segments().at(0));
    shop.read();
    EXPECT_EQ(shop.lost(Loss::spool_failed), 30U);
}

TEST(SpoolStore, AFullDiskLosesBatchesUntilThereIsRoom) {
    const TempFolder folder;
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
        GTEST_SKIP() << "mount is not permitted";
    }
    {
        Shop shop{
            folder.path(),
            {.bytes_max = 1 << 24, .segment_bytes = 1 << 16, .compression = Compression::none}};
        for (int i = 0; i < 100; ++i) shop.append(*numbers(i * 1000, 1000));
        EXPECT_TRUE(shop.store->failing());
        EXPECT_GT(shop.lost(Loss::spool_failed), 0U);
        shop.read();
        shop.store->settle();
        shop.append(*numbers(0, 10));
        EXPECT_FALSE(shop.store->failing());
        shop.read();
    }
    ::umount(folder.path().c_str());
}

TEST(SpoolStore, OtherFilesAreLeftAlone) {
    const TempFolder folder;
    std::ofstream{folder.path() + "/0000000100000000.seg"} << std::string(100, 'x');
    std::ofstream{folder.path() + "/notes.txt"} << "mine";
    Shop shop{folder.path()};
    shop.append(*numbers(0, 10));
    shop.read();
    EXPECT_EQ(shop.got, lines(0, 10));
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/notes.txt"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/0000000100000000.seg.bad"));
}

}  // namespace
}  // namespace flowd::spool

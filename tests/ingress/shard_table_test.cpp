// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/shard_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace flowd {
namespace {

flow::Address address(std::uint32_t number) {
    return flow::Address::from(std::array<std::uint8_t, 4>{
        10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
        static_cast<std::uint8_t>(number)});
}

std::vector<std::uint8_t> ipfix_header(std::uint32_t domain) {
    std::vector<std::uint8_t> bytes(16);
    bytes[1] = 10;
    for (int i = 0; i < 4; ++i) {
        bytes[12 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(domain >> (24 - 8 * i));
    }
    return bytes;
}

std::vector<std::uint8_t> netflow5_header() {
    std::vector<std::uint8_t> bytes(24);
    bytes[1] = 5;
    return bytes;
}

TEST(ShardTable, WhoAsksFirstHasTheBucket) {
    ShardTable table{4, 1};
    EXPECT_EQ(table.owner(7), ShardTable::nobody);
    EXPECT_EQ(table.owner_of(7, 2), 2U);
    EXPECT_EQ(table.owner_of(7, 3), 2U);
    table.set_owner(7, 1);
    EXPECT_EQ(table.owner_of(7, 3), 1U);
}

TEST(ShardTable, DealingOutIsEvenAndTakesNothingAway) {
    ShardTable table{4, 1};
    EXPECT_EQ(table.owner_of(0, 3), 3U);
    table.deal_out();
    EXPECT_EQ(table.owner(0), 3U);
    std::array<int, 4> counts{};
    for (std::uint32_t bucket = 0; bucket < ShardTable::bucket_count; ++bucket) {
        ++counts.at(table.owner(static_cast<std::uint16_t>(bucket)));
    }
    for (const int count : counts) EXPECT_NEAR(count, 1024, 1);
}

TEST(ShardTable, ASourceHasOnePlaceWhateverItSends) {
    const ShardTable table{4, 99};
    const auto first = table.place_of(address(1), ipfix_header(1));
    const auto second = table.place_of(address(1), ipfix_header(2));
    EXPECT_EQ(first.bucket, second.bucket);
    EXPECT_EQ(first.bucket, first.source_bucket);
    EXPECT_FALSE(first.dealt);
    std::set<std::uint16_t> buckets;
    for (std::uint32_t i = 0; i < 1000; ++i) buckets.insert(table.place_of(address(i), {}).bucket);
    EXPECT_GT(buckets.size(), 850U) << "of 4,096, by a fair hash, about 888";
}

TEST(ShardTable, ASplitSourceIsSpreadByDomainAndWithoutTemplatesDealt) {
    ShardTable table{4, 5};
    const auto whole = table.place_of(address(1), ipfix_header(1));
    table.split(whole.source_bucket);
    std::set<std::uint16_t> buckets;
    for (std::uint32_t domain = 0; domain < 64; ++domain) {
        const auto place = table.place_of(address(1), ipfix_header(domain));
        EXPECT_EQ(place.source_bucket, whole.source_bucket);
        EXPECT_FALSE(place.dealt);
        EXPECT_EQ(place.bucket, table.place_of(address(1), 10, domain).bucket)
            << "as the state of the domain says";
        buckets.insert(place.bucket);
    }
    EXPECT_GT(buckets.size(), 55U);
    EXPECT_TRUE(table.place_of(address(1), netflow5_header()).dealt);
    EXPECT_FALSE(table.place_of(address(2), netflow5_header()).dealt);
}

TEST(ShardTable, AMoveConcernsItsBucketAndASplitItsSources) {
    const ShardPlace plain{.source_bucket = 3, .bucket = 3};
    const ShardPlace split{.source_bucket = 3, .bucket = 9};
    const ShardMove none{};
    const ShardMove bucket{ShardMove::Kind::bucket, 9};
    const ShardMove source{ShardMove::Kind::split, 3};
    EXPECT_FALSE(none.concerns(plain));
    EXPECT_FALSE(bucket.concerns(plain));
    EXPECT_TRUE(bucket.concerns(split));
    EXPECT_TRUE(source.concerns(plain));
    EXPECT_TRUE(source.concerns(split));
}

TEST(ShardTable, EveryWorkerMustHaveSeenTheEpoch) {
    ShardTable table{2, 1};
    const std::uint32_t epoch = table.publish();
    EXPECT_EQ(table.epoch(), epoch);
    EXPECT_FALSE(table.all_saw(epoch));
    table.saw(0, epoch);
    EXPECT_FALSE(table.all_saw(epoch));
    table.saw(1, epoch);
    EXPECT_TRUE(table.all_saw(epoch));
    EXPECT_FALSE(table.all_saw(table.publish()));
}

TEST(ShardTable, ABucketGoesToOneOfManyThatAskAtOnce) {
    ShardTable table{8, 1};
    std::array<std::array<std::uint32_t, ShardTable::bucket_count>, 8> answers{};
    std::vector<std::thread> threads;
    for (std::uint32_t self = 0; self < 8; ++self) {
        threads.emplace_back([&, self] {
            for (std::uint32_t bucket = 0; bucket < ShardTable::bucket_count; ++bucket) {
                answers[self][bucket] = table.owner_of(static_cast<std::uint16_t>(bucket), self);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::uint32_t self = 1; self < 8; ++self) EXPECT_EQ(answers[self], answers[0]);
}

TEST(ShardTable, LoadsAreCountedByOwner) {
    ShardTable table{2, 1};
    table.add_load(1, 7, 1400);
    table.add_load(1, 7, 100);
    EXPECT_EQ(table.load(1, 7), 1500U);
    EXPECT_EQ(table.load(0, 7), 0U);
    EXPECT_FALSE(table.all_left());
    table.leave();
    table.leave();
    EXPECT_TRUE(table.all_left());
}

}  // namespace
}  // namespace flowd

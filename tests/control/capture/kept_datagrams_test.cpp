// SPDX-License-Identifier: BSD-3-Clause
#include "control/capture/kept_datagrams.hpp"

#include <gtest/gtest.h>

namespace flowd {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

void add(KeptDatagrams& kept, std::uint64_t at_seconds, std::size_t size = 100) {
    const std::vector<std::uint8_t> payload(size, static_cast<std::uint8_t>(at_seconds));
    kept.add({.received_ns = at_seconds * second, .payload = payload});
}

std::vector<std::uint64_t> times(const KeptDatagrams& kept) {
    std::vector<std::uint64_t> all;
    kept.for_each([&](const TappedDatagram& each) {
        EXPECT_EQ(each.payload.front(), static_cast<std::uint8_t>(each.received_ns / second));
        all.push_back(each.received_ns / second);
    });
    return all;
}

TEST(KeptDatagrams, KeepsTheLastSeconds) {
    KeptDatagrams kept{{.seconds = 3, .bytes = 1 << 20}};
    for (std::uint64_t at = 1; at <= 10; ++at) add(kept, at);
    kept.expire(10 * second);
    EXPECT_EQ(times(kept), (std::vector<std::uint64_t>{7, 8, 9, 10}));
    EXPECT_FALSE(kept.overflowed());
    kept.expire(100 * second);
    EXPECT_EQ(kept.size(), 0u);
    EXPECT_EQ(kept.bytes(), 0u);
}

TEST(KeptDatagrams, WithoutRoomTheOldestGoes) {
    KeptDatagrams kept{{.seconds = 100, .bytes = 1'000}};
    for (std::uint64_t at = 1; at <= 10; ++at) add(kept, at, 200);
    EXPECT_LE(kept.bytes(), 1'000u);
    EXPECT_TRUE(kept.overflowed());
    EXPECT_TRUE(kept.overflowed(times(kept).front() * second - second));
    EXPECT_FALSE(kept.overflowed(times(kept).front() * second));
    ASSERT_FALSE(times(kept).empty());
    EXPECT_EQ(times(kept).back(), 10u);
    add(kept, 11, 5'000);  // larger than all the room
    EXPECT_EQ(kept.size(), 0u);
}

}  // namespace
}  // namespace flowd

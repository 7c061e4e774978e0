// SPDX-License-Identifier: BSD-3-Clause
#include "worker/tap.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace flowd {
namespace {

using flow::Error;

flow::Address address_of(std::uint8_t last) {
    const std::array<std::uint8_t, 4> octets{192, 0, 2, last};
    return flow::Address::from(octets);
}

flow::Datagram datagram_of(const std::vector<std::uint8_t>& payload, std::uint8_t last = 1,
                           std::uint64_t received_ns = 5'000'000'000) {
    return {.payload = payload,
            .source = address_of(last),
            .source_port = 4000,
            .destination_port = 2055,
            .received_ns = received_ns};
}

std::size_t count(Tap& tap) {
    std::size_t sum = 0;
    tap.drain([&](const TappedDatagram&) { ++sum; });
    return sum;
}

TEST(Tap, GivesBackWhatItWasOffered) {
    Tap tap{{.all = true}};
    const std::vector<std::uint8_t> payload{1, 2, 3, 4, 5};
    tap.offer(datagram_of(payload), Error::bad_length);
    std::vector<std::uint8_t> got;
    tap.drain([&](const TappedDatagram& kept) {
        got.assign(kept.payload.begin(), kept.payload.end());
        EXPECT_EQ(kept.source, address_of(1));
        EXPECT_EQ(kept.source_port, 4000);
        EXPECT_EQ(kept.destination_port, 2055);
        EXPECT_EQ(kept.received_ns, 5'000'000'000u);
        EXPECT_EQ(kept.outcome, Error::bad_length);
    });
    EXPECT_EQ(got, payload);
    EXPECT_EQ(count(tap), 0u);
}

TEST(Tap, TakesOneExporterOnlyWhenAsked) {
    Tap tap{{.all = true, .only = address_of(2)}};
    const std::vector<std::uint8_t> payload(20);
    for (std::uint8_t last = 1; last <= 3; ++last) tap.offer(datagram_of(payload, last), {});
    EXPECT_EQ(count(tap), 1u);
    Tap of_port{{.all = true, .only = address_of(2), .only_port = 4001}};
    of_port.offer(datagram_of(payload, 2), {});
    EXPECT_EQ(count(of_port), 0u);
}

TEST(Tap, OfErrorsTakesAFewASecondForEachExporterAndReason) {
    Tap tap{{.errors = true}};
    const std::vector<std::uint8_t> payload(20);
    for (int i = 0; i < 100; ++i) {
        tap.offer(datagram_of(payload), Error::none);
        tap.offer(datagram_of(payload), Error::truncated);
        tap.offer(datagram_of(payload), Error::bad_length);
    }
    EXPECT_EQ(count(tap), 2u * Tap::errors_per_second);
    EXPECT_EQ(tap.skipped(), 200u - 2u * Tap::errors_per_second);
    tap.offer(datagram_of(payload, 1, 6'000'000'000), Error::truncated);
    EXPECT_EQ(count(tap), 1u);
}

TEST(Tap, TellsErrorsWithinTheShareFromWhatElseIsWanted) {
    Tap tap{{.errors = true, .all = true, .only = address_of(1)}};
    const std::vector<std::uint8_t> payload(20);
    for (int i = 0; i < 100; ++i) {
        tap.offer(datagram_of(payload), Error::truncated);
        tap.offer(datagram_of(payload), Error::none);
        tap.offer(datagram_of(payload, 2), Error::truncated);
    }
    std::size_t all = 0;
    std::size_t errors = 0;
    tap.drain([&](const TappedDatagram& kept) {
        ++all;
        errors += kept.for_errors ? 1 : 0;
        EXPECT_TRUE(!kept.for_errors || failed(kept.outcome));
    });
    EXPECT_EQ(all, 200u + Tap::errors_per_second);
    EXPECT_EQ(errors, 2u * Tap::errors_per_second);
    EXPECT_EQ(tap.skipped(), 200u - errors);
    Tap only_all{{.all = true}};
    only_all.offer(datagram_of(payload), Error::truncated);
    only_all.drain([](const TappedDatagram& kept) { EXPECT_FALSE(kept.for_errors); });
}

TEST(Tap, FullMeansTheNewestIsLostAndCounted) {
    Tap tap{{.all = true, .bytes = 1}};
    const std::vector<std::uint8_t> payload(60'000);
    for (int i = 0; i < 10; ++i) tap.offer(datagram_of(payload), {});
    const std::size_t kept = count(tap);
    EXPECT_EQ(kept, 4u);  // of 60,056 bytes in 262,144
    EXPECT_EQ(tap.lost(), 10u - kept);
    tap.offer(datagram_of(payload), {});
    EXPECT_EQ(count(tap), 1u);
}

TEST(Tap, AReaderBesideTheWriterSeesEveryDatagramInOrder) {
    Tap tap{{.all = true}};
    constexpr std::uint32_t total = 200'000;
    std::thread writer{[&] {
        std::vector<std::uint8_t> payload(4);
        for (std::uint32_t i = 0; i < total; ++i) {
            payload.resize(4 + i % 1400);
            std::memcpy(payload.data(), &i, sizeof i);
            const std::uint64_t lost = tap.lost();
            tap.offer(datagram_of(payload), {});
            if (tap.lost() == lost) continue;
            --i;  // again, when there is room
            std::this_thread::yield();
        }
    }};
    std::uint32_t next = 0;
    while (next < total) {
        tap.drain([&](const TappedDatagram& kept) {
            std::uint32_t number = 0;
            std::memcpy(&number, kept.payload.data(), sizeof number);
            ASSERT_EQ(number, next);
            ASSERT_EQ(kept.payload.size(), 4 + next % 1400);
            ++next;
        });
    }
    writer.join();
}

TEST(TapPlace, IsSettledWhenTheWorkerHasLooked) {
    TapPlace place;
    Tap tap{{}};
    EXPECT_TRUE(place.settled());
    place.put(&tap);
    EXPECT_FALSE(place.settled());
    EXPECT_EQ(place.refresh(), &tap);
    EXPECT_TRUE(place.settled());
    place.put(nullptr);
    EXPECT_FALSE(place.settled());
    EXPECT_EQ(place.refresh(), nullptr);
    EXPECT_TRUE(place.settled());
}

TEST(TapPlace, IsNotSettledByWhatWasThereBefore) {
    TapPlace place;
    Tap tap{{}};
    place.put(&tap);
    place.put(nullptr);  // the worker may have been about to use it
    EXPECT_FALSE(place.settled());
    EXPECT_EQ(place.refresh(), nullptr);
    EXPECT_TRUE(place.settled());
}

}  // namespace
}  // namespace flowd

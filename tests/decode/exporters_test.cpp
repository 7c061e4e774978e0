// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/exporters.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "flow/base/bytes.hpp"

namespace flow {
namespace {

constexpr std::uint32_t now = 1'700'000'000;

/// 10.x.y.z of a number.
Address address(std::uint32_t number) {
    const std::array<std::uint8_t, 4> octets{10, static_cast<std::uint8_t>(number >> 16),
                                             static_cast<std::uint8_t>(number >> 8),
                                             static_cast<std::uint8_t>(number)};
    return Address::from(octets);
}

Address random_address(std::mt19937_64& random) {
    std::array<std::uint8_t, 16> octets;
    for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random());
    return Address::from(octets);
}

TEST(Exporters, KeepTheirIndex) {
    Exporters exporters{4, 1};
    const ExporterIndex first = exporters.enter(address(1), now).index;
    const ExporterIndex second = exporters.enter(address(2), now).index;
    EXPECT_NE(first, Exporters::other);
    EXPECT_NE(second, Exporters::other);
    EXPECT_NE(first, second);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(exporters.enter(address(1), now).index, first);
        EXPECT_EQ(exporters.enter(address(1), now).index, first) << "of the datagram before";
        EXPECT_EQ(exporters.enter(address(2), now).index, second);
    }
    EXPECT_EQ(exporters.size(), 2u);
    EXPECT_EQ(exporters.address(first), address(1));
    EXPECT_EQ(exporters.address(second), address(2));
    EXPECT_EQ(exporters.evictions(), 0u);
}

TEST(Exporters, TellAnIpv4AddressFromAnIpv6OneOfTheSameBytes) {
    const std::array<std::uint8_t, 16> octets{10, 0, 0, 1};
    Exporters exporters{4, 1};
    EXPECT_NE(exporters.enter(address(1), now).index,
              exporters.enter(Address::from(octets), now).index);
}

TEST(Exporters, WithoutRoomForOneAreAllTheSame) {
    Exporters exporters{0, 1};
    for (std::uint32_t i = 0; i < 10; ++i) {
        const Exporters::Entry entry = exporters.enter(address(i), now);
        EXPECT_EQ(entry.index, Exporters::other);
        EXPECT_FALSE(entry.evicted);
    }
    EXPECT_EQ(exporters.size(), 0u);
}

TEST(Exporters, WithoutTemplatesGiveWayToANewcomer) {
    Exporters exporters{2, 1};
    const ExporterIndex first = exporters.enter(address(1), now).index;
    const ExporterIndex second = exporters.enter(address(2), now).index;
    EXPECT_EQ(exporters.size(), 2u);
    const Exporters::Entry third = exporters.enter(address(3), now);
    EXPECT_TRUE(third.evicted);
    EXPECT_TRUE(third.index == first || third.index == second);
    EXPECT_EQ(exporters.address(third.index), address(3));
    EXPECT_EQ(exporters.template_count(third.index), 0u);
    EXPECT_EQ(exporters.size(), 2u);
    EXPECT_EQ(exporters.evictions(), 1u);
    EXPECT_EQ(exporters.enter(address(3), now).index, third.index);
    EXPECT_FALSE(exporters.enter(address(3), now).evicted);
}

TEST(Exporters, ThatSpeakAgainOutliveThoseThatDoNot) {
    Exporters exporters{3, 1};
    for (std::uint32_t i = 1; i <= 3; ++i) static_cast<void>(exporters.enter(address(i), now));
    const ExporterIndex kept = exporters.enter(address(2), now).index;
    const ExporterIndex also_kept = exporters.enter(address(1), now).index;
    static_cast<void>(exporters.enter(address(4), now));
    EXPECT_EQ(exporters.address(kept), address(2));
    EXPECT_EQ(exporters.address(also_kept), address(1));
}

/// An exporter whose templates data has used, a minute after it came.
ExporterIndex proven(Exporters& exporters, const Address& address, std::uint32_t at) {
    const std::uint32_t before = at - Exporters::proven_after_seconds;
    static_cast<void>(exporters.enter(address, before));
    const ExporterIndex index = exporters.enter(address, at).index;
    exporters.set_template_count(index, 1);
    exporters.prove(index, at);
    return index;
}

TEST(Exporters, WithProvenTemplatesAreKeptUntilTheyAreStale) {
    Exporters exporters{2, 1};
    for (std::uint32_t i = 1; i <= 2; ++i) proven(exporters, address(i), now);
    const Exporters::Entry early =
        exporters.enter(address(3), now + Exporters::stale_after_seconds);
    EXPECT_EQ(early.index, Exporters::other);
    EXPECT_FALSE(early.evicted);

    const std::uint32_t later = now + Exporters::stale_after_seconds + 1;
    const ExporterIndex alive = exporters.enter(address(1), later).index;
    const Exporters::Entry late = exporters.enter(address(3), later);
    EXPECT_TRUE(late.evicted);
    EXPECT_NE(late.index, alive);
    EXPECT_EQ(exporters.address(alive), address(1));
    EXPECT_EQ(exporters.template_count(alive), 1u);
    EXPECT_EQ(exporters.template_count(late.index), 0u);
}

TEST(Exporters, WithTemplatesThatNoDataUsedAreKeptForAMinute) {
    Exporters exporters{1, 1};
    const ExporterIndex index = exporters.enter(address(1), now).index;
    exporters.set_template_count(index, 1);
    exporters.prove(index, now);  // too soon to count
    EXPECT_EQ(exporters.enter(address(2), now + 60).index, Exporters::other);
    EXPECT_TRUE(exporters.enter(address(2), now + 61).evicted);
}

// Whoever holds every place with spoofed sources has to keep them all talking.
TEST(Exporters, ThatAreSilentGiveWayToOneThatAsksForLong) {
    Exporters exporters{4, 1};
    for (std::uint32_t i = 1; i <= 4; ++i) proven(exporters, address(i), now);
    std::uint32_t seconds = now;
    while (exporters.enter(address(9), ++seconds).index == Exporters::other) {
        ASSERT_LT(seconds, now + 300) << "long before they are stale";
        static_cast<void>(exporters.enter(address(1), seconds));
    }
    EXPECT_GT(seconds, now + 60);
    EXPECT_FALSE(exporters.enter(address(1), seconds).fresh) << "the one that kept talking stays";
}

TEST(Exporters, BehindOneAddressAreOneUnlessTheKeyHasThePort) {
    Exporters by_address{4, 1};
    EXPECT_EQ(by_address.enter(address(1), 1000, now).index,
              by_address.enter(address(1), 2000, now).index);
    EXPECT_EQ(by_address.port(1), 0u);
    Exporters by_both{4, 1, TemplateKey::address_port};
    const ExporterIndex first = by_both.enter(address(1), 1000, now).index;
    const Exporters::Entry second = by_both.enter(address(1), 2000, now);
    EXPECT_NE(first, second.index);
    EXPECT_TRUE(second.fresh);
    EXPECT_EQ(by_both.enter(address(1), 1000, now).index, first);
    EXPECT_EQ(by_both.port(first), 1000u);
    EXPECT_EQ(by_both.port(second.index), 2000u);
}

TEST(Exporters, AreNotStaleWhenTheClockStepsBack) {
    Exporters exporters{1, 1};
    const ExporterIndex kept = exporters.enter(address(1), now).index;
    exporters.set_template_count(kept, 1);
    EXPECT_EQ(exporters.enter(address(2), now - 1).index, Exporters::other);
    EXPECT_EQ(exporters.address(kept), address(1));
}

TEST(Exporters, OutliveTheWrapOfAClockOf32Bits) {
    Exporters exporters{1, 1};
    proven(exporters, address(1), UINT32_MAX - 10);
    EXPECT_EQ(exporters.enter(address(2), 100).index, Exporters::other);
    EXPECT_TRUE(exporters.enter(address(2), Exporters::stale_after_seconds).evicted);
}

// Sixteen real exporters keep sending while a million sources are spoofed.
TEST(Exporters, WithTemplatesSurviveAFloodOfSpoofedSources) {
    constexpr std::uint32_t real_count = 16;
    Exporters exporters{256, 99};
    std::vector<ExporterIndex> real;
    for (std::uint32_t i = 0; i < real_count; ++i) {
        real.push_back(exporters.enter(address(i), now).index);
        exporters.set_template_count(real.back(), 3);
    }
    std::mt19937_64 random{5};
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        const std::uint32_t seconds = now + i / 1000;
        const Exporters::Entry spoofed = exporters.enter(random_address(random), seconds);
        ASSERT_LE(spoofed.index, 256u);
        if (i % 1000 != 0) continue;
        for (std::uint32_t each = 0; each < real_count; ++each) {
            const Exporters::Entry entry = exporters.enter(address(each), seconds);
            ASSERT_EQ(entry.index, real[each]);
            ASSERT_FALSE(entry.evicted);
        }
    }
    EXPECT_EQ(exporters.size(), 256u);
    EXPECT_GT(exporters.evictions(), 900'000u);
    for (const ExporterIndex index : real) EXPECT_EQ(exporters.template_count(index), 3u);
}

// Spoofed sources may even teach templates: the table is bounded, and the newcomers share `other`.
TEST(Exporters, AreBoundedWhenEverySpoofedSourceHasATemplate) {
    Exporters exporters{64, 3};
    std::mt19937_64 random{6};
    std::uint32_t others = 0;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        const Exporters::Entry entry = exporters.enter(random_address(random), now);
        ASSERT_LE(entry.index, 64u);
        if (entry.index == Exporters::other) {
            ++others;
        } else {
            exporters.set_template_count(entry.index, 1);
        }
    }
    EXPECT_EQ(others, 10'000u - 64u);
    EXPECT_EQ(exporters.size(), 64u);
    EXPECT_EQ(exporters.evictions(), 0u);
}

}  // namespace
}  // namespace flow

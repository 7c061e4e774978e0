// SPDX-License-Identifier: BSD-3-Clause
// Addresses by the examples of RFC 5952 and against inet_ntop; MACs against printf.
#include "flow/format/render/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "judge.hpp"

namespace flow::render {
namespace {

std::string printed(Bytes address) {
    std::array<std::uint8_t, ip_size_max + overshoot_max> room{};
    const std::uint8_t* end = ip(room.data(), address);
    return {static_cast<const std::uint8_t*>(room.data()), end};
}

std::string reprinted(const char* text) {
    std::array<std::uint8_t, 16> octets{};
    EXPECT_EQ(inet_pton(AF_INET6, text, octets.data()), 1) << text;
    return printed(octets);
}

std::string printed_mac(std::uint64_t value) {
    std::array<std::uint8_t, mac_size + overshoot_max> room{};
    const std::uint8_t* end = mac(room.data(), value);
    return {static_cast<const std::uint8_t*>(room.data()), end};
}

TEST(Ip, Ipv4PrintsAsDottedQuad) {
    using Quad = std::array<std::uint8_t, 4>;
    EXPECT_EQ(printed(Quad{0, 0, 0, 0}), "0.0.0.0");
    EXPECT_EQ(printed(Quad{255, 255, 255, 255}), "255.255.255.255");
    EXPECT_EQ(printed(Quad{9, 10, 99, 100}), "9.10.99.100");
}

TEST(Ip, OtherSizesPrintNothing) {
    const std::vector<std::uint8_t> octets(64, 1);
    for (std::size_t size = 0; size <= octets.size(); ++size) {
        const bool is_address = size == 4 || size == 16;
        EXPECT_EQ(printed({octets.data(), size}).empty(), !is_address) << size;
    }
}

TEST(Ip, LongestRunOfZeroGroupsIsShortened) {
    EXPECT_EQ(reprinted("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");  // first of equals
    EXPECT_EQ(reprinted("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");        // the longer one
    EXPECT_EQ(reprinted("1:0:0:2:3:0:0:0"), "1:0:0:2:3::");
    EXPECT_EQ(reprinted("0:0:0:1:2:3:4:5"), "::1:2:3:4:5");
}

TEST(Ip, SingleZeroGroupIsNotShortened) {
    EXPECT_EQ(reprinted("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
    EXPECT_EQ(reprinted("0:1:0:1:0:1:0:1"), "0:1:0:1:0:1:0:1");
}

TEST(Ip, AllAndNearlyAllZero) {
    EXPECT_EQ(reprinted("::"), "::");
    EXPECT_EQ(reprinted("::1"), "::1");
    EXPECT_EQ(reprinted("1::"), "1::");
}

TEST(Ip, DigitsAreLowerCaseWithoutLeadingZeros) {
    EXPECT_EQ(reprinted("ABCD:EF01:0234:0056:0007:FFFF:1000:0A0B"),
              "abcd:ef01:234:56:7:ffff:1000:a0b");
}

TEST(Ip, Ipv4MappedPrintsAsIpv4) {
    EXPECT_EQ(reprinted("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(reprinted("::ffff:0.0.0.0"), "0.0.0.0");
}

TEST(Ip, NearlyMappedStaysIpv6) {
    EXPECT_EQ(reprinted("::fffe:c000:201"), "::fffe:c000:201");
    EXPECT_EQ(reprinted("::1:ffff:c000:201"), "::1:ffff:c000:201");
    EXPECT_EQ(reprinted("::c000:201"), "::c000:201");
    EXPECT_EQ(reprinted("64:ff9b::c000:201"), "64:ff9b::c000:201");
}

TEST(Ip, RandomAddressesEqualInetNtop) {
    std::mt19937_64 random{5952};
    for (int i = 0; i < 100'000; ++i) {
        std::array<std::uint8_t, 16> octets{};
        const std::uint64_t zero_share = random() % 8;
        for (std::size_t group = 0; group < 8; ++group) {
            if (random() % 8 < zero_share) continue;
            const auto value = static_cast<std::uint16_t>(random() >> random() % 16);
            const bool is_mapped_mark = group == 5 && random() % 4 == 0;
            octets[2 * group] = is_mapped_mark ? 0xff : static_cast<std::uint8_t>(value >> 8);
            octets[2 * group + 1] = is_mapped_mark ? 0xff : static_cast<std::uint8_t>(value);
        }
        const Bytes address{octets.data(), i % 4 == 0 ? 4U : 16U};
        ASSERT_EQ(printed(address), test::judged_ip(address));
    }
}

TEST(Ip, EverySetOfZeroGroupsEqualsInetNtop) {
    for (unsigned zeros = 0; zeros < 256; ++zeros) {
        std::array<std::uint8_t, 16> octets{};
        for (std::size_t group = 0; group < 8; ++group) {
            octets[2 * group + 1] = (zeros >> group & 1) != 0 ? 0 : 0x1f;
        }
        ASSERT_EQ(printed(octets), test::judged_ip(octets)) << zeros;
    }
}

TEST(Mac, LowFortyEightBitsAsPairs) {
    EXPECT_EQ(printed_mac(0), "00:00:00:00:00:00");
    EXPECT_EQ(printed_mac(0x0200'0000'0001), "02:00:00:00:00:01");
    EXPECT_EQ(printed_mac(0xa9bc'def0'9f1a), "a9:bc:de:f0:9f:1a");
    EXPECT_EQ(printed_mac(0xffff'ffff'ffff'ffff), "ff:ff:ff:ff:ff:ff");
    EXPECT_EQ(printed_mac(0x1234'0000'0000'0000), "00:00:00:00:00:00");
}

TEST(Mac, RandomValuesEqualPrintf) {
    std::mt19937_64 random{48};
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t value = random();
        ASSERT_EQ(printed_mac(value), test::judged_mac(value));
    }
}

}  // namespace
}  // namespace flow::render

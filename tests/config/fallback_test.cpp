// SPDX-License-Identifier: BSD-3-Clause
// Prefixes with a rate, and what is wrong with some.
#include "config/fallback.hpp"

#include <gtest/gtest.h>

namespace flowd::config {
namespace {

std::string failure(const std::string& entry) {
    const auto rates = parse_fallback({entry});
    return rates ? "" : rates.error().sentence;
}

flow::SamplingFallback one(const std::string& entry) {
    const auto rates = parse_fallback({entry});
    EXPECT_TRUE(rates) << rates.error().sentence;
    return rates && rates->size() == 1 ? rates->front() : flow::SamplingFallback{};
}

flow::Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {.octets = {a, b, c, d}, .size = 4};
}

TEST(Fallback, APrefixHasARate) {
    EXPECT_EQ(one("192.0.2.0/24=1000"),
              (flow::SamplingFallback{.network = ipv4(192, 0, 2, 0), .bits = 24, .rate = 1000}));
    EXPECT_EQ(one(" 192.0.2.9 = 5 "),
              (flow::SamplingFallback{.network = ipv4(192, 0, 2, 9), .bits = 32, .rate = 5}));
    EXPECT_EQ(one("2001:db8::1=512").bits, 128);
    EXPECT_EQ(one("2001:db8::/32=0x10").rate, 16U);
}

TEST(Fallback, BitsBehindThePrefixAreCleared) {
    EXPECT_EQ(one("192.0.2.255/25=1").network, ipv4(192, 0, 2, 128));
    EXPECT_EQ(one("192.0.2.255/0=1").network, ipv4(0, 0, 0, 0));
    EXPECT_EQ(one("192.0.2.255/7=1").network, ipv4(192, 0, 0, 0));
    EXPECT_EQ(one("2001:db8::ffff/127=1").network.octets[15], 0xfe);
}

TEST(Fallback, ANumberIsForAll) {
    const auto rates = parse_fallback({"100", "10.0.0.0/8=1"});
    ASSERT_TRUE(rates);
    ASSERT_EQ(rates->size(), 3U);
    EXPECT_EQ((*rates)[0],
              (flow::SamplingFallback{.network = ipv4(0, 0, 0, 0), .bits = 0, .rate = 100}));
    EXPECT_EQ((*rates)[1].network.size, 16);
    EXPECT_EQ((*rates)[1].bits, 0);
    EXPECT_TRUE(parse_fallback({})->empty());
}

TEST(Fallback, WrongOnesAreNamed) {
    EXPECT_EQ(failure("x"), "\"x\": \"x\" is no sampling rate");
    EXPECT_EQ(failure(""), "\"\": \"\" is no sampling rate");
    EXPECT_EQ(failure("0"), "\"0\": rate 0 is below 1");
    EXPECT_EQ(failure("10.0.0.0/8=4294967296"),
              "\"10.0.0.0/8=4294967296\": rate 4294967296 is above 4294967295");
    EXPECT_EQ(failure("router=5"), "\"router=5\": \"router\" is no IP address or prefix");
    EXPECT_EQ(failure("10.0.0.0/33=5"),
              "\"10.0.0.0/33=5\": \"10.0.0.0/33\": the prefix must have 0 to 32 bits");
    EXPECT_EQ(failure("::/129=5"), "\"::/129=5\": \"::/129\": the prefix must have 0 to 128 bits");
    EXPECT_EQ(failure("10.0.0.0/=5"),
              "\"10.0.0.0/=5\": \"10.0.0.0/\": the prefix must have 0 to 32 bits");
}

TEST(Fallback, ThereIsAMost) {
    const std::vector<std::string> entries(fallback_rates_max + 1, "10.0.0.0/8=1");
    const auto rates = parse_fallback(entries);
    ASSERT_FALSE(rates);
    EXPECT_EQ(rates.error().sentence, "1025 networks are above 1024");
}

}  // namespace
}  // namespace flowd::config

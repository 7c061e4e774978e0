// SPDX-License-Identifier: BSD-3-Clause
// Address: two families, one form for each exporter.
#include "flow/model/address.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace flow {
namespace {

constexpr std::array<std::uint8_t, 4> four{192, 0, 2, 1};
constexpr std::array<std::uint8_t, 16> six{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
                                           0,    0,    0,    0,    0, 0, 0, 1};
constexpr std::array<std::uint8_t, 16> mapped{0, 0, 0,    0,    0,   0, 0, 0,
                                              0, 0, 0xff, 0xff, 192, 0, 2, 1};

TEST(Address, KeepsItsBytes) {
    const Address address = Address::from(four);
    EXPECT_EQ(address.size, 4);
    EXPECT_TRUE(std::equal(four.begin(), four.end(), address.bytes().begin()));
    EXPECT_TRUE(std::all_of(address.octets.begin() + 4, address.octets.end(),
                            [](std::uint8_t octet) { return octet == 0; }));
    EXPECT_EQ(Address::from(six).size, 16);
    EXPECT_EQ(Address::from(six).octets, six);
}

TEST(Address, MappedIsIpv4) {
    EXPECT_EQ(Address::from(mapped), Address::from(four));
    for (std::size_t at = 0; at < 12; ++at) {
        auto almost = mapped;
        almost[at] ^= 1;
        EXPECT_EQ(Address::from(almost).size, 16) << at;
    }
}

TEST(Address, AnyOtherSizeIsNone) {
    for (const std::size_t size : {0U, 1U, 3U, 5U, 15U, 17U}) {
        const std::vector<std::uint8_t> bytes(size, 1);
        EXPECT_EQ(Address::from(bytes), Address{}) << size;
        EXPECT_TRUE(Address::from(bytes).bytes().empty());
    }
}

TEST(Address, FamiliesWithTheSameFirstBytesDiffer) {
    auto long_form = six;
    std::fill(long_form.begin(), long_form.end(), std::uint8_t{0});
    std::copy(four.begin(), four.end(), long_form.begin());
    EXPECT_NE(Address::from(long_form), Address::from(four));
    EXPECT_NE(hash(Address::from(long_form), 1), hash(Address::from(four), 1));
}

TEST(Address, TheHashFollowsAddressAndSeed) {
    EXPECT_EQ(hash(Address::from(mapped), 5), hash(Address::from(four), 5));
    EXPECT_NE(hash(Address::from(four), 5), hash(Address::from(four), 6));
    EXPECT_NE(hash(Address::from(six), 5), hash(Address::from(four), 5));
}

}  // namespace
}  // namespace flow

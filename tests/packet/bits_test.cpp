// SPDX-License-Identifier: BSD-3-Clause
// extract_bits(): both rules, against a slow one bit by bit for what they have in common.
#include "flow/packet/bits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flow::packet {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets extract(const Octets& data, BitRange range, Dialect dialect = Dialect::standard) {
    Extracted out;
    out.fill(0x5a);
    const Bytes bytes = extract_bits(data, range, dialect, out);
    EXPECT_TRUE(bytes.empty() || bytes.data() == out.data());
    return {bytes.begin(), bytes.end()};
}

const Octets data{0xaa, 0x55, 0xab, 0x56};

TEST(Bits, WholeBytesAreCopied) {
    EXPECT_EQ(extract(data, {16, 16}), (Octets{0xab, 0x56}));
    EXPECT_EQ(extract(data, {24, 8}), Octets{0x56});
    EXPECT_EQ(extract(data, {24, 32}), (Octets{0x56, 0, 0, 0}));
}

TEST(Bits, AnyStartIsShiftedToTheLeft) {
    EXPECT_EQ(extract(data, {4, 16}), (Octets{0xa5, 0x5a}));
    EXPECT_EQ(extract(data, {1, 8}), Octets{0x54});
}

TEST(Bits, TheLastByteIsShiftedToTheRight) {
    EXPECT_EQ(extract(data, {4, 4}), Octets{0x0a});
    EXPECT_EQ(extract(data, {4, 6}), Octets{0x29});
    EXPECT_EQ(extract(data, {20, 6}), Octets{0x2d});
    EXPECT_EQ(extract(data, {5, 10}), (Octets{0x4a, 0x02}));
    EXPECT_EQ(extract({0xab, 0xcd}, {0, 12}), (Octets{0xab, 0x0c}));
}

TEST(Bits, BehindTheDataAreZeros) {
    EXPECT_EQ(extract(data, {30, 10}), (Octets{0x80, 0}));
    EXPECT_EQ(extract(data, {30, 2}), Octets{0x02});
    EXPECT_EQ(extract(data, {32, 16}), (Octets{0, 0}));
    EXPECT_EQ(extract(data, {32, 1}), Octets{0});
}

TEST(Bits, NothingOfNothing) {
    EXPECT_TRUE(extract(data, {33, 8}).empty());
    EXPECT_TRUE(extract(data, {0, 0}).empty());
    EXPECT_TRUE(extract(data, {~std::uint64_t{0}, ~std::uint64_t{0}}).empty());
    EXPECT_EQ(extract({}, {0, 8}), Octets{0});
    EXPECT_TRUE(extract({}, {1, 8}).empty());
    EXPECT_TRUE(extract(data, {32, 8}, Dialect::goflow2_v1).empty());
    EXPECT_TRUE(extract({}, {0, 8}, Dialect::goflow2_v1).empty());
}

TEST(Bits, LongRangesAreCut) {
    const Octets long_data(100, 0xff);
    const std::uint64_t most = ~std::uint64_t{0};
    EXPECT_EQ(extract(long_data, {3, most}), Octets(extracted_size_max, 0xff));
    EXPECT_EQ(extract(long_data, {8, most}, Dialect::goflow2_v1).size(), extracted_size_max);
    EXPECT_EQ(extract(long_data, {3, 512}, Dialect::goflow2_v1).size(), extracted_size_max);
}

TEST(Bits, EveryBitIsWhereItBelongs) {
    Octets bytes;
    for (unsigned i = 0; i < 12; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 89 + 7));
    const auto bit = [&](std::size_t i) {
        return i / 8 < bytes.size() ? bytes[i / 8] >> (7 - i % 8) & 1 : 0;
    };
    for (std::size_t offset = 0; offset <= 96; ++offset) {
        for (std::size_t length = 1; length <= 40; ++length) {
            Octets expected;
            for (std::size_t done = 0; done < length; done += 8) {
                unsigned value = 0;
                for (std::size_t i = done; i < length && i < done + 8; ++i) {
                    value = value << 1 | unsigned(bit(offset + i));
                }
                expected.push_back(static_cast<std::uint8_t>(value));
            }
            ASSERT_EQ(extract(bytes, {offset, length}), expected) << offset << ' ' << length;
            ASSERT_EQ(extract(bytes, {offset, length}, Dialect::goflow2_v2), expected);
        }
    }
}

TEST(Bits, AsV1WholeBytesAreCopiedAndCut) {
    constexpr auto v1 = Dialect::goflow2_v1;
    EXPECT_EQ(extract(data, {8, 16}, v1), (Octets{0x55, 0xab}));
    EXPECT_EQ(extract(data, {24, 32}, v1), Octets{0x56});
}

TEST(Bits, AsV1TheResultStandsAtTheLeft) {
    constexpr auto v1 = Dialect::goflow2_v1;
    EXPECT_EQ(extract(data, {0, 4}, v1), Octets{0xa0});
    EXPECT_EQ(extract(data, {8, 12}, v1), (Octets{0x55, 0xa0}));
    // The mask is for where the range ends in its byte, but comes after the shift.
    EXPECT_EQ(extract({0x0f}, {4, 2}, v1), Octets{0xf0 & 0xfc});
}

TEST(Bits, AsV1OneByteMoreAndTheWrongBitsShiftedIn) {
    constexpr auto v1 = Dialect::goflow2_v1;
    // 0xab << 4 with the low half of 0xcd; then 0xcd << 4.
    EXPECT_EQ(extract({0xab, 0xcd}, {4, 8}, v1), (Octets{0xbd, 0xd0}));
}

}  // namespace
}  // namespace flow::packet

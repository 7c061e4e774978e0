// SPDX-License-Identifier: BSD-3-Clause
// Headers with right lengths and checksums; fragments put together are the datagram.
#include "tools/gen/framer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace flowd::gen {
namespace {

using Octets = std::vector<std::uint8_t>;

FramePlan plan() {
    return {.mac = {2, 0, 0, 0, 0, 9},
            .destination = {192, 0, 2, 1},
            .destination6 = {0x20, 1, 0xd, 0xb8, 0xff}};
}

struct Datagram {
    explicit Datagram(std::size_t size, bool is_v6 = false, Protocol protocol = Protocol::ipfix) {
        for (std::size_t i = 0; i < size; ++i) payload.push_back(static_cast<std::uint8_t>(i * 7));
        sent.payload = payload;
        sent.address = is_v6 ? std::array<std::uint8_t, 16>{0x20, 1, 0xd, 0xb8, 0, 5}
                             : std::array<std::uint8_t, 16>{10, 0, 0, 5};
        sent.address_size = is_v6 ? 16 : 4;
        sent.port = 40005;
        sent.exporter = 5;
        sent.protocol = protocol;
    }
    Octets payload;
    Sent sent;
};

std::uint64_t number(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.subspan(at, size)) value = value << 8 | byte;
    return value;
}

/// The sum over a UDP datagram and its pseudo header is all ones when the checksum is right.
bool is_sound(std::span<const std::uint8_t> udp, std::span<const std::uint8_t> addresses) {
    return fold(checksum_of(udp, checksum_of(addresses, 17 + udp.size()))) == 0;
}

TEST(GenFramer, AnIPv4FrameIsSound) {
    Framer framer{plan()};
    const Datagram datagram{101};
    const auto frames = framer.frame(datagram.sent);
    ASSERT_EQ(frames.size(), 1U);
    const auto frame = frames[0].bytes();
    ASSERT_EQ(frame.size(), 14U + 20 + 8 + 101);
    EXPECT_EQ(number(frame, 0, 6), 0x020000000009U);
    EXPECT_EQ(number(frame, 6, 6), 0x020000000005U);
    EXPECT_EQ(number(frame, 12, 2), 0x0800U);
    EXPECT_EQ(number(frame, 16, 2), 20U + 8 + 101);
    EXPECT_EQ(fold(checksum_of(frame.subspan(14, 20))), 0);
    EXPECT_EQ(number(frame, 34, 2), 40005U);
    EXPECT_EQ(number(frame, 36, 2), 2055U);
    EXPECT_TRUE(is_sound(frame.subspan(34), frame.subspan(26, 8)));
    EXPECT_TRUE(std::equal(datagram.payload.begin(), datagram.payload.end(), frame.begin() + 42,
                           frame.end()));
}

TEST(GenFramer, AnIPv6FrameIsSoundAndTagged) {
    FramePlan tagged = plan();
    tagged.vlan = 12;
    Framer framer{tagged};
    const Datagram datagram{100, true, Protocol::sflow};
    const auto frames = framer.frame(datagram.sent);
    ASSERT_EQ(frames.size(), 1U);
    const auto frame = frames[0].bytes();
    EXPECT_EQ(number(frame, 12, 4), 0x8100000cU);
    EXPECT_EQ(number(frame, 16, 2), 0x86ddU);
    EXPECT_EQ(number(frame, 18 + 4, 2), 108U);
    EXPECT_EQ(number(frame, 18 + 40 + 2, 2), 6343U);
    EXPECT_TRUE(is_sound(frame.subspan(58), frame.subspan(18 + 8, 32)));
}

/// Fragments in the order of their offsets; fails on a gap, an overlap or a wrong mark.
Octets reassembled(std::span<const Payload> frames, bool is_v6) {
    std::map<std::size_t, std::pair<Octets, bool>> parts;
    for (const Payload& each : frames) {
        const auto frame = each.bytes();
        const std::size_t begin = 14 + (is_v6 ? 48 : 20);
        const std::size_t size = number(frame, is_v6 ? 18 : 16, 2) - (is_v6 ? 8 : 20);
        EXPECT_EQ(begin + size, frame.size());
        const std::uint64_t mark = number(frame, is_v6 ? 56 : 20, 2);
        const std::size_t offset = is_v6 ? mark & 0xfff8 : (mark & 0x1fff) * 8;
        const bool more = is_v6 ? (mark & 1) != 0 : (mark & 0x2000) != 0;
        parts[offset] = {Octets{frame.begin() + static_cast<std::ptrdiff_t>(begin), frame.end()},
                         more};
    }
    Octets whole;
    for (const auto& [offset, part] : parts) {
        EXPECT_EQ(offset, whole.size());
        whole.insert(whole.end(), part.first.begin(), part.first.end());
        EXPECT_EQ(part.second, offset != parts.rbegin()->first);
    }
    return whole;
}

TEST(GenFramer, FragmentsTogetherAreTheDatagram) {
    for (const bool is_v6 : {false, true}) {
        for (const bool reversed : {false, true}) {
            for (std::size_t size = 1200; size < 5300; size += 41) {
                FramePlan split = plan();
                split.fragment = 1300;
                split.reversed = reversed;
                Framer framer{split};
                const Datagram datagram{size, is_v6};
                const auto frames = framer.frame(datagram.sent);
                for (const Payload& frame : frames) EXPECT_LE(frame.size(), 14U + 1300);
                const bool is_whole = size + 8 + (is_v6 ? 40 : 20) <= 1300;
                ASSERT_EQ(frames.size() == 1, is_whole);
                if (is_whole) continue;
                const Octets udp = reassembled(frames, is_v6);
                ASSERT_EQ(udp.size(), size + 8);
                const auto first = frames[0].bytes();
                EXPECT_TRUE(is_sound(udp, first.subspan(is_v6 ? 22 : 26, is_v6 ? 32 : 8)));
                const std::uint64_t offset =
                    is_v6 ? number(first, 56, 2) & 0xfff8 : number(first, 20, 2) & 0x1fff;
                EXPECT_EQ(offset != 0, reversed) << "which one is first";
            }
        }
    }
}

TEST(GenFramer, DatagramsHaveIdentificationsOfTheirOwn) {
    FramePlan split = plan();
    split.fragment = 576;
    Framer framer{split};
    const Datagram datagram{1000};
    const auto first = framer.frame(datagram.sent);
    ASSERT_EQ(first.size(), 2U);
    const std::uint64_t one = number(first[0].bytes(), 18, 2);
    EXPECT_EQ(number(first[1].bytes(), 18, 2), one);
    const auto second = framer.frame(datagram.sent);
    EXPECT_NE(number(second[0].bytes(), 18, 2), one);
}

}  // namespace
}  // namespace flowd::gen

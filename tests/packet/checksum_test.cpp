// SPDX-License-Identifier: BSD-3-Clause
// Checksums against RFC 1071's own example and against a sum word by word; every flipped bit shows.
#include "flow/packet/checksum.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using test::Cut;
using test::Packet;

/// In network order, as the RFC does it.
std::uint16_t slow_sum(Bytes bytes, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
}

void store(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint16_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

/// A frame with right checksums.
struct Frame {
    std::vector<std::uint8_t> bytes;
    std::size_t ip = 14;
    std::size_t udp = 34;

    Frame(bool six, unsigned payload_size, unsigned option_words = 0) {
        Packet packet;
        const unsigned udp_size = 8 + payload_size;
        packet.ethernet(six ? ethertype::ipv6 : ethertype::ipv4);
        if (six) {
            packet.ipv6(udp_size, protocol::udp);
        } else {
            const unsigned words = 5 + option_words;
            packet.ipv4({.total_size = words * 4 + udp_size, .header_words = words});
        }
        udp = packet.size();
        packet.udp(udp_size);
        for (unsigned i = 0; i < payload_size; ++i) packet.u8(i * 11 + 5);
        packet.fill(3, 0xee);
        bytes.assign(packet.bytes().begin(), packet.bytes().end());
        const Bytes whole{bytes};
        if (!six) store(bytes, ip + 10, ~slow_sum(whole.subspan(ip, udp - ip)));
        const Bytes addresses = six ? whole.subspan(ip + 8, 32) : whole.subspan(ip + 12, 8);
        const std::uint32_t pseudo = slow_sum(addresses, 17 + udp_size);
        store(bytes, udp + 6, ~slow_sum(whole.subspan(udp, udp_size), pseudo));
    }

    [[nodiscard]] UdpFrame found() const {
        const auto frame = find_udp(bytes, LinkType::ethernet);
        EXPECT_TRUE(frame);
        return *frame;
    }
    [[nodiscard]] Checksum udp_checksum() const { return verify_udp(found()); }
    [[nodiscard]] Checksum ip_checksum() const {
        return verify_ip_header(bytes, LinkType::ethernet);
    }
    [[nodiscard]] Checksum both() const { return verify(bytes, LinkType::ethernet, found()); }
};

TEST(Checksum, SumsTheExampleOfItsRfc) {
    constexpr std::array<std::uint8_t, 8> bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    EXPECT_EQ(__builtin_bswap16(ones_sum(bytes)), 0xddf2);
    EXPECT_EQ(ones_sum({}), 0);
}

TEST(Checksum, SumsAnySizeAtAnyAlignmentAsWordByWord) {
    std::vector<std::uint8_t> bytes;
    for (unsigned i = 0; i < 400; ++i) bytes.push_back(static_cast<std::uint8_t>(i * i + 255));
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t size = 0; size + offset <= bytes.size(); ++size) {
            const Cut cut{Bytes{bytes}.subspan(offset), size};
            ASSERT_EQ(__builtin_bswap16(ones_sum(cut.bytes())), slow_sum(cut.bytes())) << size;
        }
    }
    const std::vector<std::uint8_t> ones(65'536, 0xff);
    EXPECT_EQ(ones_sum(ones), 0xffff);
}

TEST(Checksum, RightOnesAreGood) {
    for (const bool six : {false, true}) {
        for (unsigned size = 0; size < 70; ++size) {
            const Frame frame{six, size};
            EXPECT_EQ(frame.udp_checksum(), Checksum::good) << size;
            EXPECT_EQ(frame.ip_checksum(), six ? Checksum::none : Checksum::good);
            EXPECT_EQ(frame.both(), Checksum::good);
        }
    }
    EXPECT_EQ(Frame(false, 10, 3).both(), Checksum::good);
}

TEST(Checksum, EveryFlippedBitOfTheDatagramShows) {
    for (const bool six : {false, true}) {
        const Frame right{six, 21};
        const std::size_t end = right.udp + 8 + 21;
        for (std::size_t at = right.udp; at < end; ++at) {
            if (at == right.udp + 4 || at == right.udp + 5) continue;  // another length
            for (unsigned bit = 0; bit < 8; ++bit) {
                Frame wrong = right;
                wrong.bytes[at] ^= static_cast<std::uint8_t>(1U << bit);
                EXPECT_EQ(wrong.udp_checksum(), Checksum::bad) << at;
                EXPECT_EQ(wrong.both(), Checksum::bad) << at;
            }
        }
        Frame padding = right;
        padding.bytes.back() ^= 1;
        EXPECT_EQ(padding.both(), Checksum::good);
    }
}

TEST(Checksum, AFlippedAddressShowsInBoth) {
    Frame four{false, 5};
    four.bytes[four.ip + 12] ^= 4;
    EXPECT_EQ(four.ip_checksum(), Checksum::bad);
    EXPECT_EQ(four.udp_checksum(), Checksum::bad);
    Frame six{true, 5};
    six.bytes[six.ip + 39] ^= 4;
    EXPECT_EQ(six.udp_checksum(), Checksum::bad);
}

TEST(Checksum, ABadHeaderIsBadThoughTheDatagramIsGood) {
    Frame frame{false, 5, 2};
    frame.bytes[frame.ip + 8] ^= 1;  // TTL
    EXPECT_EQ(frame.udp_checksum(), Checksum::good);
    EXPECT_EQ(frame.both(), Checksum::bad);
    frame.bytes[frame.ip + 8] ^= 1;
    frame.bytes[frame.ip + 27] ^= 1;  // the last byte of options
    EXPECT_EQ(frame.ip_checksum(), Checksum::bad);
}

TEST(Checksum, ZeroIsNoneInIpv4AndBadInIpv6) {
    Frame four{false, 5};
    store(four.bytes, four.udp + 6, 0);
    EXPECT_EQ(four.udp_checksum(), Checksum::none);
    EXPECT_EQ(four.both(), Checksum::none);
    four.bytes[four.ip + 1] ^= 1;
    EXPECT_EQ(four.both(), Checksum::bad);
    Frame six{true, 5};
    store(six.bytes, six.udp + 6, 0);
    EXPECT_EQ(six.udp_checksum(), Checksum::bad);
}

TEST(Checksum, AComputedZeroIsSentAsAllOnes) {
    Frame frame{false, 2};
    const std::uint16_t sent = load_be16(frame.bytes.data() + frame.udp + 6);
    // The payload's word takes up what the checksum was.
    const std::uint16_t word = load_be16(frame.bytes.data() + frame.udp + 8);
    store(frame.bytes, frame.udp + 8, slow_sum(Bytes{}, (std::uint32_t{word} + sent) % 0xffff));
    store(frame.bytes, frame.udp + 6, 0xffff);
    EXPECT_EQ(frame.udp_checksum(), Checksum::good);
}

TEST(Checksum, MappedAddressesSumAsIpv4) {
    Packet packet;
    packet.u32(0x60000000).u16(10).u8(protocol::udp).u8(64);
    for (const unsigned last : {1U, 2U}) packet.fill(10, 0).u16(0xffff).raw({192, 0, 2, last});
    packet.udp(10).raw({7, 8});
    std::vector<std::uint8_t> bytes{packet.bytes().begin(), packet.bytes().end()};
    const std::uint32_t pseudo = slow_sum(Bytes{bytes}.subspan(8, 32), 17 + 10);
    store(bytes, 46, ~slow_sum(Bytes{bytes}.subspan(40), pseudo));
    const auto found = find_udp(bytes, LinkType::raw_ip);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source.size, 4);
    EXPECT_EQ(verify_udp(*found), Checksum::good);
}

TEST(Checksum, AnUpdateIsWhatANewSumWouldBe) {
    Frame frame{false, 5};
    const Bytes header = Bytes{frame.bytes}.subspan(frame.ip, 20);
    for (unsigned value = 0; value < 0x10000; value += 7) {
        const auto to = static_cast<std::uint16_t>(value);
        const std::uint16_t updated =
            updated_checksum(load_be16(header.data() + 10), load_be16(header.data() + 2), to);
        store(frame.bytes, frame.ip + 2, to);
        store(frame.bytes, frame.ip + 10, updated);
        ASSERT_EQ(ones_sum(header), 0xffff) << value;
    }
}

}  // namespace
}  // namespace flow::packet

// SPDX-License-Identifier: BSD-3-Clause
// Lengths, counts and sequence numbers of each protocol.
#include "tools/gen/datagram.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tools/gen/identity.hpp"
#include "tools/gen/layout.hpp"

namespace flowd::gen {
namespace {

constexpr std::array<std::uint8_t, 4> agent{10, 0, 0, 3};
constexpr std::array<std::uint8_t, 16> agent6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0,
                                              0,    0, 0,   0,    0, 0, 0, 4};

class GenDatagram : public testing::Test {
protected:
    void write(Protocol protocol, std::uint32_t records, bool announce = false) {
        write_datagram({.protocol = protocol,
                        .records = records,
                        .announce = announce,
                        .exporter = agent,
                        .unix_seconds = 1'700'000'000,
                        .uptime_ms = 1234},
                       domain_, payload_);
    }
    std::uint64_t at(std::size_t offset, std::size_t size) const {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : payload_.bytes().subspan(offset, size)) {
            value = value << 8 | byte;
        }
        return value;
    }

    Domain domain_{.exporter = 3, .number = 0x0102};
    Payload payload_;
};

TEST_F(GenDatagram, NetFlow5CountsFlows) {
    write(Protocol::netflow5, 7);
    EXPECT_EQ(payload_.size(), 24U + 7 * 48);
    EXPECT_EQ(at(0, 2), 5U);
    EXPECT_EQ(at(2, 2), 7U);
    EXPECT_EQ(at(16, 4), 0U);
    EXPECT_EQ(at(20, 2), 0x0102U);
    write(Protocol::netflow5, 2);
    EXPECT_EQ(at(16, 4), 7U);
    EXPECT_EQ(at(24 + 20, 4), 8U) << "the serial goes on";
    EXPECT_EQ(at(24 + 16, 4), 0x0102U);
    EXPECT_EQ(at(24 + 32, 4), (Identity{3, 0x0102, 8}.ports()));
    EXPECT_EQ(domain_.flows, 9U);
    EXPECT_EQ(domain_.datagrams, 2U);
}

TEST_F(GenDatagram, NetFlow5HasThirtyRecordsAtMost) {
    write(Protocol::netflow5, 31);
    EXPECT_EQ(at(2, 2), 30U);
    EXPECT_EQ(payload_.size(), 24U + 30 * 48);
    EXPECT_EQ(domain_.flows, 30U);
}

TEST_F(GenDatagram, NetFlow9CountsDatagrams) {
    write(Protocol::netflow9, 5, true);
    EXPECT_EQ(at(0, 2), 9U);
    EXPECT_EQ(at(2, 2), 6U) << "a template is a record too";
    EXPECT_EQ(at(12, 4), 0U);
    EXPECT_EQ(at(16, 4), 0x0102U);
    EXPECT_EQ(at(20, 2), 0U);
    const std::size_t data = 20 + at(22, 2);
    EXPECT_EQ(at(data, 2), Layout::template_id);
    EXPECT_EQ(data + at(data + 2, 2), payload_.size());
    EXPECT_EQ(payload_.size() % 4, 0U);
    write(Protocol::netflow9, 5);
    EXPECT_EQ(at(12, 4), 1U);
    EXPECT_EQ(at(2, 2), 5U);
    EXPECT_EQ(at(20, 2), Layout::template_id);
    EXPECT_EQ(domain_.templates, 1U);
}

TEST_F(GenDatagram, IpfixCountsDataRecords) {
    write(Protocol::ipfix, 5, true);
    EXPECT_EQ(at(0, 2), 10U);
    EXPECT_EQ(at(2, 2), payload_.size());
    EXPECT_EQ(at(8, 4), 0U);
    EXPECT_EQ(at(12, 4), 0x0102U);
    EXPECT_EQ(at(16, 2), 2U);
    write(Protocol::ipfix, 4);
    EXPECT_EQ(at(8, 4), 5U);
    EXPECT_EQ(at(2, 2), payload_.size());
    EXPECT_EQ(at(18, 2), payload_.size() - 16);
}

TEST_F(GenDatagram, SflowHasAgentAndSubAgent) {
    write(Protocol::sflow, 2);
    EXPECT_EQ(at(4, 4), 1U);
    EXPECT_EQ(at(8, 4), 0x0a000003U);
    EXPECT_EQ(at(12, 4), 0x0102U);
    EXPECT_EQ(at(16, 4), 0U);
    EXPECT_EQ(at(24, 4), 2U);
    // Each sample's length leads to the next one, and the last one's to the end.
    const std::size_t first = 28;
    const std::size_t second = first + 8 + at(first + 4, 4);
    EXPECT_EQ(at(second, 4), 1U);
    EXPECT_EQ(second + 8 + at(second + 4, 4), payload_.size());
    EXPECT_EQ(at(first + 8 + 32 + 8 + 4, 4), 1U) << "the frame's length is the serial";
    EXPECT_EQ(at(second + 8 + 32 + 8 + 4, 4), 2U);
    write(Protocol::sflow, 1);
    EXPECT_EQ(at(16, 4), 1U);
}

TEST_F(GenDatagram, NothingIsLongerThanPromised) {
    for (const std::uint32_t records : {1U, 30U, 500U}) {
        for (const auto protocol :
             {Protocol::netflow5, Protocol::netflow9, Protocol::ipfix, Protocol::sflow}) {
            for (std::uint32_t generation = 0; generation < 32; ++generation) {
                domain_.generation = generation;
                write_datagram({.protocol = protocol,
                                .records = records,
                                .announce = true,
                                .exporter = agent6},
                               domain_, payload_);
                EXPECT_LE(payload_.size(), payload_size_max(records));
            }
        }
    }
    EXPECT_LE(payload_size_max(500), 65507U);
}

}  // namespace
}  // namespace flowd::gen

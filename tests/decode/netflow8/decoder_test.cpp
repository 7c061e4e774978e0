// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v8 datagrams built field by field, and what the decoder hands on.
#include "flow/decode/netflow8/decoder.hpp"

#include <gtest/gtest.h>

#include "support/byte_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow8 {
namespace {

using test::ByteBuilder;
using test::datagram;
using test::RecordingSink;

ByteBuilder message(unsigned count, unsigned scheme) {
    ByteBuilder out;
    out.u16(8).u16(count).u32(100'000).u32(1'700'000'000).u32(5).u32(77);
    out.u8(1).u8(2).u8(scheme).u8(2).u32(0);
    return out;
}

TEST(Netflow8, ClaimsItsVersionWhereNetflow5Is) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(8).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(5).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(0).bytes()));
    EXPECT_FALSE(Decoder::claims({}));
    EXPECT_TRUE(Decoder::accepted({.netflow5 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow9 = true, .sflow = true}));
}

/// Cisco's sizes of the 14 schemes' records.
constexpr std::array<std::uint16_t, 14> record_sizes{28, 28, 32, 32, 40, 32, 40,
                                                     44, 32, 32, 32, 32, 40, 40};

TEST(Netflow8, HandsOnTheRecordsOfEverySchemeInItsSize) {
    for (unsigned scheme = 1; scheme <= record_sizes.size(); ++scheme) {
        RecordingSink sink;
        Decoder decoder{100};
        const std::uint16_t size = record_sizes[scheme - 1];
        const ByteBuilder payload = message(2, scheme).fill(size, 1).fill(size, 2);
        EXPECT_EQ(decoder.decode(datagram(payload.bytes()), 3, sink), Error::none) << scheme;
        ASSERT_EQ(sink.seen.size(), 2u) << scheme;
        EXPECT_EQ(sink.seen[1].bytes, std::vector<std::uint8_t>(size, 2)) << scheme;
        EXPECT_EQ(sink.origins.at(0).type, FlowType::netflow_v8);
        EXPECT_EQ(sink.origins.at(0).sequence, 77u);
        EXPECT_EQ(decoder.layouts()[scheme - 1].slot, 100u + scheme - 1);
    }
}

TEST(Netflow8, SchemesThatDoNotExistAreRefused) {
    for (const unsigned scheme : {0u, 15u, 255u}) {
        RecordingSink sink;
        Decoder decoder{0};
        EXPECT_EQ(decoder.decode(datagram(message(1, scheme).fill(44).bytes()), 1, sink),
                  Error::bad_aggregation);
        EXPECT_TRUE(sink.seen.empty());
    }
}

TEST(Netflow8, CutAnywhereHandsOnWholeRecordsOnly) {
    const ByteBuilder payload = message(2, 8).fill(88, 1);
    for (std::size_t size = 0; size < payload.size(); ++size) {
        RecordingSink sink;
        Decoder decoder{0};
        EXPECT_EQ(decoder.decode(datagram(payload.bytes().first(size)), 1, sink), Error::truncated);
        const std::size_t whole = size < header_size ? 0 : (size - header_size) / 44;
        EXPECT_EQ(sink.seen.size(), whole) << size;
    }
}

}  // namespace
}  // namespace flow::netflow8

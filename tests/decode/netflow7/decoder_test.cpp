// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v7 datagrams built field by field, and what the decoder hands on.
#include "flow/decode/netflow7/decoder.hpp"

#include <gtest/gtest.h>

#include "support/byte_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow7 {
namespace {

using test::ByteBuilder;
using test::datagram;
using test::RecordingSink;

ByteBuilder message(unsigned count) {
    ByteBuilder out;
    out.u16(7).u16(count).u32(100'000).u32(1'700'000'000).u32(5);
    out.u32(77).u32(0);
    return out;
}

TEST(Netflow7, ClaimsItsVersionWhereNetflow5Is) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(7).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(5).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(0).bytes()));
    EXPECT_FALSE(Decoder::claims({}));
    EXPECT_TRUE(Decoder::accepted({.netflow5 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow9 = true, .sflow = true}));
}

TEST(Netflow7, HandsOnItsHeaderAndRecords) {
    RecordingSink sink;
    Decoder decoder{42};
    const ByteBuilder payload = message(2).fill(52, 1).fill(52, 2);
    EXPECT_EQ(decoder.decode(datagram(payload.bytes()), 3, sink), Error::none);
    ASSERT_EQ(sink.origins.size(), 1u);
    EXPECT_EQ(sink.origins[0].type, FlowType::netflow_v7);
    EXPECT_EQ(sink.origins[0].sequence, 77u);
    EXPECT_EQ(sink.origins[0].uptime_ms, 100'000u);
    EXPECT_EQ(sink.origins[0].export_seconds, 1'700'000'000u);
    EXPECT_EQ(sink.origins[0].export_nanoseconds, 5u);
    EXPECT_EQ(sink.origins[0].exporter, 3u);
    ASSERT_EQ(sink.seen.size(), 2u);
    EXPECT_EQ(sink.seen[1].bytes, std::vector<std::uint8_t>(52, 2));
}

TEST(Netflow7, CutAnywhereHandsOnWholeRecordsOnly) {
    const ByteBuilder payload = message(2).fill(104, 1);
    for (std::size_t size = 0; size < payload.size(); ++size) {
        RecordingSink sink;
        Decoder decoder{42};
        EXPECT_EQ(decoder.decode(datagram(payload.bytes().first(size)), 1, sink), Error::truncated);
        const std::size_t whole = size < header_size ? 0 : (size - header_size) / 52;
        EXPECT_EQ(sink.seen.size(), whole) << size;
    }
}

TEST(Netflow7, BytesBehindTheCountAreNotLookedAt) {
    RecordingSink sink;
    Decoder decoder{42};
    EXPECT_EQ(decoder.decode(datagram(message(1).fill(104, 1).bytes()), 1, sink), Error::none);
    EXPECT_EQ(sink.seen.size(), 1u);
}

TEST(Netflow7, LayoutIsATemplateOf52Bytes) {
    const Decoder decoder{42};
    EXPECT_EQ(decoder.layout().record_size, 52);
    EXPECT_EQ(decoder.layout().slot, 42u);
    EXPECT_FALSE(decoder.layout().options);
}

}  // namespace
}  // namespace flow::netflow7

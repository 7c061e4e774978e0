// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/netflow1/decoder.hpp"

#include <gtest/gtest.h>

#include "support/exact_bytes.hpp"
#include "support/legacy_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow1 {
namespace {

using namespace flow::test;

Error decode(Bytes payload, RecordingSink& sink) {
    Decoder decoder{42};
    const ExactBytes exact{payload};
    return decoder.decode(datagram(exact.bytes()), 7, sink);
}

ByteBuilder with_records(unsigned count, unsigned records) {
    ByteBuilder out = netflow1_message({.count = count, .uptime_ms = 123});
    for (unsigned i = 0; i < records; ++i) add_netflow1_record(out, i + 1);
    return out;
}

TEST(Netflow1, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(1).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(5).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(0x0100).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u32(1).bytes())) << "an old sFlow";
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(1).bytes()));
    EXPECT_FALSE(Decoder::claims({}));
}

TEST(Netflow1, IsAcceptedWhereNetflow5Is) {
    EXPECT_TRUE(Decoder::accepted({.netflow5 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow9 = true, .sflow = true}));
}

TEST(Netflow1, HasOneLayoutOf48Bytes) {
    const Decoder decoder{42};
    const Template& layout = decoder.layout();
    EXPECT_EQ(layout.record_size, 48);
    EXPECT_EQ(layout.version, 1);
    EXPECT_EQ(layout.slot, 42u);
    EXPECT_FALSE(layout.variable);
    EXPECT_FALSE(layout.options);
}

TEST(Netflow1, HandsOnHeaderAndRecords) {
    RecordingSink sink;
    EXPECT_EQ(decode(with_records(3, 3).bytes(), sink), Error::none);
    ASSERT_EQ(sink.origins.size(), 1u);
    const Origin& origin = sink.origins.front();
    EXPECT_EQ(origin.type, FlowType::netflow_v1);
    EXPECT_EQ(origin.sampler, ipv4(192, 0, 2, 1));
    EXPECT_EQ(origin.exporter, 7u);
    EXPECT_EQ(origin.sequence, 0u) << "the header has none";
    EXPECT_EQ(origin.sampling_rate, 0u);
    EXPECT_EQ(origin.received_ns, 1'700'000'000'000'000'000u);
    EXPECT_EQ(origin.export_seconds, 1'700'000'000u);
    EXPECT_EQ(origin.export_nanoseconds, 500'000'000u);
    EXPECT_EQ(origin.uptime_ms, 123u);
    ASSERT_EQ(sink.seen.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(sink.seen[i].bytes.size(), 48u);
        EXPECT_EQ(load_be32(&sink.seen[i].bytes[16]), i + 1) << "dPkts";
    }
}

TEST(Netflow1, CountsRecordsNotBytes) {
    RecordingSink sink;
    EXPECT_EQ(decode(with_records(1, 2).fill(5).bytes(), sink), Error::none);
    EXPECT_EQ(sink.seen.size(), 1u) << "what is behind the last record does not count";
    EXPECT_EQ(decode(with_records(0, 2).bytes(), sink), Error::none);
    EXPECT_EQ(sink.seen.size(), 1u);
}

TEST(Netflow1, DoesNotInventRecords) {
    RecordingSink sink;
    EXPECT_EQ(decode(with_records(65535, 2).bytes(), sink), Error::truncated);
    EXPECT_EQ(sink.seen.size(), 2u);
}

TEST(Netflow1, CutAnywhereHandsOnWholeRecords) {
    const ByteBuilder wire = with_records(3, 3);
    for (std::size_t size = 0; size < wire.size(); ++size) {
        RecordingSink sink;
        EXPECT_EQ(decode(wire.bytes().first(size), sink), Error::truncated) << size;
        EXPECT_EQ(sink.origins.size(), size < 16 ? 0u : 1u) << size;
        EXPECT_EQ(sink.seen.size(), size < 16 ? 0 : (size - 16) / 48) << size;
    }
}

}  // namespace
}  // namespace flow::netflow1

// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/netflow5/decoder.hpp"

#include <gtest/gtest.h>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow5 {
namespace {

using namespace flow::test;

Error decode(Bytes payload, RecordingSink& sink, ExporterIndex exporter = 7) {
    Decoder decoder{42};
    const ExactBytes exact{payload};
    return decoder.decode(datagram(exact.bytes()), exporter, sink);
}

ByteBuilder with_records(const Netflow5Header& header, unsigned records) {
    ByteBuilder out = netflow5_message(header);
    for (unsigned i = 0; i < records; ++i) add_netflow5_record(out, i + 1);
    return out;
}

TEST(Netflow5, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(5).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(9).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(0x0500).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u32(5).bytes())) << "sFlow";
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(5).bytes()));
    EXPECT_FALSE(Decoder::claims({}));
    EXPECT_TRUE(Decoder::accepted({.netflow5 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow9 = true, .sflow = true}));
}

TEST(Netflow5, LayoutCoversTheRecordWithoutGaps) {
    const Decoder decoder{42};
    const Template& layout = decoder.layout();
    std::size_t size = 0;
    for (const TemplateField& field : layout.fields) size += field.length;
    EXPECT_EQ(size, 48u);
    EXPECT_EQ(layout.record_size, 48);
    EXPECT_EQ(layout.version, 5);
    EXPECT_EQ(layout.slot, 42u);
    EXPECT_FALSE(layout.variable);
    EXPECT_FALSE(layout.options);
}

TEST(Netflow5, HandsOnHeaderAndRecords) {
    RecordingSink sink;
    const ByteBuilder wire = with_records({.count = 3,
                                           .uptime_ms = 123,
                                           .seconds = 1'600'000'000,
                                           .nanoseconds = 999'999'999,
                                           .sequence = 0xdeadbeef,
                                           .sampling = 0x4000 | 100},
                                          3);
    EXPECT_EQ(decode(wire.bytes(), sink), Error::none);
    ASSERT_EQ(sink.origins.size(), 1u);
    const Origin& origin = sink.origins.front();
    EXPECT_EQ(origin.type, FlowType::netflow_v5);
    EXPECT_EQ(origin.sampler, ipv4(192, 0, 2, 1));
    EXPECT_EQ(origin.exporter, 7u);
    EXPECT_EQ(origin.sequence, 0xdeadbeefu);
    EXPECT_EQ(origin.observation_domain, 0u);
    EXPECT_EQ(origin.sampling_rate, 100u) << "without the two bits of the mode";
    EXPECT_EQ(origin.received_ns, 1'700'000'000'000'000'000u);
    EXPECT_EQ(origin.export_seconds, 1'600'000'000u);
    EXPECT_EQ(origin.export_nanoseconds, 999'999'999u);
    EXPECT_EQ(origin.uptime_ms, 123u);
    ASSERT_EQ(sink.seen.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(sink.seen[i].bytes.size(), 48u);
        EXPECT_EQ(load_be32(&sink.seen[i].bytes[16]), i + 1) << "dPkts";
    }
}

TEST(Netflow5, WithACountOfZeroHasNoRecords) {
    RecordingSink sink;
    EXPECT_EQ(decode(netflow5_message({.count = 0}).bytes(), sink), Error::none);
    EXPECT_EQ(sink.origins.size(), 1u);
    EXPECT_TRUE(sink.seen.empty());
}

TEST(Netflow5, CountsRecordsNotBytes) {
    RecordingSink sink;
    EXPECT_EQ(decode(with_records({.count = 1}, 2).fill(5).bytes(), sink), Error::none);
    EXPECT_EQ(sink.seen.size(), 1u) << "what is behind the last record does not count";
}

TEST(Netflow5, DoesNotInventRecords) {
    RecordingSink sink;
    EXPECT_EQ(decode(with_records({.count = 65535}, 2).bytes(), sink), Error::truncated);
    EXPECT_EQ(sink.seen.size(), 2u);
}

TEST(Netflow5, CutAnywhereHandsOnWholeRecords) {
    const ByteBuilder wire = with_records({.count = 3}, 3);
    for (std::size_t size = 0; size < wire.size(); ++size) {
        RecordingSink sink;
        EXPECT_EQ(decode(wire.bytes().first(size), sink), Error::truncated) << size;
        EXPECT_EQ(sink.origins.size(), size < 24 ? 0u : 1u) << size;
        EXPECT_EQ(sink.seen.size(), size < 24 ? 0 : (size - 24) / 48) << size;
    }
}

}  // namespace
}  // namespace flow::netflow5

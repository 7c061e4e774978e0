// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/netflow8/decoder.hpp"

#include <gtest/gtest.h>

#include <set>

#include "support/exact_bytes.hpp"
#include "support/legacy_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow8 {
namespace {

using namespace flow::test;

Error decode(Bytes payload, RecordingSink& sink) {
    Decoder decoder{100};
    const ExactBytes exact{payload};
    return decoder.decode(datagram(exact.bytes()), 7, sink);
}

ByteBuilder with_records(unsigned scheme, unsigned count, unsigned records) {
    ByteBuilder out = netflow8_message(scheme, {.count = count});
    for (unsigned i = 0; i < records; ++i) add_netflow8_record(out, scheme, 10 * i);
    return out;
}

TEST(Netflow8, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(8).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(9).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(0x0800).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(8).bytes()));
    EXPECT_FALSE(Decoder::claims({}));
    EXPECT_TRUE(Decoder::accepted({.netflow5 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow9 = true, .sflow = true}));
}

TEST(Netflow8, HasALayoutForEachSchemeInASlotOfItsOwn) {
    const Decoder decoder{100};
    ASSERT_EQ(decoder.layouts().size(), 14u);
    for (unsigned scheme = 1; scheme <= 14; ++scheme) {
        const Template& layout = decoder.layouts()[scheme - 1];
        EXPECT_EQ(layout.id, scheme);
        EXPECT_EQ(layout.slot, 100 + scheme - 1);
        EXPECT_EQ(layout.version, 8);
        EXPECT_EQ(layout.record_size, netflow8_record_sizes[scheme]);
        EXPECT_FALSE(layout.variable);
        EXPECT_FALSE(layout.options);
    }
}

TEST(Netflow8, HasCountersTimesAndAnIpv4ElementInEveryScheme) {
    const Decoder decoder{100};
    for (const Template& layout : decoder.layouts()) {
        std::multiset<std::uint16_t> ids;
        for (const TemplateField& field : layout.fields) ids.insert(field.id);
        for (const std::uint16_t id : {1, 2, 21, 22}) EXPECT_EQ(ids.count(id), 1u) << layout.id;
        EXPECT_GE(ids.count(8) + ids.count(12), 1u) << layout.id;
        ids.erase(padding_field);
        for (const std::uint16_t id : ids) {
            EXPECT_EQ(ids.count(id), 1u) << "twice in scheme " << layout.id << ": " << id;
        }
    }
}

TEST(Netflow8, HandsOnHeaderAndRecordsOfEveryScheme) {
    for (unsigned scheme = 1; scheme <= 14; ++scheme) {
        RecordingSink sink;
        EXPECT_EQ(decode(with_records(scheme, 3, 3).bytes(), sink), Error::none);
        ASSERT_EQ(sink.origins.size(), 1u);
        const Origin& origin = sink.origins.front();
        EXPECT_EQ(origin.type, FlowType::netflow_v8);
        EXPECT_EQ(origin.sampler, ipv4(192, 0, 2, 1));
        EXPECT_EQ(origin.exporter, 7u);
        EXPECT_EQ(origin.sequence, 81u);
        EXPECT_EQ(origin.sampling_rate, 0u);
        EXPECT_EQ(origin.export_seconds, 1'700'000'000u);
        EXPECT_EQ(origin.export_nanoseconds, 500'000'000u);
        EXPECT_EQ(origin.uptime_ms, 100'000u);
        ASSERT_EQ(sink.seen.size(), 3u);
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_EQ(sink.seen[i].template_id, scheme);
            ASSERT_EQ(sink.seen[i].bytes.size(), netflow8_record_sizes[scheme]);
            EXPECT_EQ(sink.seen[i].bytes.front(), 10 * i);
        }
    }
}

TEST(Netflow8, RefusesSchemesThatDoNotExist) {
    for (const unsigned scheme : {0u, 15u, 128u, 255u}) {
        RecordingSink sink;
        const ByteBuilder wire = netflow8_message(scheme).fill(44);
        EXPECT_EQ(decode(wire.bytes(), sink), Error::bad_aggregation) << scheme;
        EXPECT_TRUE(sink.origins.empty());
        EXPECT_TRUE(sink.seen.empty());
    }
}

TEST(Netflow8, CountsRecordsNotBytes) {
    for (unsigned scheme = 1; scheme <= 14; ++scheme) {
        RecordingSink sink;
        EXPECT_EQ(decode(with_records(scheme, 1, 2).fill(5).bytes(), sink), Error::none);
        EXPECT_EQ(sink.seen.size(), 1u);
        EXPECT_EQ(decode(with_records(scheme, 65535, 2).bytes(), sink), Error::truncated);
        EXPECT_EQ(sink.seen.size(), 3u);
    }
}

TEST(Netflow8, CutAnywhereHandsOnWholeRecords) {
    for (unsigned scheme = 1; scheme <= 14; ++scheme) {
        const ByteBuilder wire = with_records(scheme, 2, 2);
        for (std::size_t size = 0; size < wire.size(); ++size) {
            RecordingSink sink;
            EXPECT_EQ(decode(wire.bytes().first(size), sink), Error::truncated) << size;
            EXPECT_EQ(sink.origins.size(), size < 28 ? 0u : 1u) << size;
            EXPECT_EQ(sink.seen.size(), size < 28 ? 0 : (size - 28) / netflow8_record_sizes[scheme])
                << size;
        }
    }
}

}  // namespace
}  // namespace flow::netflow8

// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/netflow5.hpp"

#include <gtest/gtest.h>

#include "decode/goflow2/strict_decoders.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;

ByteBuilder message(unsigned announced, unsigned present) {
    ByteBuilder wire =
        netflow5_message({.count = announced, .nanoseconds = 123, .sampling = 0x4005});
    for (unsigned i = 0; i < present; ++i) add_netflow5_record(wire, i);
    return wire;
}

TEST(Goflow2Netflow5, HandsOnHeaderAndRecords) {
    for (const Dialect dialect : both_dialects) {
        StrictDecoders strict{dialect};
        EXPECT_EQ(strict.decode(message(2, 2).bytes()), Error::none);
        ASSERT_EQ(strict.sink.origins.size(), 1u);
        const Origin& origin = strict.sink.origins.front();
        EXPECT_EQ(origin.type, FlowType::netflow_v5);
        EXPECT_EQ(origin.sequence, 77u);
        EXPECT_EQ(origin.sampling_rate, 5u) << "without the mode";
        EXPECT_EQ(origin.export_nanoseconds, 123u);
        EXPECT_EQ(origin.uptime_ms, 100'000u);
        EXPECT_EQ(strict.sink.seen.size(), 2u);
        EXPECT_EQ(strict.sink.seen[0].bytes.size(), 48u);
    }
}

TEST(Goflow2Netflow5, RecordsThatDidNotComeAreNoFlows) {
    for (const Dialect dialect : both_dialects) {
        StrictDecoders strict{dialect};
        EXPECT_EQ(strict.decode(message(1000, 3).bytes()), Error::truncated);
        EXPECT_EQ(strict.sink.seen.size(), 3u) << "goflow2 makes 997 of zeros";
        EXPECT_EQ(strict.decode(message(2, 3).bytes()), Error::none);
        EXPECT_EQ(strict.sink.seen.size(), 2u);
    }
}

TEST(Goflow2Netflow5, ACountAbove1536CostsV1TheDatagram) {
    StrictDecoders v1{Dialect::goflow2_v1};
    StrictDecoders v2{Dialect::goflow2_v2};
    for (const unsigned announced : {1536, 1537}) {
        EXPECT_EQ(v1.decode(message(announced, 3).bytes()), Error::truncated);
        EXPECT_EQ(v1.sink.seen.size(), announced == 1536 ? 3u : 0u);
        EXPECT_EQ(v2.decode(message(announced, 3).bytes()), Error::truncated);
        EXPECT_EQ(v2.sink.seen.size(), 3u);
    }
}

TEST(Goflow2Netflow5, CutAnywhereItGivesWholeRecordsOnly) {
    const ByteBuilder wire = message(2, 2);
    for (std::size_t size = 0; size < wire.size(); ++size) {
        StrictDecoders strict{Dialect::goflow2_v2};
        EXPECT_TRUE(failed(strict.decode(wire.bytes().first(size))));
        EXPECT_EQ(strict.sink.seen.size(), size < 24 + 48 ? 0u : 1u) << size;
    }
}

}  // namespace
}  // namespace flow::goflow2

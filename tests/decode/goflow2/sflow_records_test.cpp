// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/sflow_records.hpp"

#include <gtest/gtest.h>

#include "support/byte_builder.hpp"

namespace flow::goflow2 {
namespace {

using test::ByteBuilder;

/// Next hop 10.0.0.1, three numbers, one segment with two AS, one community, local preference.
ByteBuilder gateway(std::uint32_t segments = 1, std::uint32_t path = 2,
                    std::uint32_t communities = 1) {
    ByteBuilder out;
    out.u32(1).raw({10, 0, 0, 1}).u32(1).u32(2).u32(3).u32(segments);
    if (segments > 0) out.u32(2).u32(path).u32(64500).u32(64501);
    return out.u32(communities).u32(99).u32(100);
}

TEST(Goflow2SflowRecords, FixedRecordsNeedTheirBytes) {
    const ByteBuilder wire = ByteBuilder{}.fill(100);
    const std::pair<std::uint32_t, std::size_t> sizes[] = {{1, 16}, {2, 20},    {3, 32},
                                                           {4, 56}, {1001, 16}, {1036, 4}};
    for (const auto& [format, size] : sizes) {
        EXPECT_TRUE(flow_record_is_whole(format, wire.bytes().first(size))) << format;
        EXPECT_FALSE(flow_record_is_whole(format, wire.bytes().first(size - 1))) << format;
    }
    EXPECT_TRUE(counter_record_is_whole(1, wire.bytes().first(88)));
    EXPECT_FALSE(counter_record_is_whole(1, wire.bytes().first(87)));
    EXPECT_TRUE(counter_record_is_whole(2, wire.bytes().first(52)));
    EXPECT_FALSE(counter_record_is_whole(2, wire.bytes().first(51)));
}

TEST(Goflow2SflowRecords, UnknownFormatsAreNeverBroken) {
    EXPECT_TRUE(flow_record_is_whole(1004, {}));
    EXPECT_TRUE(flow_record_is_whole(0x1000 | 1, {})) << "another enterprise's raw header";
    EXPECT_TRUE(counter_record_is_whole(1001, {}));
}

TEST(Goflow2SflowRecords, AnUnknownNextHopIsBroken) {
    ByteBuilder router = ByteBuilder{}.u32(1).fill(4 + 8);
    EXPECT_TRUE(flow_record_is_whole(1002, router.bytes()));
    EXPECT_FALSE(flow_record_is_whole(1002, router.bytes().first(15)));
    EXPECT_TRUE(flow_record_is_whole(1002, ByteBuilder{}.u32(2).fill(16 + 8).bytes()));
    EXPECT_FALSE(flow_record_is_whole(1002, ByteBuilder{}.u32(0).fill(24).bytes()));
    EXPECT_FALSE(flow_record_is_whole(1003, ByteBuilder{}.u32(0).fill(60).bytes()));
}

TEST(Goflow2SflowRecords, GatewaysAreCutNowhere) {
    const ByteBuilder wire = gateway();
    EXPECT_TRUE(flow_record_is_whole(1003, wire.bytes()));
    for (std::size_t size = 0; size < wire.size(); ++size) {
        EXPECT_FALSE(flow_record_is_whole(1003, wire.bytes().first(size))) << size;
    }
    EXPECT_TRUE(flow_record_is_whole(1003, gateway(0).bytes())) << "no path";
}

TEST(Goflow2SflowRecords, OneSegmentIsReadOfAny) {
    EXPECT_TRUE(flow_record_is_whole(1003, gateway(7).bytes()));
}

TEST(Goflow2SflowRecords, AThousandWordsAreTheLimit) {
    ByteBuilder wire;
    wire.u32(1).fill(4 + 12).u32(0).u32(1001).fill(4 * 1001 + 4);
    EXPECT_FALSE(flow_record_is_whole(1003, wire.bytes()));
    ByteBuilder fits;
    fits.u32(1).fill(4 + 12).u32(0).u32(1000).fill(4 * 1000 + 4);
    EXPECT_TRUE(flow_record_is_whole(1003, fits.bytes()));
    EXPECT_FALSE(flow_record_is_whole(1003, gateway(1, 0xffff'ffff).bytes()));
    EXPECT_FALSE(flow_record_is_whole(1003, gateway(1, 2, 0xffff'ffff).bytes()));
}

TEST(Goflow2SflowRecords, NamesAreReadWithoutPadding) {
    const ByteBuilder list = ByteBuilder{}.u32(7).u32(3).raw({'a', 'b', 'c'}).u32(1);
    EXPECT_TRUE(flow_record_is_whole(1037, list.bytes()));
    EXPECT_FALSE(flow_record_is_whole(1037, list.bytes().first(list.size() - 1)));
    const ByteBuilder function = ByteBuilder{}.u32(3).raw({'a', 'b', 'c'});
    EXPECT_TRUE(flow_record_is_whole(1038, function.bytes()));
    EXPECT_FALSE(flow_record_is_whole(1038, function.bytes().first(6)));
    EXPECT_FALSE(flow_record_is_whole(1038, ByteBuilder{}.u32(0xffff'ffff).bytes()));
}

}  // namespace
}  // namespace flow::goflow2

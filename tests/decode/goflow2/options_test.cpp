// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/options.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;

Template layout(const Fields& fields, std::uint16_t scope_count, bool variable = false) {
    return {.version = 10,
            .options = true,
            .variable = variable,
            .id = 300,
            .scope_count = scope_count,
            .fields = fields};
}

TEST(Goflow2Options, TheFirstRecordWithARateWins) {
    const Fields fields{{149, 4}, {305, 4}};
    const ByteBuilder wire = ByteBuilder{}.u32(1).u32(100).u32(1).u32(200);
    const FoundRate rate = find_rate(layout(fields, 1), wire.bytes());
    EXPECT_TRUE(rate.found);
    EXPECT_EQ(rate.rate, 100u);
}

TEST(Goflow2Options, ElementsAreLookedForInGoflow2sOrder) {
    const Fields fields{{34, 4}, {50, 4}, {305, 4}};
    const ByteBuilder wire = ByteBuilder{}.u32(34).u32(50).u32(305);
    EXPECT_EQ(find_rate(layout(fields, 0), wire.bytes()).rate, 305u);
    const Fields without_305{{34, 4}, {50, 4}};
    EXPECT_EQ(find_rate(layout(without_305, 0), wire.bytes()).rate, 50u);
    const Fields only_34{{34, 4}};
    EXPECT_EQ(find_rate(layout(only_34, 0), wire.bytes()).rate, 34u);
    const Fields only_309{{309, 4}};
    EXPECT_FALSE(find_rate(layout(only_309, 0), wire.bytes()).found);
}

TEST(Goflow2Options, ScopesAndEnterpriseFieldsHaveNoRate) {
    const ByteBuilder wire = ByteBuilder{}.u32(100).u32(200);
    const Fields fields{{305, 4}, {1, 4}};
    EXPECT_FALSE(find_rate(layout(fields, 1), wire.bytes()).found);
    EXPECT_TRUE(find_rate(layout(fields, 0), wire.bytes()).found);
    const Fields enterprise{{305, 4, 9}};
    EXPECT_FALSE(find_rate(layout(enterprise, 0), wire.bytes()).found);
}

TEST(Goflow2Options, TheFirstFourBytesCount) {
    const ByteBuilder wire = ByteBuilder{}.u64(0x0000'0007'0000'0064);
    EXPECT_EQ(find_rate(layout(Fields{{305, 8}}, 0), wire.bytes()).rate, 7u)
        << "the high half of a longer number";
    const Fields two_bytes{{305, 2}};
    const FoundRate rate = find_rate(layout(two_bytes, 0), wire.bytes());
    EXPECT_TRUE(rate.found);
    EXPECT_TRUE(rate.too_short);
    EXPECT_EQ(rate.rate, 0u);
}

TEST(Goflow2Options, ARestShorterThanARecordIsPadding) {
    const Fields fields{{149, 4}, {305, 4}};
    EXPECT_FALSE(find_rate(layout(fields, 1), ByteBuilder{}.fill(7).bytes()).found);
    EXPECT_FALSE(find_rate(layout(fields, 1), {}).found);
}

TEST(Goflow2Options, VariableScopesMayLeaveNothingForTheOptions) {
    const Fields fields{{82, variable_length}, {305, 4}};
    const Template options = layout(fields, 1, true);
    const ByteBuilder good = ByteBuilder{}.u8(2).raw({'e', 'n'}).u32(100);
    EXPECT_EQ(find_rate(options, good.bytes()).rate, 100u);
    EXPECT_FALSE(options_are_broken(options, good.bytes()));
    const ByteBuilder greedy = ByteBuilder{}.u8(9).raw({'e', 'n', '0', '1', '2'});
    EXPECT_FALSE(find_rate(options, greedy.bytes()).found);
    EXPECT_FALSE(options_are_broken(options, greedy.bytes()));
}

TEST(Goflow2Options, AMissingLengthIsBroken) {
    const Fields fields{{149, 1}, {82, variable_length}};
    const Template options = layout(fields, 1, true);
    EXPECT_FALSE(options_are_broken(options, ByteBuilder{}.u8(1).u8(0).bytes()));
    EXPECT_TRUE(options_are_broken(options, ByteBuilder{}.u8(1).u8(0).u8(1).bytes()));
}

TEST(Goflow2Options, WithoutAFixedPartThereIsNoGoodEnd) {
    const Fields fields{{82, variable_length}};
    const ByteBuilder wire = ByteBuilder{}.u8(1).raw({'a'}).u8(0);
    EXPECT_TRUE(options_are_broken(layout(fields, 0, true), wire.bytes()));
    EXPECT_FALSE(find_rate(layout(fields, 0, true), wire.bytes()).found) << "and it ends";
}

}  // namespace
}  // namespace flow::goflow2

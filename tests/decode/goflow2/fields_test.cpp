// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/fields.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/netflow_builder.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;

const Fields number_then_text{{1, 4}, {96, variable_length}, {4, 1}};

TEST(Goflow2Fields, VariableFieldsCountNothing) {
    EXPECT_EQ(fixed_size(number_then_text), 5u);
    EXPECT_EQ(fixed_size(Fields{{96, variable_length}}), 0u);
    EXPECT_EQ(fixed_size({}), 0u);
}

TEST(Goflow2Fields, EveryFieldHasItsPlaceInTheRecord) {
    ByteBuilder wire;
    wire.u32(7).u8(3).raw({'a', 'b', 'c'}).u8(6);
    wire.u32(8).u8(255).u16(2).raw({'d', 'e'}).u8(17);
    FieldReader reader{wire.bytes()};
    std::array<FieldExtent, 3> extents{};
    ASSERT_TRUE(reader.read(number_then_text, extents));
    EXPECT_EQ(reader.bytes().size(), 9u);
    EXPECT_EQ(extents[1].offset, 5u);
    EXPECT_EQ(extents[1].size, 3u);
    ASSERT_TRUE(reader.read(number_then_text, extents));
    EXPECT_EQ(extents[1].offset, 7u) << "a length of three bytes, from the second record's start";
    EXPECT_EQ(extents[1].size, 2u);
    EXPECT_EQ(extents[2].offset, 9u);
    EXPECT_EQ(reader.bytes().back(), 17u);
    EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Goflow2Fields, AFieldThatIsTooLongIsWhatIsLeft) {
    ByteBuilder wire;
    wire.u32(7).u8(200).raw({'a', 'b'});
    FieldReader reader{wire.bytes()};
    std::array<FieldExtent, 3> extents{};
    ASSERT_TRUE(reader.read(number_then_text, extents));
    EXPECT_EQ(extents[1].size, 2u);
    EXPECT_EQ(extents[2].size, 0u) << "nothing is left for the field behind it";
    EXPECT_EQ(reader.bytes().size(), 7u);
}

TEST(Goflow2Fields, AMissingLengthEndsTheRecord) {
    std::array<FieldExtent, 3> extents{};
    const ByteBuilder number = ByteBuilder{}.u32(7);
    FieldReader none{number.bytes()};
    EXPECT_FALSE(none.read(number_then_text, extents));
    const ByteBuilder half = ByteBuilder{}.u32(7).u8(255).u8(1);
    FieldReader reader{half.bytes()};
    EXPECT_FALSE(reader.read(number_then_text, extents));
    EXPECT_EQ(reader.remaining(), 0u) << "half a length is gone, too";
}

}  // namespace
}  // namespace flow::goflow2

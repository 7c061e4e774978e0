// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/wide_numbers.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/netflow_builder.hpp"

namespace flow::goflow2 {
namespace {

using test::Fields;

Template layout(const Fields& fields, std::uint8_t version) {
    return {.version = version, .id = 256, .fields = fields};
}

TEST(Goflow2WideNumbers, AddressesAndUnknownElementsAreNoNumbers) {
    for (const std::uint16_t id : {8, 12, 15, 18, 27, 28, 47, 60, 62, 63, 140, 315, 85, 96, 225}) {
        EXPECT_FALSE(is_number(id, 9)) << id;
        EXPECT_FALSE(is_number(id, 10)) << id;
    }
    for (const std::uint16_t id : {1, 2, 4, 56, 89, 138, 178, 197}) {
        EXPECT_TRUE(is_number(id, 9)) << id;
        EXPECT_TRUE(is_number(id, 10)) << id;
    }
}

TEST(Goflow2WideNumbers, TimesBelongToTheirVersion) {
    for (const std::uint16_t id : {21, 22}) {
        EXPECT_TRUE(is_number(id, 9)) << id;
        EXPECT_FALSE(is_number(id, 10)) << id;
    }
    for (const std::uint16_t id : {150, 154, 159, 312}) {
        EXPECT_FALSE(is_number(id, 9)) << id;
        EXPECT_TRUE(is_number(id, 10)) << id;
    }
    EXPECT_FALSE(is_number(149, 10));
    EXPECT_FALSE(is_number(160, 10));
}

TEST(Goflow2WideNumbers, NineBytesAreTooMany) {
    EXPECT_FALSE(has_wide_number(layout(Fields{{1, 8}, {96, 20}, {27, 16}}, 9)));
    EXPECT_TRUE(has_wide_number(layout(Fields{{8, 4}, {1, 9}}, 9)));
    EXPECT_FALSE(has_wide_number(layout(Fields{{1, 9, 29305}}, 10))) << "an enterprise's";
    EXPECT_FALSE(has_wide_number(layout(Fields{{1, variable_length}}, 10)));
}

TEST(Goflow2WideNumbers, VariableFieldsAreAsWideAsTheyAre) {
    const Fields fields{{1, variable_length}, {96, variable_length}};
    const std::array<FieldExtent, 2> narrow{{{1, 8}, {10, 30}}};
    const std::array<FieldExtent, 2> wide{{{1, 9}, {11, 1}}};
    EXPECT_FALSE(has_wide_number(layout(fields, 10), narrow));
    EXPECT_TRUE(has_wide_number(layout(fields, 10), wide));
}

}  // namespace
}  // namespace flow::goflow2

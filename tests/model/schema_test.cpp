// SPDX-License-Identifier: BSD-3-Clause
// Schema: all columns of a profile, in the order of declaration.
#include "flow/model/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace flow {
namespace {

TEST(Schema, OfGoflow2V1HasEveryColumnInOrder) {
    constexpr Schema schema = Schema::all(Profile::goflow2_v1);
    EXPECT_EQ(schema.profile(), Profile::goflow2_v1);
    ASSERT_EQ(schema.columns().size(), 70U);
    EXPECT_EQ(schema.columns().front(), Column::type);
    EXPECT_EQ(schema.columns().back(), Column::custom_list_1);
    EXPECT_TRUE(std::is_sorted(schema.columns().begin(), schema.columns().end()));
}

TEST(Schema, OfAnyProfileHasNoColumnWithoutANumber) {
    for (std::size_t i = 0; i < profile_count; ++i) {
        const Schema schema = Schema::all(static_cast<Profile>(i));
        EXPECT_FALSE(schema.columns().empty());
        for (const Column column : schema.columns()) {
            EXPECT_NE(schema.field(column).number, 0) << info(column).name;
        }
    }
}

TEST(Schema, FieldsAreThoseOfItsProfile) {
    const Schema schema = Schema::all(Profile::goflow2_v1);
    EXPECT_EQ(schema.field(Column::time_flow_start).number, 38);
    EXPECT_EQ(schema.field(Column::mpls_1_ttl).key, "Mpls_1Ttl");
    EXPECT_EQ(schema.field(Column::src_mac).render, Render::mac);
}

}  // namespace
}  // namespace flow

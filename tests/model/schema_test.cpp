// SPDX-License-Identifier: BSD-3-Clause
// Schema: the columns of a profile in the order of declaration, what is added to them, and the line
// that JSON and text write.
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

TEST(Schema, OfGoflow2V2HasEveryColumnInOrder) {
    constexpr Schema schema = Schema::all(Profile::goflow2_v2);
    EXPECT_EQ(schema.profile(), Profile::goflow2_v2);
    ASSERT_EQ(schema.columns().size(), 50U);
    EXPECT_EQ(schema.columns()[1], Column::time_received_ns);
    EXPECT_EQ(schema.columns().back(), Column::ipv6_routing_header_seg_left);
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

TEST(Schema, HasWhatWasAdded) {
    Schema schema = Schema::all(Profile::goflow2_v2);
    EXPECT_TRUE(schema.has(Column::layer_stack));
    EXPECT_FALSE(schema.has(Column::time_received)) << "only goflow2 v1 has it";
    EXPECT_FALSE(schema.has(Column::vxlan_vni));
    schema.add(Column::vxlan_vni);
    EXPECT_TRUE(schema.has(Column::vxlan_vni));
    EXPECT_EQ(schema.columns().back(), Column::vxlan_vni);
    ASSERT_EQ(schema.line().size(), 51U);
    EXPECT_EQ(schema.line().back().key, "vxlan_vni");
    EXPECT_EQ(schema.line().back().render, Render::number);
    EXPECT_TRUE(schema.line().back().always);
}

TEST(Schema, TakesAColumnOnce) {
    Schema schema = Schema::all(Profile::goflow2_v1);
    schema.add(Column::src_addr);
    schema.add(Column::nat_event);
    schema.add(Column::nat_event);
    EXPECT_EQ(schema.columns().size(), 71U);
    EXPECT_EQ(schema.line().size(), 71U);
}

TEST(Schema, HasRoomForAllOfTheTable) {
    for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
        Schema schema = Schema::all(profile);
        const std::size_t before = schema.columns().size();
        std::size_t own = 0;
        for (std::size_t i = 0; i < column_count; ++i) {
            if (!column_table[i].own()) continue;
            schema.add(static_cast<Column>(i));
            ++own;
        }
        EXPECT_EQ(schema.columns().size(), before + own);
    }
}

TEST(Schema, TakesCustomColumnsUpToALimit) {
    Schema schema = Schema::all(Profile::goflow2_v2);
    EXPECT_TRUE(schema.customs().empty());
    for (std::uint32_t i = 0; i < custom_columns_max; ++i) {
        ASSERT_TRUE(schema.add_custom({.name = "csum", .number = 999 + i}));
    }
    EXPECT_FALSE(schema.add_custom({.name = "more", .number = 5000}));
    ASSERT_EQ(schema.customs().size(), custom_columns_max);
    EXPECT_EQ(schema.customs()[custom_index(custom_column(1))].number, 1000U);
    EXPECT_EQ(schema.customs().front().type, CustomColumn::Type::varint);
    EXPECT_EQ(schema.columns().size(), 50U);
    EXPECT_EQ(schema.line().size(), 50U) << "the line is the caller's to extend";
}

TEST(Schema, PrintsTheLineThatWasAskedFor) {
    Schema schema = Schema::all(Profile::goflow2_v2);
    schema.clear_line();
    EXPECT_TRUE(schema.line().empty());
    EXPECT_TRUE(schema.add_item({.column = Column::src_addr, .render = Render::hex, .key = "a"}));
    EXPECT_TRUE(schema.add_item({.column = custom_column(0), .key = "b", .always = false}));
    ASSERT_EQ(schema.line().size(), 2U);
    EXPECT_EQ(schema.line()[0].key, "a");
    EXPECT_FALSE(schema.line()[1].always);
    EXPECT_EQ(schema.columns().size(), 50U) << "protobuf keeps its columns";
}

TEST(Schema, RefusesALineThatIsTooLong) {
    Schema schema = Schema::all(Profile::goflow2_v1);
    schema.clear_line();
    const LineItem item{.column = Column::bytes, .render = Render::number, .key = "bytes"};
    for (std::size_t i = 0; i < Schema::line_items_max; ++i) ASSERT_TRUE(schema.add_item(item));
    EXPECT_FALSE(schema.add_item(item));
    EXPECT_EQ(schema.line().size(), Schema::line_items_max);
}

}  // namespace
}  // namespace flow

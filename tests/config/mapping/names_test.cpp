// SPDX-License-Identifier: BSD-3-Clause
// Names to columns, and which renderer prints what.
#include "config/mapping/names.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flowd::mapping {
namespace {

using flow::Column;
using flow::Kind;
using flow::Profile;
using flow::Render;

const std::vector<Custom> customs{{.name = "csum", .number = 999},
                                  {.name = "in_if", .number = 1000, .type = {}}};

TEST(LineNames, AreColumnsOfTheProfileInBothSpellings) {
    for (const flow::ColumnInfo& column : flow::column_table) {
        for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
            const bool has = column.in(profile).number != 0;
            for (const std::string_view name : {column.name, column.go_name}) {
                const auto found = find_line_name(name, profile, {});
                ASSERT_EQ(found.has_value(), has) << name;
                if (!has) continue;
                EXPECT_EQ(&flow::info(found->column), &column) << name;
                EXPECT_EQ(found->render, column.in(profile).render) << name;
            }
        }
    }
    EXPECT_FALSE(find_line_name("", Profile::goflow2_v1, {}));
    EXPECT_FALSE(find_line_name("srcaddr", Profile::goflow2_v1, {}));
}

TEST(LineNames, SomeAreVirtual) {
    const auto one = find_line_name("ProtoName", Profile::goflow2_v1, {});
    ASSERT_TRUE(one);
    EXPECT_EQ(one->column, Column::proto);
    EXPECT_EQ(one->render, Render::proto_name_short);
    EXPECT_TRUE(one->is_virtual);
    EXPECT_EQ(find_line_name("icmp_name", Profile::goflow2_v2, {})->render,
              Render::icmp_name_or_unknown);
    EXPECT_EQ(find_line_name("IcmpName", Profile::goflow2_v1, {})->render, Render::icmp_name);
    EXPECT_EQ(find_line_name("etype_name", Profile::goflow2_v1, {})->column, Column::etype);
}

TEST(LineNames, ADeclaredColumnComesFirst) {
    EXPECT_EQ(find_line_name("csum", Profile::goflow2_v1, customs)->column, flow::custom_column(0));
    EXPECT_EQ(find_line_name("in_if", Profile::goflow2_v1, customs)->column,
              flow::custom_column(1));
    EXPECT_EQ(find_line_name("InIf", Profile::goflow2_v1, customs)->column, Column::in_if);
}

TEST(Destinations, GoesNameComesFirstThenADeclaredOne) {
    const Reading v2{.profile = Profile::goflow2_v2};
    const Reading strict{.profile = Profile::goflow2_v2, .strict = true};
    EXPECT_EQ(find_destination("InIf", v2, customs), Column::in_if);
    EXPECT_EQ(find_destination("in_if", v2, customs), flow::custom_column(1));
    EXPECT_EQ(find_destination("csum", strict, customs), flow::custom_column(0));
    EXPECT_EQ(find_destination("out_if", v2, customs), Column::out_if);
    EXPECT_EQ(find_destination("out_if", strict, customs), std::nullopt);
    EXPECT_EQ(find_destination("FlowId", v2, customs), Column::flow_id);
    EXPECT_EQ(find_destination("FlowId", strict, customs), std::nullopt);
    EXPECT_EQ(find_destination("TimeReceived", v2, customs), std::nullopt) << "v1's";
    EXPECT_EQ(find_destination("icmp_name", v2, customs), std::nullopt);
}

TEST(Kinds, OfDeclaredColumnsAreNumbersOrBytes) {
    const std::vector<Custom> typed{{.type = flow::CustomColumn::Type::varint},
                                    {.type = flow::CustomColumn::Type::string},
                                    {.type = flow::CustomColumn::Type::bytes}};
    EXPECT_EQ(kind_of(flow::custom_column(0), typed), Kind::u64);
    EXPECT_EQ(kind_of(flow::custom_column(1), typed), Kind::bytes);
    EXPECT_EQ(kind_of(flow::custom_column(2), typed), Kind::bytes);
    EXPECT_EQ(kind_of(Column::as_path, typed), Kind::u32_list);
}

TEST(Renderers, FitSomeKinds) {
    EXPECT_EQ(fitting(Render::ip, Kind::bytes), Render::ip);
    EXPECT_EQ(fitting(Render::ip_as_is, Kind::bytes_list), Render::ip_list);
    EXPECT_EQ(fitting(Render::text, Kind::bytes_list), std::nullopt);
    EXPECT_EQ(fitting(Render::text, Kind::u32), std::nullopt);
    EXPECT_EQ(fitting(Render::mac, Kind::bytes), std::nullopt);
    EXPECT_EQ(fitting(Render::datetime, Kind::u64), Render::datetime);
    EXPECT_EQ(fitting(Render::datetime, Kind::boolean), std::nullopt);
    EXPECT_EQ(fitting(Render::proto_name, Kind::u32_list), std::nullopt);
    for (const Kind kind : {Kind::u32, Kind::bytes, Kind::layer_list, Kind::flow_type}) {
        EXPECT_EQ(fitting(Render::none, kind), Render::none);
    }
}

}  // namespace
}  // namespace flowd::mapping

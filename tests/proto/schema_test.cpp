// SPDX-License-Identifier: BSD-3-Clause
// proto/flow.proto and the column table say the same, in both directions. What protoc makes of the
// file is the judge.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "flow.pb.h"
#include "flow/model/columns.hpp"
#include "flow/model/flow_type.hpp"

namespace flow {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const Descriptor& message() { return *flowpb::FlowMessage::descriptor(); }

FieldDescriptor::Type type_of(Kind kind) {
    switch (kind) {
        case Kind::u32:
        case Kind::u32_list: return FieldDescriptor::TYPE_UINT32;
        case Kind::u64: return FieldDescriptor::TYPE_UINT64;
        case Kind::boolean: return FieldDescriptor::TYPE_BOOL;
        case Kind::flow_type: return FieldDescriptor::TYPE_ENUM;
        case Kind::bytes: break;
    }
    return FieldDescriptor::TYPE_BYTES;
}

TEST(Schema, MessageHasTheNameThatConsumersKnow) {
    EXPECT_EQ(message().full_name(), "flowpb.FlowMessage");
    EXPECT_EQ(message().file()->syntax(), google::protobuf::FileDescriptor::SYNTAX_PROTO3);
}

TEST(Schema, FieldsAreTheColumnsInTheSameOrder) {
    ASSERT_EQ(message().field_count(), static_cast<int>(column_count));
    for (int i = 0; i < message().field_count(); ++i) {
        const auto column = static_cast<Column>(i);
        EXPECT_EQ(message().field(i)->name(), info(column).name) << "field " << i;
    }
}

TEST(Schema, EveryColumnIsAFieldOfItsNumberAndType) {
    for (const ColumnInfo& column : column_table) {
        const FieldDescriptor* const field = message().FindFieldByName(std::string{column.name});
        ASSERT_NE(field, nullptr) << column.name;
        EXPECT_EQ(field->number(), column.in(Profile::goflow2_v1).number) << column.name;
        EXPECT_EQ(field->type(), type_of(column.kind)) << column.name;
        EXPECT_EQ(field->is_repeated(), column.kind == Kind::u32_list) << column.name;
        EXPECT_EQ(field->is_packed(), column.kind == Kind::u32_list) << column.name;
        EXPECT_FALSE(field->has_presence()) << column.name << " would not be left out when 0";
    }
}

TEST(Schema, EveryFieldIsAColumn) {
    std::set<std::string> columns;
    for (const ColumnInfo& column : column_table) columns.emplace(column.name);
    ASSERT_EQ(columns.size(), column_count);
    for (int i = 0; i < message().field_count(); ++i) {
        EXPECT_TRUE(columns.contains(message().field(i)->name())) << message().field(i)->name();
    }
    EXPECT_EQ(message().nested_type_count(), 0);
    EXPECT_EQ(message().oneof_decl_count(), 0);
}

TEST(Schema, FlowTypesAreTheEnumsValues) {
    const auto& values = *message().FindFieldByName("type")->enum_type();
    EXPECT_EQ(values.full_name(), "flowpb.FlowMessage.FlowType");
    ASSERT_EQ(values.value_count(), 5);
    for (int i = 0; i < values.value_count(); ++i) {
        EXPECT_EQ(values.value(i)->number(), i);
        EXPECT_EQ(values.value(i)->name(), flow_type_name(static_cast<FlowType>(i)));
    }
}

// The numbers that goflow2 1.3.7 has given out; they are on the disks of others.
TEST(Schema, NumbersOfGoflow2DoNotMove) {
    const auto number = [](const char* name) {
        const FieldDescriptor* const field = message().FindFieldByName(name);
        return field == nullptr ? 0 : field->number();
    };
    EXPECT_EQ(number("time_flow_start"), 38);
    EXPECT_EQ(number("time_flow_end"), 5);
    EXPECT_EQ(number("sampling_rate"), 3);
    EXPECT_EQ(number("sequence_num"), 4);
    EXPECT_EQ(number("flow_direction"), 42);
    EXPECT_EQ(number("mpls_label_ip"), 65);
    EXPECT_EQ(number("bgp_communities"), 101);
    EXPECT_EQ(number("custom_list_1"), 1021);
}

}  // namespace
}  // namespace flow

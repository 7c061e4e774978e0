// SPDX-License-Identifier: BSD-3-Clause
// The files in proto/ and the column table say the same, in both directions. What protoc makes of
// the files is the judge; both are read as descriptors, for their messages have one name.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/layer.hpp"

namespace flow {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Files of one profile; the descriptors live as long as this.
struct SchemaFile {
    /// `path` is what protoc made of the file: a FileDescriptorSet.
    SchemaFile(Profile which, const char* path) : profile{which} {
        std::ifstream in{path, std::ios::binary};
        google::protobuf::FileDescriptorSet set;
        EXPECT_TRUE(set.ParseFromIstream(&in) && set.file_size() == 1) << path;
        file = pool.BuildFile(set.file(0));
        EXPECT_NE(file, nullptr) << path;
    }
    [[nodiscard]] const Descriptor& message() const { return *file->message_type(0); }
    /// The profile's columns in the order of the table, flowd's own behind them.
    [[nodiscard]] std::vector<Column> columns() const {
        std::vector<Column> columns;
        for (std::size_t i = 0; i < column_count; ++i) {
            if (column_table[i].in(profile).number != 0) columns.push_back(static_cast<Column>(i));
        }
        return columns;
    }

    Profile profile;
    google::protobuf::DescriptorPool pool;
    const google::protobuf::FileDescriptor* file = nullptr;
};

const SchemaFile& v1() {
    static const SchemaFile file{Profile::goflow2_v1, FLOWD_FLOW_DESCRIPTORS};
    return file;
}
const SchemaFile& v2() {
    static const SchemaFile file{Profile::goflow2_v2, FLOWD_FLOW_V2_DESCRIPTORS};
    return file;
}
const std::array<const SchemaFile*, 2>& both() {
    static const std::array<const SchemaFile*, 2> files{&v1(), &v2()};
    return files;
}

FieldDescriptor::Type type_of(Kind kind) {
    switch (kind) {
        case Kind::u32:
        case Kind::u32_list: return FieldDescriptor::TYPE_UINT32;
        case Kind::u64: return FieldDescriptor::TYPE_UINT64;
        case Kind::boolean: return FieldDescriptor::TYPE_BOOL;
        case Kind::flow_type:
        case Kind::layer_list: return FieldDescriptor::TYPE_ENUM;
        case Kind::bytes:
        case Kind::bytes_list: break;
    }
    return FieldDescriptor::TYPE_BYTES;
}

TEST(Schema, MessageHasTheNameThatConsumersKnow) {
    for (const SchemaFile* file : both()) {
        EXPECT_EQ(file->message().full_name(), "flowpb.FlowMessage");
        EXPECT_EQ(file->file->syntax(), google::protobuf::FileDescriptor::SYNTAX_PROTO3);
        EXPECT_EQ(file->message().nested_type_count(), 0);
        EXPECT_EQ(file->message().oneof_decl_count(), 0);
    }
}

TEST(Schema, FieldsAreTheColumnsInTheSameOrder) {
    for (const SchemaFile* file : both()) {
        const std::vector<Column> columns = file->columns();
        ASSERT_EQ(file->message().field_count(), static_cast<int>(columns.size()));
        for (int i = 0; i < file->message().field_count(); ++i) {
            EXPECT_EQ(file->message().field(i)->name(),
                      info(columns[static_cast<std::size_t>(i)]).name);
        }
    }
}

TEST(Schema, EveryColumnIsAFieldOfItsNumberAndType) {
    for (const SchemaFile* file : both()) {
        for (const Column column : file->columns()) {
            const ColumnInfo& row = info(column);
            const FieldDescriptor* const field =
                file->message().FindFieldByName(std::string{row.name});
            ASSERT_NE(field, nullptr) << row.name;
            const bool repeated = holds_list(row.kind) || row.kind == Kind::bytes_list;
            EXPECT_EQ(static_cast<std::uint32_t>(field->number()), row.in(file->profile).number)
                << row.name;
            EXPECT_EQ(field->type(), type_of(row.kind)) << row.name;
            EXPECT_EQ(field->is_repeated(), repeated) << row.name;
            EXPECT_EQ(field->is_packed(), holds_list(row.kind)) << row.name;
            EXPECT_FALSE(field->has_presence()) << row.name << " would not be left out when 0";
        }
    }
}

TEST(Schema, FlowTypesAreTheEnumsValues) {
    for (const SchemaFile* file : both()) {
        const auto& values = *file->message().FindFieldByName("type")->enum_type();
        ASSERT_EQ(values.value_count(), 8);
        for (int i = 0; i < values.value_count(); ++i) {
            const auto type = static_cast<FlowType>(values.value(i)->number());
            EXPECT_EQ(values.value(i)->name(), flow_type_name(type));
        }
    }
}

TEST(Schema, LayersAreTheEnumsValues) {
    const auto& values = *v2().message().FindFieldByName("layer_stack")->enum_type();
    ASSERT_EQ(values.value_count(), 18);
    for (int i = 0; i < values.value_count(); ++i) {
        const auto kind = static_cast<LayerKind>(values.value(i)->number());
        EXPECT_EQ(values.value(i)->name(), layer_name(kind));
    }
}

// The numbers that goflow2 1.3.7 and 2.2.6 have given out; they are on the disks of others.
TEST(Schema, NumbersOfGoflow2DoNotMove) {
    const auto number = [](const SchemaFile& file, const char* name) {
        const FieldDescriptor* const field = file.message().FindFieldByName(name);
        return field == nullptr ? 0 : field->number();
    };
    EXPECT_EQ(number(v1(), "time_flow_start"), 38);
    EXPECT_EQ(number(v1(), "time_flow_end"), 5);
    EXPECT_EQ(number(v1(), "sampling_rate"), 3);
    EXPECT_EQ(number(v1(), "sequence_num"), 4);
    EXPECT_EQ(number(v1(), "flow_direction"), 42);
    EXPECT_EQ(number(v1(), "mpls_label_ip"), 65);
    EXPECT_EQ(number(v1(), "custom_list_1"), 1021);
    EXPECT_EQ(number(v2(), "ip_flags"), 38);
    EXPECT_EQ(number(v2(), "time_received_ns"), 110);
    EXPECT_EQ(number(v2(), "time_flow_end_ns"), 112);
    EXPECT_EQ(number(v2(), "mpls_ttl"), 80);
    EXPECT_EQ(number(v2(), "layer_stack"), 103);
    EXPECT_EQ(number(v2(), "flow_direction"), 0);
}

}  // namespace
}  // namespace flow

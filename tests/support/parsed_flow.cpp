// SPDX-License-Identifier: BSD-3-Clause
// From libprotobuf's class and from a JSON parser to the same plain values.
#include "parsed_flow.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

namespace flow::test {

namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* field_of(const Message& message, Column column) {
    return message.GetDescriptor()->FindFieldByName(std::string{info(column).name});
}

void parse(Bytes bytes, Message& message) {
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    ADD_FAILURE() << "libprotobuf does not read a message of " << bytes.size() << " bytes";
    message.Clear();
}

const google::protobuf::UnknownFieldSet& unknown_fields(const Message& message) {
    return message.GetReflection()->GetUnknownFields(message);
}

std::string text(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

/// Columns of the table, or nothing for those that do not go out.
void expect_column(const Message& message, const Flow& flow, Column column, bool goes_out) {
    static const Flow empty{};
    const Flow& expected = goes_out ? flow : empty;
    const Kind kind = info(column).kind;
    if (kind == Kind::bytes) {
        EXPECT_EQ(bytes_of(message, column), text(expected.bytes(column))) << info(column).name;
    } else if (kind == Kind::bytes_list) {
        std::vector<std::string> list;
        for (const Bytes bytes : expected.byte_list(column)) list.push_back(text(bytes));
        EXPECT_EQ(byte_list_of(message, column), list) << info(column).name;
    } else if (holds_list(kind)) {
        const auto list = expected.list(column);
        EXPECT_EQ(list_of(message, column), (std::vector<std::uint32_t>{list.begin(), list.end()}))
            << info(column).name;
    } else {
        EXPECT_EQ(number_of(message, column), expected.number(column)) << info(column).name;
    }
}

/// Every value on its own, in order.
void expect_customs(const Message& message, const Flow& flow, const Schema& schema) {
    const google::protobuf::UnknownFieldSet& fields = unknown_fields(message);
    ASSERT_EQ(static_cast<std::size_t>(fields.field_count()), flow.customs().size());
    for (int i = 0; i < fields.field_count(); ++i) {
        const CustomValue& value = flow.customs()[static_cast<std::size_t>(i)];
        const CustomColumn& custom = schema.customs()[custom_index(value.column)];
        const google::protobuf::UnknownField& field = fields.field(i);
        EXPECT_EQ(static_cast<std::uint32_t>(field.number()), custom.number);
        if (custom.type == CustomColumn::Type::varint) {
            ASSERT_EQ(field.type(), google::protobuf::UnknownField::TYPE_VARINT);
            EXPECT_EQ(field.varint(), value.number);
        } else {
            ASSERT_EQ(field.type(), google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED);
            EXPECT_EQ(field.length_delimited(), text(value.bytes));
        }
    }
}

}  // namespace

flowpb::FlowMessage parse_flow(Bytes bytes) {
    flowpb::FlowMessage message;
    parse(bytes, message);
    EXPECT_TRUE(unknown_fields(message).empty());
    return message;
}

std::unique_ptr<Message> parse_flow(Bytes bytes, Profile profile) {
    std::unique_ptr<Message> message;
    if (profile == Profile::goflow2_v1) {
        message = std::make_unique<flowpb::FlowMessage>();
    } else {
        message = std::make_unique<flowpb_v2::FlowMessage>();
    }
    parse(bytes, *message);
    return message;
}

std::vector<flowpb::FlowMessage> parse_flows(Bytes bytes) {
    std::vector<flowpb::FlowMessage> messages;
    google::protobuf::io::CodedInputStream in{bytes.data(), static_cast<int>(bytes.size())};
    while (in.CurrentPosition() < static_cast<int>(bytes.size())) {
        std::uint32_t size = 0;
        if (!in.ReadVarint32(&size)) {
            ADD_FAILURE() << "no length at offset " << in.CurrentPosition();
            return messages;
        }
        const auto at = static_cast<std::size_t>(in.CurrentPosition());
        if (size > bytes.size() - at) {
            ADD_FAILURE() << "a length of " << size << " at offset " << at << " is past the end";
            return messages;
        }
        messages.push_back(parse_flow(bytes.subspan(at, size)));
        in.Skip(static_cast<int>(size));
    }
    return messages;
}

std::uint64_t number_of(const Message& message, Column column) {
    const FieldDescriptor* const field = field_of(message, column);
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    switch (info(column).kind) {
        case Kind::u32: return reflection.GetUInt32(message, field);
        case Kind::u64: return reflection.GetUInt64(message, field);
        case Kind::boolean: return reflection.GetBool(message, field) ? 1 : 0;
        case Kind::flow_type:
            return static_cast<std::uint64_t>(reflection.GetEnumValue(message, field));
        default: break;
    }
    ADD_FAILURE() << info(column).name << " is no number";
    return 0;
}

std::string bytes_of(const Message& message, Column column) {
    return message.GetReflection()->GetString(message, field_of(message, column));
}

std::vector<std::uint32_t> list_of(const Message& message, Column column) {
    const FieldDescriptor* const field = field_of(message, column);
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const bool names = info(column).kind == Kind::layer_list;
    std::vector<std::uint32_t> list;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        list.push_back(
            names ? static_cast<std::uint32_t>(reflection.GetRepeatedEnumValue(message, field, i))
                  : reflection.GetRepeatedUInt32(message, field, i));
    }
    return list;
}

std::vector<std::string> byte_list_of(const Message& message, Column column) {
    const FieldDescriptor* const field = field_of(message, column);
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<std::string> list;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        list.push_back(reflection.GetRepeatedString(message, field, i));
    }
    return list;
}

void expect_equal(const Message& message, const Flow& flow, const Schema& schema) {
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        if (schema.field(column).number == 0) continue;
        expect_column(message, flow, column, schema.has(column));
    }
    expect_customs(message, flow, schema);
}

}  // namespace flow::test

// SPDX-License-Identifier: BSD-3-Clause
// From libprotobuf's class and from a JSON parser to the same plain values.
#include "parsed_flow.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

namespace flow::test {

namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* field_of(const flowpb::FlowMessage& message, Column column) {
    return message.GetDescriptor()->FindFieldByName(std::string{info(column).name});
}

}  // namespace

flowpb::FlowMessage parse_flow(Bytes bytes) {
    flowpb::FlowMessage message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        ADD_FAILURE() << "libprotobuf does not read a message of " << bytes.size() << " bytes";
        return {};
    }
    EXPECT_TRUE(message.GetReflection()->GetUnknownFields(message).empty());
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

std::uint64_t number_of(const flowpb::FlowMessage& message, Column column) {
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

std::string bytes_of(const flowpb::FlowMessage& message, Column column) {
    return message.GetReflection()->GetString(message, field_of(message, column));
}

std::vector<std::uint32_t> list_of(const flowpb::FlowMessage& message, Column column) {
    const FieldDescriptor* const field = field_of(message, column);
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<std::uint32_t> list;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        list.push_back(reflection.GetRepeatedUInt32(message, field, i));
    }
    return list;
}

void expect_equal(const flowpb::FlowMessage& message, const Flow& flow) {
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        if (info(column).numbers[0] == 0 || info(column).own()) continue;
        if (info(column).kind == Kind::bytes) {
            const Bytes expected = flow.bytes(column);
            EXPECT_EQ(bytes_of(message, column), (std::string{expected.begin(), expected.end()}))
                << info(column).name;
        } else if (info(column).kind == Kind::u32_list) {
            const auto expected = flow.list(column);
            EXPECT_EQ(list_of(message, column),
                      (std::vector<std::uint32_t>{expected.begin(), expected.end()}))
                << info(column).name;
        } else {
            EXPECT_EQ(number_of(message, column), flow.number(column)) << info(column).name;
        }
    }
}

}  // namespace flow::test

// SPDX-License-Identifier: BSD-3-Clause
// A field's number chooses the column, the column's kind says which wire types it may have.
#include "tools/cat/message.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cassert>

namespace flowd::cat {

namespace {

using flow::Column;
using flow::Kind;
using WireFormat = google::protobuf::internal::WireFormatLite;

constexpr std::size_t message_size_max = std::size_t{1} << 30;

bool is_list(Kind kind) noexcept { return flow::holds_list(kind); }

bool is_of_bytes(Kind kind) noexcept { return kind == Kind::bytes || kind == Kind::bytes_list; }

/// The length of what follows and where it is; false when it goes beyond the message.
bool take_bytes(google::protobuf::io::CodedInputStream& in, flow::Bytes& bytes) {
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return false;
    bytes = {};
    if (size == 0) return true;
    const void* data = nullptr;
    int left = 0;
    if (!in.GetDirectBufferPointer(&data, &left)) return false;
    if (size > static_cast<std::uint32_t>(left)) return false;
    bytes = {static_cast<const std::uint8_t*>(data), size};
    return in.Skip(static_cast<int>(size));
}

}  // namespace

MessageReader::MessageReader(const flow::Schema& schema) {
    columns_.fill(none);
    for (std::size_t i = 0; i < flow::column_count; ++i) {
        const auto column = static_cast<Column>(i);
        const std::uint32_t number = schema.field(column).number;
        assert(number < numbers_max);
        if (number != 0) columns_[number] = column;
    }
    for (const flow::CustomColumn& custom : schema.customs()) {
        customs_.push_back({custom.number, custom.type == flow::CustomColumn::Type::varint});
    }
}

bool MessageReader::read(flow::Bytes message) {
    flow_.emplace();
    for (const Column column : used_) {
        lists_[static_cast<std::size_t>(column)].clear();
        byte_lists_[static_cast<std::size_t>(column)].clear();
    }
    used_.clear();
    broken_at_ = 0;
    if (message.size() > message_size_max) return false;
    const int size = static_cast<int>(message.size());
    Stream in{message.data(), size};
    while (in.CurrentPosition() < size) {
        broken_at_ = static_cast<std::size_t>(in.CurrentPosition());
        const std::uint32_t tag = in.ReadTagNoLastTag();
        if (WireFormat::GetTagFieldNumber(tag) == 0 || !read_field(in, tag)) return false;
    }
    return true;
}

Column MessageReader::column_of(std::uint32_t number) const noexcept {
    for (std::size_t i = 0; i < customs_.size(); ++i) {
        if (customs_[i].number == number) return flow::custom_column(i);
    }
    return number < numbers_max ? columns_[number] : none;
}

Kind MessageReader::kind_of(Column column) const noexcept {
    if (!flow::is_custom(column)) return flow::info(column).kind;
    return customs_[flow::custom_index(column)].is_varint ? Kind::u64 : Kind::bytes;
}

bool MessageReader::read_field(Stream& in, std::uint32_t tag) {
    const Column column = column_of(static_cast<std::uint32_t>(WireFormat::GetTagFieldNumber(tag)));
    const auto type = WireFormat::GetTagWireType(tag);
    if (column != none) {
        const Kind kind = kind_of(column);
        if (type == WireFormat::WIRETYPE_VARINT && !is_of_bytes(kind)) {
            return read_varint(in, column);
        }
        if (type == WireFormat::WIRETYPE_LENGTH_DELIMITED) {
            if (is_of_bytes(kind)) return read_bytes(in, column);
            // Custom numbers may be an array.
            if (is_list(kind) || flow::is_custom(column)) return read_packed(in, column);
        }
    }
    ++unknown_count_;
    return WireFormat::SkipField(&in, tag);
}

bool MessageReader::read_varint(Stream& in, Column column) {
    std::uint64_t number = 0;
    if (!in.ReadVarint64(&number)) return false;
    add_number(column, number);
    return true;
}

bool MessageReader::read_packed(Stream& in, Column column) {
    flow::Bytes bytes;
    if (!take_bytes(in, bytes)) return false;
    const int size = static_cast<int>(bytes.size());
    Stream numbers{bytes.data(), size};
    while (numbers.CurrentPosition() < size) {
        if (!read_varint(numbers, column)) return false;
    }
    return true;
}

bool MessageReader::read_bytes(Stream& in, Column column) {
    flow::Bytes bytes;
    if (!take_bytes(in, bytes)) return false;
    if (flow::is_custom(column)) {
        flow_->append({column, 0, bytes});
    } else if (kind_of(column) == Kind::bytes) {
        flow_->set(column, bytes);
    } else {
        auto& list = byte_lists_[static_cast<std::size_t>(column)];
        if (list.empty()) used_.push_back(column);
        list.push_back(bytes);
        flow_->set(column, std::span<const flow::Bytes>{list});
    }
    return true;
}

void MessageReader::add_number(Column column, std::uint64_t number) {
    if (flow::is_custom(column)) return flow_->append({column, number, {}});
    switch (kind_of(column)) {
        case Kind::boolean: return flow_->set(column, std::uint64_t{number != 0});
        case Kind::u32_list:
        case Kind::layer_list: break;
        default: return flow_->set(column, number);
    }
    auto& list = lists_[static_cast<std::size_t>(column)];
    if (list.empty()) used_.push_back(column);
    list.push_back(static_cast<std::uint32_t>(number));
    flow_->set(column, std::span<const std::uint32_t>{list});
}

}  // namespace flowd::cat

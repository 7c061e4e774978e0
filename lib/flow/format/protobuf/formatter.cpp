// SPDX-License-Identifier: BSD-3-Clause
// The plain encoder: every column in turn, by its kind.
#include "flow/format/protobuf/formatter.hpp"

#include <algorithm>

namespace flow::protobuf {

namespace {

std::size_t varint_size(std::uint64_t value) noexcept {
    std::array<std::uint8_t, varint_size_max> scratch;
    return static_cast<std::size_t>(put_varint(scratch.data(), value) - scratch.data());
}

std::uint8_t* put_bytes(std::uint8_t* to, Tag tag, Bytes bytes) noexcept {
    if (bytes.empty()) return to;
    to = put_varint(put_tag(to, tag), bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
}

/// Packed, as proto3 has repeated scalars.
std::uint8_t* put_list(std::uint8_t* to, Tag tag, std::span<const std::uint32_t> list) noexcept {
    if (list.empty()) return to;
    std::size_t size = 0;
    for (const std::uint32_t value : list) size += varint_size(value);
    to = put_varint(put_tag(to, tag), size);
    for (const std::uint32_t value : list) to = put_varint(to, value);
    return to;
}

/// One field for each, empty ones too.
std::uint8_t* put_bytes_list(std::uint8_t* to, Tag tag, std::span<const Bytes> list) noexcept {
    for (const Bytes bytes : list) {
        to = put_varint(put_tag(to, tag), bytes.size());
        if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
        to += bytes.size();
    }
    return to;
}

}  // namespace

Formatter::Formatter(const Schema& schema, Framing framing, RunProgram kernel) noexcept
    : framing_{framing}, kernel_{kernel}, spread_by_bmi2_{needs_bmi2(kernel)} {
    for (const Column column : schema.columns()) {
        const Kind kind = info(column).kind;
        const bool varint = holds_number(kind);
        fields_[field_count_++] = {
            column, kind,
            make_tag(schema.field(column).number,
                     varint ? WireType::varint : WireType::length_delimited)};
    }
    std::sort(fields_.begin(), fields_.begin() + static_cast<std::ptrdiff_t>(field_count_),
              [&](const Field& a, const Field& b) {
                  return schema.field(a.column).number < schema.field(b.column).number;
              });
    std::size_t run_fields = 0;
    for (Field& field : std::span{fields_}.first(field_count_)) {
        const bool of_datagram = is_of_datagram(field.column);
        run_fields = of_datagram ? run_fields % Constants::run_fields_max + 1 : 0;
        field.begins_run = run_fields == 1;
        if (of_datagram) fields_of_datagram_[field_of_datagram_count_++] = field;
    }
    for (std::size_t i = 0; i < schema.customs().size(); ++i) {
        const CustomColumn& custom = schema.customs()[i];
        const bool varint = custom.type == CustomColumn::Type::varint;
        customs_[i] = {custom.type, make_tag(custom.number, varint ? WireType::varint
                                                                   : WireType::length_delimited)};
    }
}

std::size_t Formatter::size_max(const Flow& flow) const noexcept {
    std::size_t size = prefix_size_max + field_size_max * (field_count_ + 1);
    for (const Field& field : fields()) {
        if (!flow.has(field.column)) continue;
        if (field.kind == Kind::bytes) size += flow.bytes(field.column).size();
        if (holds_list(field.kind)) size += flow.list(field.column).size() * 5;
        if (field.kind != Kind::bytes_list) continue;
        for (const Bytes bytes : flow.byte_list(field.column))
            size += field_size_max + bytes.size();
    }
    for (const CustomValue& value : flow.customs()) size += field_size_max + value.bytes.size();
    return size;
}

std::uint8_t* Formatter::write(const Flow& flow, std::uint8_t* to) const noexcept {
    std::uint8_t* at = message_begin(framing_, to);
    for (const Field& field : fields()) {
        if (!flow.has(field.column)) continue;  // protobuf has nothing to say of it
        switch (field.kind) {
            case Kind::bytes: at = put_bytes(at, field.tag, flow.bytes(field.column)); break;
            case Kind::bytes_list:
                at = put_bytes_list(at, field.tag, flow.byte_list(field.column));
                break;
            case Kind::layer_list:
            case Kind::u32_list: at = put_list(at, field.tag, flow.list(field.column)); break;
            default: at = put_field(at, field.tag, flow.number(field.column)); break;
        }
    }
    for (const CustomValue& value : flow.customs()) {
        const Custom& custom = customs_[custom_index(value.column)];
        if (custom.type == CustomColumn::Type::varint) {
            at = put_varint(put_tag(at, custom.tag), value.number);
        } else {
            at = put_bytes_list(at, custom.tag, {&value.bytes, 1});
        }
    }
    return finish_message(framing_, to, at);
}

}  // namespace flow::protobuf

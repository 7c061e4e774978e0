// SPDX-License-Identifier: BSD-3-Clause
// By the kind of the destination: numbers are read as numbers, bytes are copied, lists grow.
#include "flow/produce/mapping.hpp"

#include <algorithm>

#include "flow/produce/numbers.hpp"

namespace flow::produce {

namespace {

const FieldMapping* find(const Mapping& mapping, std::uint8_t version,
                         const TemplateField& field) noexcept {
    const auto row =
        std::find_if(mapping.fields.rbegin(), mapping.fields.rend(), [&](const FieldMapping& each) {
            return each.version == version && each.id == field.id &&
                   each.enterprise == field.enterprise;
        });
    return row == mapping.fields.rend() ? nullptr : &*row;
}

Transform as_number(Endian endian) noexcept {
    return endian == Endian::little ? Transform::number_little : Transform::number;
}

std::optional<Transform> custom_transform(const Schema& schema, Column destination,
                                          Endian endian) noexcept {
    const std::size_t index = custom_index(destination);
    if (index >= schema.customs().size()) return std::nullopt;
    const bool varint = schema.customs()[index].type == CustomColumn::Type::varint;
    return varint ? as_number(endian) : Transform::bytes;
}

}  // namespace

std::optional<Transform> mapped_transform(const Settings& settings, Column destination,
                                          Endian endian) noexcept {
    if (is_custom(destination)) return custom_transform(settings.schema, destination, endian);
    if (!settings.schema.has(destination)) return std::nullopt;
    if (settings.dialect != Dialect::standard && is_of_datagram(destination)) return std::nullopt;
    switch (info(destination).kind) {
        case Kind::u32:
        case Kind::u64: return as_number(endian);
        case Kind::bytes: return Transform::bytes;
        case Kind::u32_list:
        case Kind::bytes_list: return Transform::list_append;
        case Kind::boolean:
        case Kind::flow_type:
        case Kind::layer_list: break;  // nor does goflow2 map these
    }
    return std::nullopt;
}

std::optional<Step> mapped_step(const Settings& settings, std::uint8_t version,
                                const TemplateField& field) noexcept {
    if (settings.mapping == nullptr) return std::nullopt;
    const FieldMapping* const row = find(*settings.mapping, version, field);
    if (row == nullptr) return std::nullopt;
    const auto transform = mapped_transform(settings, row->destination, row->endian);
    if (!transform) return std::nullopt;
    return Step{.column = row->destination,
                .transform = *transform,
                .operand = row->endian == Endian::little};
}

void put_mapped(Flow& flow, Lists& lists, const MappedColumn& to, Bytes value) noexcept {
    const bool copies = to.transform == Transform::bytes ||
                        (!is_custom(to.column) && info(to.column).kind == Kind::bytes_list);
    if (copies) {
        const Bytes kept = lists.keep(value);
        if (is_custom(to.column)) return flow.append({to.column, 0, kept});
        if (to.transform == Transform::bytes) return flow.set(to.column, kept);
        return lists.append(flow, to.column, kept);
    }
    if (value.size() > number_size_max) return;
    const std::uint64_t number = to.endian == Endian::little ? load_le(value) : load_be(value);
    if (is_custom(to.column)) return flow.append({to.column, number, {}});
    if (to.transform != Transform::list_append) return flow.set(to.column, number);
    lists.append(flow, to.column, static_cast<std::uint32_t>(number));
}

}  // namespace flow::produce

// SPDX-License-Identifier: BSD-3-Clause
// By the kind of the destination: numbers are read as numbers, bytes are copied, lists grow.
#include "flow/produce/mapping.hpp"

#include <algorithm>

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

std::optional<Step> custom_step(const Schema& schema, const FieldMapping& row) noexcept {
    const std::size_t index = custom_index(row.destination);
    if (index >= schema.customs().size()) return std::nullopt;
    const bool varint = schema.customs()[index].type == CustomColumn::Type::varint;
    return Step{.column = row.destination,
                .transform = varint ? as_number(row.endian) : Transform::bytes};
}

}  // namespace

bool is_of_datagram(Column column) noexcept {
    switch (column) {
        case Column::type:
        case Column::time_received:
        case Column::time_received_ns:
        case Column::sequence_num:
        case Column::sampling_rate:
        case Column::sampler_address:
        case Column::observation_domain_id: return true;
        default: return false;
    }
}

std::optional<Step> mapped_step(const Settings& settings, std::uint8_t version,
                                const TemplateField& field) noexcept {
    if (settings.mapping == nullptr) return std::nullopt;
    const FieldMapping* const row = find(*settings.mapping, version, field);
    if (row == nullptr) return std::nullopt;
    const Column column = row->destination;
    if (is_custom(column)) return custom_step(settings.schema, *row);
    if (!settings.schema.has(column)) return std::nullopt;
    if (settings.dialect != Dialect::standard && is_of_datagram(column)) return std::nullopt;
    switch (info(column).kind) {
        case Kind::u32:
        case Kind::u64: return Step{.column = column, .transform = as_number(row->endian)};
        case Kind::bytes: return Step{.column = column, .transform = Transform::bytes};
        case Kind::u32_list:
        case Kind::bytes_list:
            return Step{.column = column,
                        .transform = Transform::list_append,
                        .operand = row->endian == Endian::little};
        case Kind::boolean:
        case Kind::flow_type:
        case Kind::layer_list: break;  // nor does goflow2 map these
    }
    return std::nullopt;
}

}  // namespace flow::produce

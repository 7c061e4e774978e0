// SPDX-License-Identifier: BSD-3-Clause
// Schemas that the encoders are tried with: both profiles, each as it is, with flowd's own columns,
// and with custom columns whose tags have every size.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "flow/model/schema.hpp"

namespace flow::protobuf {

/// None has the number of a column that a profile knows, so that libprotobuf keeps them apart.
inline constexpr std::array<CustomColumn, 5> custom_columns{{
    {.name = "short", .number = 8, .type = CustomColumn::Type::varint},
    {.name = "csum", .number = 999, .type = CustomColumn::Type::varint, .array = true},
    {.name = "text", .number = 2000, .type = CustomColumn::Type::string},
    {.name = "bytes", .number = 20'000, .type = CustomColumn::Type::bytes, .array = true},
    {.name = "long", .number = CustomColumn::number_max, .type = CustomColumn::Type::varint},
}};

inline Schema with_own_columns(Profile profile) {
    Schema schema = Schema::all(profile);
    for (std::size_t i = 0; i < column_count; ++i) {
        if (column_table[i].own()) schema.add(static_cast<Column>(i));
    }
    return schema;
}

inline Schema with_custom_columns(Profile profile) {
    Schema schema = with_own_columns(profile);
    for (const CustomColumn& custom : custom_columns) {
        if (!schema.add_custom(custom)) return {};
    }
    return schema;
}

inline std::vector<Schema> schemas() {
    std::vector<Schema> all;
    for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
        all.push_back(Schema::all(profile));
        all.push_back(with_own_columns(profile));
        all.push_back(with_custom_columns(profile));
    }
    return all;
}

}  // namespace flow::protobuf

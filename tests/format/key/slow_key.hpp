// SPDX-License-Identifier: BSD-3-Clause
// The slow judge of keys: texts by std::to_string, a rule per kind, and FNV-1 spelt out as its
// definition says it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flow/model/flow.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/layer.hpp"
#include "flow/model/schema.hpp"

namespace flow::test {

inline std::string in_brackets(const std::vector<std::string>& parts) {
    std::string text = "[";
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : " ") + parts[i];
    return text + "]";
}

inline std::string octets_of(Bytes bytes) {
    std::vector<std::string> parts;
    for (const std::uint8_t octet : bytes) parts.push_back(std::to_string(octet));
    return in_brackets(parts);
}

inline std::string layer_of(std::uint32_t number) {
    const std::string name{number > 255 ? "" : layer_name(static_cast<LayerKind>(number))};
    return name.empty() ? std::to_string(number) : name;
}

inline std::string type_of(std::uint64_t number) {
    const std::string name{flow_type_name(static_cast<FlowType>(number))};
    return number != 0 && name == "FLOWUNKNOWN" ? std::to_string(number) : name;
}

/// A value as Go prints it with %v.
inline std::string go_value(const Flow& flow, Column column) {
    std::vector<std::string> parts;
    switch (info(column).kind) {
        case Kind::boolean: return flow.number(column) != 0 ? "true" : "false";
        case Kind::flow_type: return type_of(flow.number(column));
        case Kind::bytes: return octets_of(flow.bytes(column));
        case Kind::u32:
        case Kind::u64: return std::to_string(flow.number(column));
        case Kind::u32_list:
            for (const auto number : flow.list(column)) parts.push_back(std::to_string(number));
            break;
        case Kind::layer_list:
            for (const auto number : flow.list(column)) parts.push_back(layer_of(number));
            break;
        case Kind::bytes_list:
            for (const Bytes bytes : flow.byte_list(column)) parts.push_back(octets_of(bytes));
            break;
    }
    return in_brackets(parts);
}

/// Nothing when the flow has no value for it.
inline std::optional<std::string> go_custom(const Flow& flow, const Schema& schema, Column column) {
    const CustomColumn& custom = schema.customs()[custom_index(column)];
    std::vector<std::string> parts;
    for (const CustomValue& value : flow.customs()) {
        if (value.column != column) continue;
        const bool number = custom.type == CustomColumn::Type::varint;
        parts.push_back(number ? std::to_string(value.number) : octets_of(value.bytes));
    }
    if (parts.empty()) return std::nullopt;
    return custom.array ? in_brackets(parts) : parts.back();
}

/// Each value behind the other, with `separator` behind each.
inline std::string slow_text(const Flow& flow, const Schema& schema,
                             std::span<const Column> columns, const std::string& separator) {
    std::string text;
    for (const Column column : columns) {
        const auto value = is_custom(column) ? go_custom(flow, schema, column)
                                             : std::optional{go_value(flow, column)};
        if (value) text += *value + separator;
    }
    return text;
}

inline std::string slow_key(const Flow& flow, const Schema& schema,
                            std::span<const Column> columns) {
    if (schema.profile() == Profile::goflow2_v1) return slow_text(flow, schema, columns, "-");
    if (columns.empty()) return {};
    std::uint64_t hash = 2'166'136'261;
    for (const char letter : slow_text(flow, schema, columns, "")) {
        hash = hash * 16'777'619 % 4'294'967'296;
        hash ^= static_cast<std::uint8_t>(letter);
    }
    std::string key;
    for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(hash >> shift & 0xff);
    return key;
}

}  // namespace flow::test

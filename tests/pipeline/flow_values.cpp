// SPDX-License-Identifier: BSD-3-Clause
// By the kind of each column; text, so that a difference reads at a glance.
#include "flow_values.hpp"

#include <algorithm>
#include <cstdio>

namespace flow::test {

namespace {

std::string text(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

std::string hex(const std::string& bytes) {
    std::string digits;
    for (const char byte : bytes) {
        char pair[3];
        std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned char>(byte));
        digits += pair;
    }
    return digits;
}

template <class Map>
typename Map::mapped_type value_of(const Map& map, Column column) {
    const auto found = map.find(column);
    return found == map.end() ? typename Map::mapped_type{} : found->second;
}

std::string describe_column(const FlowValues& values, Column column) {
    std::string line;
    const Kind kind = info(column).kind;
    if (holds_number(kind)) {
        const std::uint64_t number = value_of(values.numbers, column);
        if (number != 0) line = " " + std::to_string(number);
    } else if (kind == Kind::bytes) {
        const std::string bytes = value_of(values.bytes, column);
        if (!bytes.empty()) line = " " + hex(bytes);
    } else if (kind == Kind::bytes_list) {
        for (const std::string& item : value_of(values.byte_lists, column)) line += " " + hex(item);
    } else {
        for (const std::uint32_t item : value_of(values.lists, column)) {
            line += " " + std::to_string(item);
        }
    }
    return line.empty() ? line : std::string{info(column).name} + line + "\n";
}

}  // namespace

FlowValues values_of(const Schema& schema, const Flow& flow) {
    FlowValues values;
    for (const Column column : schema.columns()) {
        const Kind kind = info(column).kind;
        if (holds_number(kind)) {
            values.numbers[column] = flow.number(column);
        } else if (kind == Kind::bytes) {
            values.bytes[column] = text(flow.bytes(column));
        } else if (kind == Kind::bytes_list) {
            for (const Bytes item : flow.byte_list(column)) {
                values.byte_lists[column].push_back(text(item));
            }
        } else {
            const auto list = flow.list(column);
            values.lists[column].assign(list.begin(), list.end());
        }
    }
    for (const CustomValue& custom : flow.customs()) {
        values.customs.push_back({custom.column, custom.number, text(custom.bytes)});
    }
    return values;
}

std::string describe(const Schema& schema, const FlowValues& values) {
    std::string lines;
    for (const Column column : schema.columns()) lines += describe_column(values, column);
    for (const FlowValues::Custom& custom : values.customs) {
        lines += "custom " + std::to_string(custom_index(custom.column)) + " " +
                 std::to_string(custom.number) + " " + hex(custom.bytes) + "\n";
    }
    return lines;
}

std::size_t DescribingFormatter::size_max(const Flow& flow) const noexcept {
    return describe(schema_, values_of(schema_, flow)).size();
}

std::uint8_t* DescribingFormatter::write(const Flow& flow, std::uint8_t* to) const noexcept {
    const std::string lines = describe(schema_, values_of(schema_, flow));
    return std::copy(lines.begin(), lines.end(), to);
}

}  // namespace flow::test

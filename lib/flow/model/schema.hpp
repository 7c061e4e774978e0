// SPDX-License-Identifier: BSD-3-Clause
// Schema: which columns go out, in which order, under which names, in which profile. Built once at
// start, read-only from then on. Protobuf writes columns() and customs(); JSON and text write
// line(), which is the same unless a selector says otherwise.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/model/columns.hpp"

namespace flow {

/// A column that a mapping file declares. Messages hold it only where a mapping filled it.
struct CustomColumn {
    enum class Type : std::uint8_t { varint, string, bytes };

    /// Its tag has three bytes.
    static constexpr std::uint32_t number_max = (1U << 18) - 1;

    std::string_view name;
    std::uint32_t number = 0;  ///< protobuf field number, at most number_max
    Type type = Type::varint;
    bool array = false;  ///< lines print all values, not the last
};

/// One item of a JSON or text line.
struct LineItem {
    Column column{};  ///< may be custom
    Render render{};
    std::string_view key;
    /// False: a custom column without a value is left out of the line. Renderers that have a word
    /// for nothing, and arrays that have a renderer, are printed nevertheless.
    bool always = true;
};

/// Texts are borrowed: they outlive the schema.
class Schema {
public:
    /// Two names may print one column.
    static constexpr std::size_t line_items_max = 256;

    /// The profile's columns in their order of declaration, without flowd's own.
    [[nodiscard]] static constexpr Schema all(Profile profile) noexcept {
        Schema schema;
        schema.profile_ = profile;
        for (std::size_t i = 0; i < column_count; ++i) {
            const ColumnInfo& column = column_table[i];
            if (column.in(profile).number != 0 && !column.own()) {
                schema.add(static_cast<Column>(i));
            }
        }
        return schema;
    }

    /// Puts out one of flowd's own columns too. Again is nothing.
    constexpr void add(Column column) noexcept {
        for (const Column known : columns()) {
            if (known == column) return;
        }
        columns_[column_count_++] = column;
        const ColumnField field = info(column).in(profile_);
        add_item({.column = column, .render = field.render, .key = field.key});
    }

    /// Declares a custom column; the line is not touched. False when there are too many.
    [[nodiscard]] constexpr bool add_custom(const CustomColumn& custom) noexcept {
        if (custom_count_ == customs_.size()) return false;
        customs_[custom_count_++] = custom;
        return true;
    }

    /// For a line of the caller's choice: clear, then add.
    constexpr void clear_line() noexcept { item_count_ = 0; }
    /// False when the line is full.
    constexpr bool add_item(const LineItem& item) noexcept {
        if (item_count_ == items_.size()) return false;
        items_[item_count_++] = item;
        return true;
    }

    [[nodiscard]] constexpr Profile profile() const noexcept { return profile_; }
    [[nodiscard]] constexpr std::span<const Column> columns() const noexcept {
        return {columns_.data(), column_count_};
    }
    [[nodiscard]] constexpr std::span<const CustomColumn> customs() const noexcept {
        return {customs_.data(), custom_count_};
    }
    [[nodiscard]] constexpr std::span<const LineItem> line() const noexcept {
        return {items_.data(), item_count_};
    }
    [[nodiscard]] constexpr bool has(Column column) const noexcept {
        return std::find(columns().begin(), columns().end(), column) != columns().end();
    }
    /// How the profile numbers, names and prints a column of the table.
    [[nodiscard]] constexpr ColumnField field(Column column) const noexcept {
        return info(column).in(profile_);
    }

private:
    Profile profile_{};
    std::array<Column, flow::column_count> columns_{};
    std::size_t column_count_ = 0;
    std::array<CustomColumn, custom_columns_max> customs_{};
    std::size_t custom_count_ = 0;
    std::array<LineItem, line_items_max> items_{};
    std::size_t item_count_ = 0;
};

}  // namespace flow

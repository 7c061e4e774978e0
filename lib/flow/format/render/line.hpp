// SPDX-License-Identifier: BSD-3-Clause
// One flow as one line of keys and values: what JSON and text share. A Style says how keys and
// values are joined; the Line is built from it and the schema once (cold), is owned by one shard's
// formatter and does not change afterwards.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/format/render/decimal.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow::render {

/// A line is: open, items joined by `between`, close; an item is: before_key, the key, after_key,
/// the value. All together, `open` and `close` aside, take `style_size_max` at most.
struct Style {
    std::string_view open;
    std::string_view between;
    std::string_view before_key;
    std::string_view after_key;
    std::string_view close;
};

inline constexpr std::size_t style_size_max = 4;  // ,"":
inline constexpr std::size_t frame_size_max = 8;  // of `open`, of `close`

namespace detail {

constexpr std::size_t longest_key() noexcept {
    std::size_t longest = 0;
    for (const ColumnInfo& column : column_table) {
        for (const ColumnField& field : column.fields)
            longest = std::max(longest, field.key.size());
    }
    return longest;
}

/// Style, key and the empty value (`""`, `[]` or `0`), up to a whole number of 16-byte stores.
inline constexpr std::size_t literal_capacity = (style_size_max + longest_key() + 2 + 15) / 16 * 16;

}  // namespace detail

class Line {
public:
    Line(const Schema& schema, const Style& style) noexcept;

    /// A bound that costs a few additions, not the size of this flow's line. Stores are wider than
    /// what they write; the room they need is part of it.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;

    /// Returns the end of the line. Nothing at or behind `to + size_max(flow)` is touched.
    std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

private:
    /// A column's literal up to its value, and the empty value behind: a column that is zero, as
    /// most are, costs one copy.
    struct Item {
        std::array<std::uint8_t, detail::literal_capacity> literal{};
        std::uint8_t size = 0;  ///< where the value starts, behind its quote or bracket
        Column column{};
        Render render{};
    };

    struct Frame {
        std::array<std::uint8_t, frame_size_max> text{};
        std::uint8_t size = 0;
    };

    struct ColumnList {
        std::array<Column, column_count> columns{};
        std::size_t count = 0;

        void add(Column column) noexcept { columns[count++] = column; }
        [[nodiscard]] std::span<const Column> all() const noexcept {
            return {columns.data(), count};
        }
    };

    static constexpr std::size_t slack = std::max(overshoot_max, detail::literal_capacity);

    [[nodiscard]] static Frame frame(std::string_view text) noexcept;
    [[nodiscard]] static Item item(const Schema& schema, Column column, std::string_view between,
                                   const Style& style) noexcept;
    static std::uint8_t* put(const Frame& frame, std::uint8_t* to) noexcept;
    static std::uint8_t* value(const Item& item, const Flow& flow, std::uint8_t* to) noexcept;

    std::array<Item, column_count> items_{};
    std::size_t item_count_ = 0;
    std::size_t fixed_size_max_ = 0;  ///< everything but the elements of lists
    ColumnList byte_lists_;
    ColumnList number_lists_;
    Frame open_;
    Frame close_;
};

}  // namespace flow::render

// SPDX-License-Identifier: BSD-3-Clause
// One flow as one line of keys and values: what JSON and text share. A Style says how keys and
// values are joined. The line of an empty flow is built once (cold); a flow's line is that one with
// the values that it has put in. Owned by one shard's formatter; does not change afterwards.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "flow/format/render/address.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow::render {

/// A line is: open, items joined by `between`, close. An item is: before_key, the key, after_key,
/// the value.
struct Style {
    std::string_view open;
    std::string_view between;
    std::string_view before_key;
    std::string_view after_key;
    std::string_view close;
};

inline constexpr std::size_t joint_size_max = 4;  // between, before_key and after_key: ,"":
inline constexpr std::size_t frame_size_max = 2;  // open and close: {}

namespace detail {

constexpr std::size_t longest_key() noexcept {
    std::size_t longest = 0;
    for (const ColumnInfo& column : column_table) {
        longest = std::max({longest, column.name.size(), column.go_name.size()});
    }
    return longest;
}

inline constexpr std::size_t empty_value_size_max = mac_size + 2;

inline constexpr std::size_t blank_size_max =
    frame_size_max + column_count * (joint_size_max + longest_key() + empty_value_size_max);

}  // namespace detail

class Line {
public:
    Line(const Schema& schema, const Style& style) noexcept;

    /// A bound that costs a few additions, not the size of this flow's line. Stores are wider than
    /// what they write; the room they need is part of it.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;

    /// Returns the end of the line. Nothing at or behind `to + size_max(flow)` is touched.
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

private:
    /// Where a column's value goes.
    struct Hole {
        std::uint16_t begin = 0;  ///< in the blank line, behind the value's quote or bracket
        std::uint16_t end = 0;    ///< behind the empty value
        Column column{};
        Render render{};
        bool is_number = false;  ///< where Flow keeps it
    };
    static_assert(detail::blank_size_max <= std::numeric_limits<std::uint16_t>::max());

    struct ColumnList {
        std::array<Column, column_count> columns{};
        std::size_t count = 0;

        void add(Column column) noexcept { columns[count++] = column; }
        [[nodiscard]] std::span<const Column> all() const noexcept {
            return {columns.data(), count};
        }
    };

    void add(Column column, Render render, std::size_t value_at, std::size_t end) noexcept;
    [[nodiscard]] static bool is_empty(const Hole& hole, const Flow& flow) noexcept;
    [[nodiscard]] static std::uint8_t* value(const Hole& hole, const Flow& flow,
                                             std::uint8_t* to) noexcept;

    std::array<Hole, column_count> holes_{};
    std::size_t hole_count_ = 0;
    std::size_t blank_size_ = 0;
    std::size_t fixed_size_max_ = 0;  ///< everything but the elements of lists
    ColumnList byte_lists_;
    ColumnList number_lists_;
    /// The line of an empty flow; copies read a little behind its end.
    std::array<std::uint8_t, detail::blank_size_max + overshoot_max> blank_{};
};

}  // namespace flow::render

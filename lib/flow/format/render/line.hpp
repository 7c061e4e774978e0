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
#include "flow/format/render/program.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
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
    std::string_view quote = "\"";  ///< around strings; empty: none
};

inline constexpr std::size_t joint_size_max = 4;  // between, before_key and after_key: ,"":
inline constexpr std::size_t frame_size_max = 2;  // open and close: {}
/// Longest key of a line; longer ones are cut. Columns' names have up to 29 bytes.
inline constexpr std::size_t key_size_max = 64;

namespace detail {

inline constexpr std::size_t empty_value_size_max = mac_size + 2;

inline constexpr std::size_t blank_size_max =
    frame_size_max +
    Schema::line_items_max * (joint_size_max + key_size_max + empty_value_size_max);

}  // namespace detail

class ProgramWriter;

class Line {
public:
    Line(const Schema& schema, const Style& style) noexcept;

    /// A bound that costs a few additions, not the size of this flow's line. Stores are wider than
    /// what they write; the room they need is part of it.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;

    /// Returns the end of the line. Nothing at or behind `to + size_max(flow)` is touched.
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

    /// Turns a direct plan into a program, which says itself whether it is usable.
    void compile(const Plan& plan, Program& program) const noexcept;
    /// Writes what the flows of one datagram share.
    void begin(const Origin& origin, Constants& constants) const noexcept;

private:
    /// What each byte of a text may become.
    static constexpr std::size_t escaped_text_factor = 6;
    /// Of a custom value, quotes and comma included, but for its bytes.
    static constexpr std::size_t custom_size_max = 64;

    /// How an item's value is written.
    enum class Way : std::uint8_t {
        number,     ///< digits; nothing to do when 0
        named,      ///< a number as something else; nothing to do when 0
        bytes,      ///< nothing to do when empty
        list,       ///< of numbers or of bytes; nothing to do when empty
        byte_list,  ///< bytes as [1,2]
        computed,   ///< takes more of the flow than its column: always written
        custom,     ///< of a custom column: always looked for
    };

    /// Where an item's value goes.
    struct Hole {
        std::uint16_t begin = 0;  ///< in the blank line, behind the value's quote or bracket
        std::uint16_t end = 0;    ///< behind the empty value
        Column column{};
        Render render{};
        Kind kind{};
        Way way{};
        bool quoted = false;    ///< the value, or each of a list
        bool optional = false;  ///< with its key only where there is a value; begin is its key's
        bool array = false;     ///< custom: all values, not the last
        std::uint8_t key_size = 0;  ///< optional: bytes of joint and key before `begin`
    };
    static_assert(detail::blank_size_max <= std::numeric_limits<std::uint16_t>::max());

    struct ColumnList {
        std::array<Column, Schema::line_items_max> columns{};
        std::array<std::uint8_t, Schema::line_items_max> factors{};
        std::size_t count = 0;
    };

    /// Holes that the datagram fills, none between them that it does not.
    struct Run {
        std::size_t begin = 0;
        std::size_t end = 0;       ///< behind the last
        std::size_t size_max = 0;  ///< of its text
    };

    [[nodiscard]] Hole make_hole(const Schema& schema, const LineItem& item) const noexcept;
    void count_size(const Hole& hole) noexcept;
    void make_runs() noexcept;
    [[nodiscard]] static bool is_blank(const Hole& hole, const Step* step) noexcept;
    void add_value(const Plan& plan, const Hole& hole, const Step* step,
                   ProgramWriter& writer) const noexcept;
    [[nodiscard]] static bool is_empty(const Hole& hole, const Flow& flow) noexcept;
    [[nodiscard]] std::uint8_t* value(const Hole& hole, const Flow& flow,
                                      std::uint8_t* to) const noexcept;
    [[nodiscard]] std::uint8_t* scalar(const Hole& hole, std::uint64_t number, Bytes bytes,
                                       const Flow& flow, std::uint8_t* to) const noexcept;
    [[nodiscard]] std::uint8_t* list(const Hole& hole, const Flow& flow,
                                     std::uint8_t* to) const noexcept;
    [[nodiscard]] std::uint8_t* custom(const Hole& hole, const Flow& flow,
                                       std::uint8_t* to) const noexcept;
    [[nodiscard]] std::uint8_t* quote(std::uint8_t* to) const noexcept {
        *to = static_cast<std::uint8_t>(quote_[0]);
        return to + quote_size_;
    }

    std::array<Hole, Schema::line_items_max> holes_{};
    std::size_t hole_count_ = 0;
    std::size_t blank_size_ = 0;
    std::size_t fixed_size_max_ = 0;  ///< everything but what grows with the flow
    ColumnList sized_;                ///< bytes and lists, and what each byte or element becomes
    bool has_customs_ = false;
    bool compiles_ = false;  ///< plans may become programs
    std::array<Run, Constants::runs_max> runs_{};
    std::size_t run_count_ = 0;
    std::array<char, 2> quote_{};
    std::uint8_t quote_size_ = 0;
    std::uint8_t open_size_ = 0;
    std::uint8_t between_size_ = 0;
    /// The line of an empty flow; copies read a little behind its end.
    std::array<std::uint8_t, detail::blank_size_max + 32> blank_{};
};

}  // namespace flow::render

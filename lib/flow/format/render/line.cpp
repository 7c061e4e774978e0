// SPDX-License-Identifier: BSD-3-Clause
// Builds the blank line from the schema (cold), and writes flows (hot): what lies between two
// values is copied in one piece, however many empty columns it holds. Most columns of most flows
// are empty, so a line costs little more than its copy (perf/format/json_bench.cpp).
#include "flow/format/render/line.hpp"

#include <cassert>
#include <cstring>

#include "flow/format/render/list.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/wire/writer.hpp"

namespace flow::render {

namespace {

/// A rendering reads the part of Flow that a kind is kept in.
constexpr bool fits(Render render, Kind kind) noexcept {
    switch (render) {
        case Render::number: return kind == Kind::u32 || kind == Kind::u64;
        case Render::boolean: return kind == Kind::boolean;
        case Render::flow_type: return kind == Kind::flow_type;
        case Render::mac: return kind == Kind::u64;
        case Render::ip:
        case Render::byte_list: return kind == Kind::bytes;
        case Render::number_list: return kind == Kind::u32_list;
        default: return true;
    }
    return false;
}

constexpr bool renderings_fit() noexcept {
    for (const ColumnInfo& column : column_table) {
        const ColumnField field = column.in(Profile::goflow2_v1);
        if (field.number != 0 && !fits(field.render, column.kind)) return false;
    }
    return true;
}

static_assert(renderings_fit(), "a column prints as something that it does not hold");

/// What a column prints when nothing set it.
constexpr std::string_view empty_value(Render render) noexcept {
    switch (render) {
        case Render::number: return "0";
        case Render::boolean: return "false";
        case Render::flow_type: return "\"FLOWUNKNOWN\"";
        case Render::mac: return "\"00:00:00:00:00:00\"";
        case Render::ip: return "\"\"";
        case Render::byte_list:
        case Render::number_list: return "[]";
        default: return "\"\"";
    }
    return {};
}

constexpr bool has_marks(Render render) noexcept {
    return render != Render::number && render != Render::boolean;
}

/// Most that a value takes without its marks; the elements of a list are counted per flow.
constexpr std::size_t value_size_max(Render render, Kind kind) noexcept {
    switch (render) {
        case Render::number: return kind == Kind::u32 ? decimal_u32_size_max : decimal_u64_size_max;
        case Render::boolean: return empty_value(render).size();
        case Render::flow_type: return decimal_u64_size_max;
        case Render::mac: return mac_size;
        case Render::ip: return ip_size_max;
        case Render::byte_list:
        case Render::number_list: return 0;
        default: return 0;
    }
    return 0;
}

/// Size of the stores that copy the blank line.
constexpr std::size_t copy_size = 32;
static_assert(copy_size <= overshoot_max);

std::uint8_t* copy(std::uint8_t* to, const std::uint8_t* from, std::size_t size) noexcept {
    std::size_t at = 0;
    do {
        std::memcpy(to + at, from + at, copy_size);
        at += copy_size;
    } while (at < size);
    return to + size;
}

std::uint8_t* mark(std::uint8_t* to, char letter) noexcept {
    *to = static_cast<std::uint8_t>(letter);
    return to + 1;
}

std::uint8_t* flow_type(std::uint8_t* to, std::uint64_t type) noexcept {
    constexpr auto last = static_cast<std::uint64_t>(FlowType::ipfix);
    if (type > last) return decimal(to, type);  // goflow2 prints a number that it has no name for
    wire::Writer writer{to};
    writer.text(flow_type_name(static_cast<FlowType>(type)));
    return writer.end();
}

}  // namespace

[[gnu::cold]] Line::Line(const Schema& schema, const Style& style) noexcept {
    assert(style.open.size() + style.close.size() <= frame_size_max);
    assert(style.between.size() + style.before_key.size() + style.after_key.size() <=
           joint_size_max);
    wire::Writer blank{blank_.data()};
    const auto size = [&] { return static_cast<std::size_t>(blank.end() - blank_.data()); };
    blank.text(style.open);
    for (const Column column : schema.columns()) {
        const ColumnField field = schema.field(column);
        if (hole_count_ != 0) blank.text(style.between);
        blank.text(style.before_key);
        blank.text(field.key);
        blank.text(style.after_key);
        const std::size_t value_at = size();
        blank.text(empty_value(field.render));
        add(column, field.render, value_at, size());
    }
    blank.text(style.close);
    blank_size_ = size();
    fixed_size_max_ += blank_size_ + overshoot_max;
}

[[gnu::cold]] void Line::add(Column column, Render render, std::size_t value_at,
                             std::size_t end) noexcept {
    const Kind kind = info(column).kind;
    const std::size_t marks = has_marks(render) ? 2 : 0;
    Hole& hole = holes_[hole_count_++];
    hole.begin = static_cast<std::uint16_t>(value_at + marks / 2);
    hole.end = static_cast<std::uint16_t>(end);
    hole.column = column;
    hole.render = render;
    hole.is_number = holds_number(kind);
    // A value takes the place of the empty one, which the blank line's size counts already.
    fixed_size_max_ += value_size_max(render, kind) - (empty_value(render).size() - marks);
    if (render == Render::byte_list) byte_lists_.add(column);
    if (render == Render::number_list) number_lists_.add(column);
}

std::size_t Line::size_max(const Flow& flow) const noexcept {
    std::size_t octets = 0;
    std::size_t numbers = 0;
    for (const Column column : byte_lists_.all()) octets += flow.bytes(column).size();
    for (const Column column : number_lists_.all()) numbers += flow.list(column).size();
    return fixed_size_max_ + octets * octet_item_size_max + numbers * number_item_size_max;
}

std::uint8_t* Line::write(const Flow& flow, std::uint8_t* to) const noexcept {
    const std::uint8_t* from = blank_.data();
    const std::uint8_t* const end = from + blank_size_;
    for (const Hole& hole : std::span{holes_.data(), hole_count_}) {
        if (is_empty(hole, flow)) continue;
        const std::uint8_t* const begin = blank_.data() + hole.begin;
        to = copy(to, from, static_cast<std::size_t>(begin - from));
        to = value(hole, flow, to);
        from = blank_.data() + hole.end;
    }
    return copy(to, from, static_cast<std::size_t>(end - from));
}

inline bool Line::is_empty(const Hole& hole, const Flow& flow) noexcept {
    if (hole.is_number) return flow.number(hole.column) == 0;
    if (hole.render == Render::number_list) return flow.list(hole.column).empty();
    return flow.bytes(hole.column).empty();
}

/// A value that is not empty, and the mark that closes it.
inline std::uint8_t* Line::value(const Hole& hole, const Flow& flow, std::uint8_t* to) noexcept {
    switch (hole.render) {
        case Render::number: return decimal(to, flow.number(hole.column));
        case Render::boolean: {
            wire::Writer writer{to};
            writer.text("true");
            return writer.end();
        }
        case Render::flow_type: return mark(flow_type(to, flow.number(hole.column)), '"');
        case Render::mac: return mark(mac(to, flow.number(hole.column)), '"');
        case Render::ip: return mark(ip(to, flow.bytes(hole.column)), '"');
        // The bracket replaces the last comma.
        case Render::byte_list: return mark(octet_items(to, flow.bytes(hole.column)) - 1, ']');
        case Render::number_list: return mark(number_items(to, flow.list(hole.column)) - 1, ']');
        default: break;
    }
    return to;
}

}  // namespace flow::render

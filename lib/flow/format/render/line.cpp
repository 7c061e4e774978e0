// SPDX-License-Identifier: BSD-3-Clause
// Builds the blank line from the schema (cold), and writes flows (hot): what lies between two
// values is copied in one piece, however many empty columns it holds. Most columns of most flows
// are empty, so a line costs little more than its copy (perf/format/json_bench.cpp).
#include "flow/format/render/line.hpp"

#include <cassert>
#include <cstring>

#include "flow/format/render/list.hpp"
#include "flow/format/render/names.hpp"
#include "flow/format/render/value.hpp"
#include "flow/wire/writer.hpp"

namespace flow::render {

namespace {

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

Kind kind_of(const CustomColumn& custom) noexcept {
    return custom.type == CustomColumn::Type::varint ? Kind::u64 : Kind::bytes;
}

/// Renderings that need more than their column; their value is never left to the blank line.
constexpr bool is_computed(Render render) noexcept {
    return render == Render::network || render == Render::icmp_name ||
           render == Render::icmp_name_or_unknown || render == Render::datetime ||
           render == Render::datetime_nano;
}

/// What an item prints when nothing set it, without quotes.
constexpr std::string_view empty_value(Render render, Kind kind) noexcept {
    switch (render) {
        case Render::boolean: return "false";
        case Render::flow_type: return "FLOWUNKNOWN";
        case Render::mac: return "00:00:00:00:00:00";
        case Render::proto_name: return "HOPOPT";
        case Render::number: return "0";
        default: return kind == Kind::u32_list ? "[]" : "";
    }
}

/// The same of a custom column, where goflow2's names say that there is no value to name.
constexpr std::string_view empty_custom(Render render) noexcept {
    return render == Render::etype_name || render == Render::proto_name ? "unknown" : "";
}

}  // namespace

[[gnu::cold]] Line::Line(const Schema& schema, const Style& style) noexcept {
    assert(style.open.size() + style.close.size() <= frame_size_max);
    assert(style.between.size() + style.before_key.size() + style.after_key.size() <=
           joint_size_max);
    assert(style.quote.size() <= 1);
    wire::Writer blank{blank_.data()};
    const auto size = [&] { return static_cast<std::uint16_t>(blank.end() - blank_.data()); };
    if (!style.quote.empty()) quote_[0] = style.quote[0];
    quote_size_ = static_cast<std::uint8_t>(style.quote.size());
    open_size_ = static_cast<std::uint8_t>(style.open.size());
    between_size_ = static_cast<std::uint8_t>(style.between.size());
    blank.text(style.open);
    for (const LineItem& item : schema.line()) {
        Hole hole = make_hole(schema, item);
        const std::uint16_t start = size();
        if (hole_count_ != 0) blank.text(style.between);
        blank.text(style.before_key);
        blank.text(item.key.substr(0, key_size_max));
        blank.text(style.after_key);
        hole.begin = size();
        hole.key_size = static_cast<std::uint8_t>(hole.begin - start);
        const bool list = hole.way == Way::list || hole.way == Way::byte_list;
        const std::string_view quote = hole.quoted && !list && !hole.array ? style.quote : "";
        if (!hole.optional) {
            blank.text(quote);
            if (hole.way != Way::custom) {
                hole.begin = static_cast<std::uint16_t>(size() + (list ? 1 : 0));
            }
            blank.text(hole.array || list        ? "[]"
                       : hole.way == Way::custom ? empty_custom(hole.render)
                                                 : empty_value(hole.render, hole.kind));
            blank.text(quote);
        }
        hole.end = size();
        count_size(hole);
        holes_[hole_count_++] = hole;
    }
    blank.text(style.close);
    blank_size_ = size();
    fixed_size_max_ += blank_size_ + overshoot_max;
    make_runs();
}

[[gnu::cold]] Line::Hole Line::make_hole(const Schema& schema,
                                         const LineItem& item) const noexcept {
    Hole hole{.column = item.column, .render = item.render};
    if (is_custom(item.column)) {
        const CustomColumn& custom = schema.customs()[custom_index(item.column)];
        hole.kind = kind_of(custom);
        hole.way = Way::custom;
        hole.optional = !item.always;
        hole.array = custom.array;
    } else {
        hole.kind = info(item.column).kind;
    }
    if (hole.render == Render::none) hole.render = plain_render(hole.kind);
    hole.quoted = is_string(hole.render, hole.kind);
    if (hole.way == Way::custom) return hole;
    if (holds_list(hole.kind) || hole.kind == Kind::bytes_list) {
        hole.way = Way::list;
    } else if (is_computed(hole.render)) {
        hole.way = Way::computed;
    } else if (hole.kind == Kind::bytes) {
        hole.way = hole.render == Render::byte_list ? Way::byte_list : Way::bytes;
    } else {
        hole.way = hole.render == Render::number ? Way::number : Way::named;
    }
    return hole;
}

/// A value takes the place of the empty one, which the blank line's size counts already: the marks
/// of both are the same.
[[gnu::cold]] void Line::count_size(const Hole& hole) noexcept {
    const bool grows = hole.way == Way::byte_list || hole.way == Way::list ||
                       (hole.way == Way::bytes && value_size_max(hole.render, hole.kind, 1) <= 6);
    if (hole.way == Way::custom) {
        has_customs_ = true;
        return;
    }
    if (!grows) {
        const std::size_t empty = empty_value(hole.render, hole.kind).size();
        fixed_size_max_ += value_size_max(hole.render, hole.kind, 0) - empty;
        return;
    }
    const std::size_t marks = hole.way == Way::list ? 1 + (hole.quoted ? 2U * quote_size_ : 0) : 0;
    const std::size_t one = value_size_max(hole.render, hole.kind, 1);
    sized_.columns[sized_.count] = hole.column;
    sized_.factors[sized_.count++] = static_cast<std::uint8_t>(marks + one);
}

std::size_t Line::size_max(const Flow& flow) const noexcept {
    std::size_t size = fixed_size_max_;
    for (std::size_t i = 0; i < sized_.count; ++i) {
        const Column column = sized_.columns[i];
        const std::size_t factor = sized_.factors[i];
        switch (info(column).kind) {
            case Kind::bytes: size += flow.bytes(column).size() * factor; break;
            case Kind::bytes_list:
                for (const Bytes bytes : flow.byte_list(column)) {
                    size += factor + bytes.size() * escaped_text_factor;
                }
                break;
            default: size += flow.list(column).size() * factor; break;
        }
    }
    if (has_customs_) {
        // One value may go out under several items.
        std::size_t customs = 0;
        for (const CustomValue& value : flow.customs()) {
            customs += custom_size_max + value.bytes.size() * escaped_text_factor;
        }
        size += hole_count_ * custom_size_max + customs * hole_count_;
    }
    return size;
}

std::uint8_t* Line::write(const Flow& flow, std::uint8_t* to) const noexcept {
    const std::uint8_t* from = blank_.data();
    const std::uint8_t* const end = from + blank_size_;
    const std::uint8_t* const line = to;
    for (const Hole& hole : std::span{holes_.data(), hole_count_}) {
        const std::uint8_t* begin = blank_.data() + hole.begin;
        if (is_empty(hole, flow)) {
            if (!hole.optional) [[likely]]
                continue;
            // Without the key; what follows needs no joint when nothing has come before.
            begin -= hole.key_size;
            if (begin > from) to = copy(to, from, static_cast<std::size_t>(begin - from));
            from = blank_.data() + hole.end;
            if (to == line + open_size_ && from + between_size_ < end) from += between_size_;
            continue;
        }
        to = copy(to, from, static_cast<std::size_t>(begin - from));
        to = value(hole, flow, to);
        from = blank_.data() + hole.end;
    }
    return copy(to, from, static_cast<std::size_t>(end - from));
}

inline bool Line::is_empty(const Hole& hole, const Flow& flow) noexcept {
    switch (hole.way) {
        case Way::number:
        case Way::named: return flow.number(hole.column) == 0;
        case Way::bytes:
        case Way::byte_list: return flow.bytes(hole.column).empty();
        case Way::list:
            return hole.kind == Kind::bytes_list ? flow.byte_list(hole.column).empty()
                                                 : flow.list(hole.column).empty();
        case Way::computed: return false;
        case Way::custom: break;
    }
    for (const CustomValue& value : flow.customs()) {
        if (value.column == hole.column) return false;
    }
    return true;
}

inline std::uint8_t* Line::scalar(const Hole& hole, std::uint64_t number, Bytes bytes,
                                  const Flow& flow, std::uint8_t* to) const noexcept {
    to = put_value(to, hole.render, hole.kind, {number, bytes}, hole.column, flow);
    return hole.quoted ? quote(to) : to;
}

/// A value that is not empty, and the mark that closes it.
inline std::uint8_t* Line::value(const Hole& hole, const Flow& flow,
                                 std::uint8_t* to) const noexcept {
    switch (hole.way) {
        case Way::number: return decimal(to, flow.number(hole.column));
        case Way::named:
        case Way::computed: return scalar(hole, flow.number(hole.column), {}, flow, to);
        case Way::bytes:
            if (hole.render == Render::ip) [[likely]]
                return quote(ip(to, flow.bytes(hole.column)));
            return scalar(hole, 0, flow.bytes(hole.column), flow, to);
        // The bracket replaces the last comma.
        case Way::byte_list: return mark(octet_items(to, flow.bytes(hole.column)) - 1, ']');
        case Way::list: return list(hole, flow, to);
        case Way::custom: break;
    }
    return custom(hole, flow, to);
}

std::uint8_t* Line::list(const Hole& hole, const Flow& flow, std::uint8_t* to) const noexcept {
    if (hole.render == Render::number_list) {
        return mark(number_items(to, flow.list(hole.column)) - 1, ']');
    }
    const auto item = [&](std::uint64_t number, Bytes bytes) {
        to = mark(scalar(hole, number, bytes, flow, hole.quoted ? quote(to) : to), ',');
    };
    if (hole.kind == Kind::bytes_list) {
        for (const Bytes bytes : flow.byte_list(hole.column)) item(0, bytes);
    } else {
        for (const std::uint32_t number : flow.list(hole.column)) item(number, {});
    }
    return mark(to - 1, ']');
}

/// All values of an array, else the last one.
std::uint8_t* Line::custom(const Hole& hole, const Flow& flow, std::uint8_t* to) const noexcept {
    const CustomValue* last = nullptr;
    if (hole.array) to = mark(to, '[');
    for (const CustomValue& value : flow.customs()) {
        if (value.column != hole.column) continue;
        last = &value;
        if (!hole.array) continue;
        if (hole.quoted) to = quote(to);
        to = mark(scalar(hole, value.number, value.bytes, flow, to), ',');
    }
    if (hole.array) return mark(to - 1, ']');
    if (hole.quoted) to = quote(to);
    return scalar(hole, last->number, last->bytes, flow, to);
}

}  // namespace flow::render

// SPDX-License-Identifier: BSD-3-Clause
// The items of a line: built once from the schema, then run for every flow. A run goes once over
// the columns, with one copy for the key and one branch on how the value prints.
#include "flow/format/render/line.hpp"

#include <cassert>
#include <cstring>

#include "flow/format/render/address.hpp"
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
    }
    return false;
}

constexpr bool renderings_fit() noexcept {
    for (const ColumnInfo& column : column_table) {
        for (const ColumnField& field : column.fields) {
            if (field.number != 0 && !fits(field.render, column.kind)) return false;
        }
    }
    return true;
}

static_assert(renderings_fit(), "a column prints as something that it does not hold");

/// What a column prints when nothing set it, and how much of that stands before a value.
struct Empty {
    std::string_view text;
    std::size_t value_at;
};

constexpr Empty empty(Render render) noexcept {
    switch (render) {
        case Render::number: return {"0", 0};
        case Render::boolean: return {"", 0};
        case Render::flow_type:
        case Render::ip:
        case Render::mac: return {"\"\"", 1};
        case Render::byte_list:
        case Render::number_list: return {"[]", 1};
    }
    return {"", 0};
}

/// Most that a value takes from `value_at` on, without the elements of a list.
constexpr std::size_t value_size_max(Render render) noexcept {
    switch (render) {
        case Render::number: return decimal_u64_size_max;
        case Render::boolean: return 5;
        case Render::flow_type: return decimal_u64_size_max + 1;
        case Render::ip: return ip_size_max + 1;
        case Render::mac: return mac_size + 1;
        case Render::byte_list:
        case Render::number_list: return 1;
    }
    return 0;
}

/// A text that is copied with one store of fixed size.
struct Word {
    std::array<std::uint8_t, 16> text{};
    std::uint8_t size = 0;
};

constexpr Word word(std::string_view text, std::string_view close = {}) noexcept {
    Word word;
    for (const char letter : text) word.text[word.size++] = static_cast<std::uint8_t>(letter);
    for (const char letter : close) word.text[word.size++] = static_cast<std::uint8_t>(letter);
    return word;
}

constexpr std::array<Word, 2> booleans{word("false"), word("true")};

/// Indexed by FlowType, closing quote included.
constexpr std::array<Word, 5> flow_types{
    word(flow_type_name(FlowType::unknown), "\""),
    word(flow_type_name(FlowType::sflow_5), "\""),
    word(flow_type_name(FlowType::netflow_v5), "\""),
    word(flow_type_name(FlowType::netflow_v9), "\""),
    word(flow_type_name(FlowType::ipfix), "\""),
};

std::uint8_t* put(const Word& word, std::uint8_t* to) noexcept {
    std::memcpy(to, word.text.data(), word.text.size());
    return to + word.size;
}

std::uint8_t* close(std::uint8_t* to, char mark) noexcept {
    *to = static_cast<std::uint8_t>(mark);
    return to + 1;
}

std::uint8_t* flow_type(std::uint8_t* to, std::uint64_t type) noexcept {
    if (type < flow_types.size()) return put(flow_types[type], to);
    return close(decimal(to, type), '"');
}

}  // namespace

[[gnu::cold]] Line::Line(const Schema& schema, const Style& style) noexcept
    : open_{frame(style.open)}, close_{frame(style.close)} {
    fixed_size_max_ = slack + open_.size + close_.size;
    for (const Column column : schema.columns()) {
        const std::string_view between = item_count_ == 0 ? std::string_view{} : style.between;
        const Item& added = items_[item_count_++] = item(schema, column, between, style);
        fixed_size_max_ += added.size + value_size_max(added.render);
        if (added.render == Render::byte_list) byte_lists_.add(column);
        if (added.render == Render::number_list) number_lists_.add(column);
    }
}

[[gnu::cold]] Line::Frame Line::frame(std::string_view text) noexcept {
    assert(text.size() <= frame_size_max);
    Frame frame;
    frame.size = static_cast<std::uint8_t>(text.size());
    wire::Writer{frame.text.data()}.text(text);
    return frame;
}

[[gnu::cold]] Line::Item Line::item(const Schema& schema, Column column, std::string_view between,
                                    const Style& style) noexcept {
    assert(between.size() + style.before_key.size() + style.after_key.size() <= style_size_max);
    const ColumnField& field = schema.field(column);
    const Empty value = empty(field.render);
    Item item;
    wire::Writer literal{item.literal.data()};
    literal.text(between);
    literal.text(style.before_key);
    literal.text(field.key);
    literal.text(style.after_key);
    const auto key_size = static_cast<std::size_t>(literal.end() - item.literal.data());
    literal.text(value.text);
    item.size = static_cast<std::uint8_t>(key_size + value.value_at);
    item.column = column;
    item.render = field.render;
    return item;
}

std::size_t Line::size_max(const Flow& flow) const noexcept {
    std::size_t octets = 0;
    std::size_t numbers = 0;
    for (const Column column : byte_lists_.all()) octets += flow.bytes(column).size();
    for (const Column column : number_lists_.all()) numbers += flow.list(column).size();
    return fixed_size_max_ + octets * octet_item_size_max + numbers * number_item_size_max;
}

std::uint8_t* Line::write(const Flow& flow, std::uint8_t* to) const noexcept {
    to = put(open_, to);
    for (std::size_t i = 0; i < item_count_; ++i) to = value(items_[i], flow, to);
    return put(close_, to);
}

inline std::uint8_t* Line::put(const Frame& frame, std::uint8_t* to) noexcept {
    std::memcpy(to, frame.text.data(), frame.text.size());
    return to + frame.size;
}

inline std::uint8_t* Line::value(const Item& item, const Flow& flow, std::uint8_t* to) noexcept {
    std::memcpy(to, item.literal.data(), item.literal.size());
    to += item.size;
    switch (item.render) {
        case Render::number: {
            const std::uint64_t number = flow.number(item.column);
            return number == 0 ? to + 1 : decimal(to, number);
        }
        case Render::boolean: return render::put(booleans[flow.number(item.column) != 0], to);
        case Render::flow_type: return flow_type(to, flow.number(item.column));
        case Render::ip: return close(ip(to, flow.bytes(item.column)), '"');
        case Render::mac: return close(mac(to, flow.number(item.column)), '"');
        // The bracket that closes replaces the last comma; of an empty list it stands there.
        case Render::byte_list: {
            const Bytes octets = flow.bytes(item.column);
            return octets.empty() ? to + 1 : close(octet_items(to, octets) - 1, ']');
        }
        case Render::number_list: {
            const std::span<const std::uint32_t> list = flow.list(item.column);
            return list.empty() ? to + 1 : close(number_items(to, list) - 1, ']');
        }
    }
    return to;
}

}  // namespace flow::render

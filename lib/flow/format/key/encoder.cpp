// SPDX-License-Identifier: BSD-3-Clause
// Values as Go's fmt prints them with %v: numbers in decimal, enums by name, bytes and lists
// between brackets with blanks between. Renderers and new names of the mapping file are for lines,
// not for keys.
#include "flow/format/key/encoder.hpp"

#include <array>

#include "flow/base/fnv.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/format/render/value.hpp"

namespace flow::key {

namespace {

/// Longest text of a number, a name or a truth.
constexpr std::size_t scalar_size_max = render::decimal_u64_size_max;
/// An octet and the blank behind it.
constexpr std::size_t octet_size_max = 4;
constexpr std::size_t brackets_size = 2;

/// Takes the pieces of a text into memory.
class TextOut {
public:
    explicit TextOut(std::uint8_t* to) noexcept : to_{to} {}

    void mark(char letter) noexcept { *to_++ = static_cast<std::uint8_t>(letter); }
    /// `put` writes at most scalar_size_max bytes, and overshoots.
    template <class Put>
    void piece(Put put) noexcept {
        to_ = put(to_);
    }
    [[nodiscard]] std::uint8_t* end() const noexcept { return to_; }

private:
    std::uint8_t* to_;
};

/// Takes the same pieces into a hash.
class HashOut {
public:
    void mark(char letter) noexcept { hash_.add(static_cast<std::uint8_t>(letter)); }
    template <class Put>
    void piece(Put put) noexcept {
        std::array<std::uint8_t, scalar_size_max + render::overshoot_max> text;
        const std::uint8_t* const end = put(text.data());
        hash_.add(Bytes{text.data(), static_cast<std::size_t>(end - text.data())});
    }
    [[nodiscard]] std::uint32_t value() const noexcept { return hash_.value(); }

private:
    Fnv1 hash_;
};

template <class Out>
void put_number(Out& out, std::uint64_t number) noexcept {
    out.piece([number](std::uint8_t* to) { return render::decimal(to, number); });
}

/// A number that has a name, or is a truth.
template <class Out>
void put_name(Out& out, Column column, Kind kind, std::uint64_t number, const Flow& flow) noexcept {
    out.piece([&](std::uint8_t* to) {
        return render::put_value(to, render::plain_render(kind), kind, {.number = number}, column,
                                 flow);
    });
}

template <class Out, class List, class PutItem>
void put_list(Out& out, const List& list, PutItem put_item) noexcept {
    out.mark('[');
    bool first = true;
    for (const auto& item : list) {
        if (!first) out.mark(' ');
        first = false;
        put_item(item);
    }
    out.mark(']');
}

template <class Out>
void put_bytes(Out& out, Bytes bytes) noexcept {
    put_list(out, bytes, [&out](std::uint8_t octet) {
        out.piece([octet](std::uint8_t* to) { return render::decimal_octet(to, octet); });
    });
}

/// A value of a column of the table.
template <class Out>
void put_column(Out& out, Column column, Kind kind, const Flow& flow) noexcept {
    switch (kind) {
        case Kind::u32:
        case Kind::u64: return put_number(out, flow.number(column));
        case Kind::boolean:
        case Kind::flow_type: return put_name(out, column, kind, flow.number(column), flow);
        case Kind::bytes: return put_bytes(out, flow.bytes(column));
        case Kind::bytes_list:
            return put_list(out, flow.byte_list(column),
                            [&](Bytes bytes) { put_bytes(out, bytes); });
        case Kind::u32_list:
            return put_list(out, flow.list(column),
                            [&](std::uint32_t number) { put_number(out, number); });
        case Kind::layer_list:
            return put_list(out, flow.list(column), [&](std::uint32_t number) {
                put_name(out, column, kind, number, flow);
            });
    }
}

template <class Out>
void put_custom(Out& out, Kind kind, const CustomValue& value) noexcept {
    if (kind == Kind::bytes) return put_bytes(out, value.bytes);
    put_number(out, value.number);
}

/// All values of a custom column, or the last. False when there is none, and nothing is written.
template <class Out>
bool put_customs(Out& out, Column column, Kind kind, bool array, const Flow& flow) noexcept {
    const CustomValue* last = nullptr;
    for (const CustomValue& value : flow.customs()) {
        if (value.column != column) continue;
        if (array) out.mark(last == nullptr ? '[' : ' ');
        if (array) put_custom(out, kind, value);
        last = &value;
    }
    if (last == nullptr) return false;
    if (array) {
        out.mark(']');
    } else {
        put_custom(out, kind, *last);
    }
    return true;
}

/// Each value, and behind it, when it is there, what separates it from the next.
template <class Out, class Items>
void put_key(Out& out, const Items& items, const Flow& flow, char separator) noexcept {
    for (const auto& item : items) {
        if (!is_custom(item.column)) {
            put_column(out, item.column, item.kind, flow);
        } else if (!put_customs(out, item.column, item.kind, item.array, flow)) {
            continue;
        }
        if (separator != '\0') out.mark(separator);
    }
}

}  // namespace

Encoder::Encoder(const Schema& schema, std::span<const Column> columns)
    : profile_{schema.profile()} {
    items_.reserve(columns.size());
    for (const Column column : columns) {
        if (!is_custom(column)) {
            items_.push_back({column, info(column).kind, false});
            continue;
        }
        const CustomColumn& custom = schema.customs()[custom_index(column)];
        const bool number = custom.type == CustomColumn::Type::varint;
        items_.push_back({column, number ? Kind::u64 : Kind::bytes, custom.array});
    }
}

bool Encoder::has_key() const noexcept {
    return profile_ == Profile::goflow2_v1 || !items_.empty();
}

std::size_t Encoder::text_size_max(const Item& item, const Flow& flow) noexcept {
    constexpr std::size_t bytes_size_min = brackets_size + 1;
    if (is_custom(item.column)) {
        std::size_t size = bytes_size_min;
        for (const CustomValue& value : flow.customs()) {
            size += bytes_size_min + scalar_size_max + octet_size_max * value.bytes.size();
        }
        return size;
    }
    switch (item.kind) {
        case Kind::bytes: return bytes_size_min + octet_size_max * flow.bytes(item.column).size();
        case Kind::u32_list:
        case Kind::layer_list:
            return bytes_size_min + (scalar_size_max + 1) * flow.list(item.column).size();
        case Kind::bytes_list: {
            std::size_t size = bytes_size_min;
            for (const Bytes bytes : flow.byte_list(item.column)) {
                size += bytes_size_min + octet_size_max * bytes.size();
            }
            return size;
        }
        default: return scalar_size_max + 1;
    }
}

std::size_t Encoder::size_max(const Flow& flow) const noexcept {
    if (profile_ == Profile::goflow2_v2) return has_key() ? hash_size : 0;
    std::size_t size = render::overshoot_max;
    for (const Item& item : items_) size += text_size_max(item, flow);
    return size;
}

std::uint8_t* Encoder::write(const Flow& flow, std::uint8_t* to) const noexcept {
    if (profile_ == Profile::goflow2_v1) {
        TextOut out{to};
        put_key(out, items_, flow, '-');
        return out.end();
    }
    if (!has_key()) return to;
    HashOut out;
    put_key(out, items_, flow, '\0');
    store_be32(to, out.value());
    return to + hash_size;
}

}  // namespace flow::key

// SPDX-License-Identifier: BSD-3-Clause
// Flow: a value for every column, and those of custom columns in the order in which they came. The
// plain way from a record to a message, and the reference that compiled plans are held against.
// Bytes and lists are borrowed from the datagram or from the producer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"

namespace flow {

namespace detail {

/// Index of each column among those of its kind of storage.
constexpr std::array<std::uint8_t, column_count> storage_indexes() noexcept {
    std::array<std::uint8_t, column_count> indexes{};
    std::uint8_t numbers = 0;
    std::uint8_t bytes = 0;
    std::uint8_t lists = 0;
    std::uint8_t byte_lists = 0;
    for (std::size_t i = 0; i < column_count; ++i) {
        const Kind kind = column_table[i].kind;
        indexes[i] = kind == Kind::bytes        ? bytes++
                     : holds_list(kind)         ? lists++
                     : kind == Kind::bytes_list ? byte_lists++
                                                : numbers++;
    }
    return indexes;
}

inline constexpr auto storage_index = storage_indexes();

template <class Predicate>
constexpr std::size_t count_columns(Predicate predicate) noexcept {
    std::size_t count = 0;
    for (const ColumnInfo& column : column_table) count += predicate(column.kind) ? 1 : 0;
    return count;
}

}  // namespace detail

/// A value of a custom column. Of a varint `number` counts, else `bytes`.
struct CustomValue {
    Column column;
    std::uint64_t number;
    Bytes bytes;
};

class Flow {
public:
    /// Values of custom columns that one flow holds; more are left out.
    static constexpr std::size_t custom_values_max = 64;

    Flow() noexcept {}

    [[nodiscard]] std::uint64_t number(Column column) const noexcept {
        return numbers_[at(column)];
    }
    [[nodiscard]] Bytes bytes(Column column) const noexcept { return bytes_[at(column)]; }
    [[nodiscard]] std::span<const std::uint32_t> list(Column column) const noexcept {
        return lists_[at(column)];
    }

    [[nodiscard]] std::span<const Bytes> byte_list(Column column) const noexcept {
        return byte_lists_[at(column)];
    }
    /// In the order in which they were appended.
    [[nodiscard]] std::span<const CustomValue> customs() const noexcept {
        return {customs_.data(), custom_count_};
    }

    /// Whether the column was given a value; 0 and nothing are values. Without one it is 0 or
    /// nothing.
    [[nodiscard]] bool has(Column column) const noexcept {
        const auto index = static_cast<std::size_t>(column);
        return (given_[index / word_bits] >> index % word_bits & 1) != 0;
    }

    /// Keeps as many low bits as the column's type has.
    void set(Column column, std::uint64_t value) noexcept {
        const bool narrow = info(column).kind == Kind::u32;
        note(column);
        numbers_[at(column)] = narrow ? static_cast<std::uint32_t>(value) : value;
    }
    void set(Column column, Bytes value) noexcept {
        note(column);
        bytes_[at(column)] = value;
    }
    void set(Column column, std::span<const std::uint32_t> value) noexcept {
        note(column);
        lists_[at(column)] = value;
    }
    void set(Column column, std::span<const Bytes> value) noexcept {
        note(column);
        byte_lists_[at(column)] = value;
    }
    /// `value.column` is custom.
    void append(const CustomValue& value) noexcept {
        if (custom_count_ < customs_.size()) customs_[custom_count_++] = value;
    }

private:
    static constexpr std::size_t word_bits = 64;

    void note(Column column) noexcept {
        const auto index = static_cast<std::size_t>(column);
        given_[index / word_bits] |= std::uint64_t{1} << index % word_bits;
    }
    [[nodiscard]] static constexpr std::size_t at(Column column) noexcept {
        return detail::storage_index[static_cast<std::size_t>(column)];
    }

    std::array<std::uint64_t, (column_count + word_bits - 1) / word_bits> given_{};
    std::array<std::uint64_t, detail::count_columns(holds_number)> numbers_{};
    std::array<Bytes, detail::count_columns([](Kind kind) { return kind == Kind::bytes; })>
        bytes_{};
    std::array<std::span<const std::uint32_t>,
               detail::count_columns([](Kind kind) { return holds_list(kind); })>
        lists_{};
    std::array<std::span<const Bytes>,
               detail::count_columns([](Kind kind) { return kind == Kind::bytes_list; })>
        byte_lists_{};
    std::size_t custom_count_ = 0;
    union {  // so that the constructor leaves them alone: 2 KiB that most flows never use
        std::array<CustomValue, custom_values_max> customs_;
    };
};

}  // namespace flow

// SPDX-License-Identifier: BSD-3-Clause
// Memory of the list columns of one flow. A flow borrows its lists from here until the next one is
// filled.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"

namespace flow::produce {

/// Items of lists, one list behind another. Reserved at construction; when it is full, lists stay
/// as they are.
template <class T>
class ListMemory {
public:
    explicit ListMemory(std::size_t items_max) noexcept : items_{items_max} {}

    void clear() noexcept { used_ = 0; }

    /// `list`, taken from here or empty, with zeros behind it up to `count` items. The list that
    /// was made last grows where it is, others move. Empty when there is no room.
    [[nodiscard]] std::span<T> grow(std::span<const T> list, std::size_t count) noexcept {
        const bool is_last = !list.empty() && list.data() + list.size() == items() + used_;
        const std::size_t begin = is_last ? used_ - list.size() : used_;
        if (count < list.size() || count > items_.size() - begin) return {};
        const std::span<T> grown{items() + begin, count};
        if (!is_last) std::copy(list.begin(), list.end(), grown.begin());
        std::fill(grown.begin() + static_cast<std::ptrdiff_t>(list.size()), grown.end(), T{});
        used_ = begin + count;
        return grown;
    }

private:
    [[nodiscard]] T* items() noexcept { return items_.size() == 0 ? nullptr : &items_[0]; }

    Slots<T> items_;
    std::size_t used_ = 0;
};

/// One per shard.
class Lists {
public:
    void clear() noexcept {
        words_.clear();
        addresses_.clear();
        octets_.clear();
    }

    /// Puts `value` at `index`, behind zeros where the list was shorter.
    void put(Flow& flow, Column column, std::size_t index, std::uint32_t value) noexcept {
        const auto list = flow.list(column);
        const auto grown = words_.grow(list, std::max(list.size(), index + 1));
        if (grown.empty()) return;
        grown[index] = value;
        flow.set(column, std::span<const std::uint32_t>{grown});
    }
    void append(Flow& flow, Column column, std::uint32_t value) noexcept {
        put(flow, column, flow.list(column).size(), value);
    }
    void append(Flow& flow, Column column, Bytes value) noexcept {
        const auto list = flow.byte_list(column);
        const auto grown = addresses_.grow(list, list.size() + 1);
        if (grown.empty()) return;
        grown.back() = value;
        flow.set(column, std::span<const Bytes>{grown});
    }
    /// The list becomes a copy of `values`, behind what is there if it `appends`.
    void put_all(Flow& flow, Column column, std::span<const std::uint32_t> values,
                 bool appends) noexcept {
        const auto list = appends ? flow.list(column) : std::span<const std::uint32_t>{};
        const auto grown = words_.grow(list, list.size() + values.size());
        if (grown.size() < values.size()) return;
        std::copy(values.begin(), values.end(), grown.end() - std::ssize(values));
        flow.set(column, std::span<const std::uint32_t>{grown});
    }
    /// A copy that lives as long as the lists; empty when there is no room.
    [[nodiscard]] Bytes keep(Bytes value) noexcept {
        const auto kept = octets_.grow({}, value.size());
        if (kept.empty()) return {};
        std::copy(value.begin(), value.end(), kept.begin());
        return kept;
    }
    /// Room for `count` numbers, all zero; empty when there is none.
    [[nodiscard]] std::span<std::uint32_t> take(std::size_t count) noexcept {
        return words_.grow({}, count);
    }

private:
    /// A datagram of 64 KiB holds no more words.
    static constexpr std::size_t words_max = 16384;
    static constexpr std::size_t addresses_max = 512;
    /// What mappings take out of a packet.
    static constexpr std::size_t octets_max = 16384;

    ListMemory<std::uint32_t> words_{words_max};
    ListMemory<Bytes> addresses_{addresses_max};
    ListMemory<std::uint8_t> octets_{octets_max};
};

}  // namespace flow::produce

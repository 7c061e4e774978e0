// SPDX-License-Identifier: BSD-3-Clause
// Flows with random values in random columns, custom ones too, and the memory that they borrow
// from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"

namespace flow::test {

/// A number of any width up to 64 bits, so that short and long encodings are equally likely.
inline std::uint64_t random_number(std::mt19937_64& random) {
    const auto bits = static_cast<unsigned>(random() % 65);
    return bits == 0 ? 0 : random() >> (64 - bits);
}

/// What it owns the flow borrows, so it is neither copied nor moved.
class RandomFlow {
public:
    /// About a third of the columns stay empty. With custom columns some flows have none of them,
    /// others several values of one.
    explicit RandomFlow(std::mt19937_64& random, std::size_t custom_columns = 0) : random_{random} {
        for (std::size_t i = 0; i < column_count; ++i) {
            if (random_() % 3 != 0) set(static_cast<Column>(i));
        }
        if (custom_columns == 0) return;
        for (std::size_t i = random_() % 6; i > 0; --i) {
            flow_.append({custom_column(random_() % custom_columns), number(), bytes()});
        }
    }
    RandomFlow(const RandomFlow&) = delete;
    RandomFlow& operator=(const RandomFlow&) = delete;

    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    void set(Column column) {
        switch (info(column).kind) {
            case Kind::u32: flow_.set(column, number() & UINT32_MAX); return;
            case Kind::u64: flow_.set(column, number()); return;
            case Kind::boolean: flow_.set(column, random_() % 2); return;
            case Kind::flow_type: flow_.set(column, random_() % 5); return;
            case Kind::bytes: flow_.set(column, bytes()); return;
            case Kind::bytes_list: flow_.set(column, byte_list()); return;
            case Kind::layer_list: flow_.set(column, list(100)); return;
            case Kind::u32_list: flow_.set(column, list(std::uint64_t{1} << 32)); return;
        }
    }

    std::uint64_t number() { return random_number(random_); }
    std::size_t size() {
        constexpr std::array<std::size_t, 6> sizes{0, 1, 4, 16, 127, 300};
        return sizes[random_() % sizes.size()];
    }
    Bytes bytes() {
        std::vector<std::uint8_t>& memory = bytes_.emplace_back(size());
        for (std::uint8_t& byte : memory) byte = static_cast<std::uint8_t>(random_());
        return Bytes{memory};
    }
    std::span<const Bytes> byte_list() {
        std::vector<Bytes> items(random_() % 5);
        for (Bytes& item : items) item = bytes();
        return byte_lists_.emplace_back(std::move(items));
    }
    std::span<const std::uint32_t> list(std::uint64_t limit) {
        std::vector<std::uint32_t>& memory = lists_.emplace_back(size());
        for (std::uint32_t& item : memory) item = static_cast<std::uint32_t>(number() % limit);
        return memory;
    }

    std::mt19937_64& random_;
    // Whose items stay where they are.
    std::deque<std::vector<std::uint8_t>> bytes_;
    std::deque<std::vector<std::uint32_t>> lists_;
    std::deque<std::vector<Bytes>> byte_lists_;
    Flow flow_;
};

}  // namespace flow::test

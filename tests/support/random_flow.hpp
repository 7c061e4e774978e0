// SPDX-License-Identifier: BSD-3-Clause
// Flows with random values in random columns, and the memory that they borrow from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"

namespace flow::test {

/// A number of any width up to 64 bits, so that short and long encodings are equally likely.
inline std::uint64_t random_number(std::mt19937_64& random) {
    const auto bits = static_cast<unsigned>(random() % 65);
    return bits == 0 ? 0 : random() >> (64 - bits);
}

class RandomFlow {
public:
    /// About a third of the columns stay empty.
    explicit RandomFlow(std::mt19937_64& random) {
        for (std::size_t i = 0; i < column_count; ++i) {
            if (random() % 3 != 0) set(static_cast<Column>(i), random);
        }
    }
    RandomFlow(const RandomFlow&) = delete;
    RandomFlow& operator=(const RandomFlow&) = delete;

    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    void set(Column column, std::mt19937_64& random) {
        const auto at = static_cast<std::size_t>(column);
        switch (info(column).kind) {
            case Kind::u32: flow_.set(column, random_number(random) & UINT32_MAX); return;
            case Kind::u64: flow_.set(column, random_number(random)); return;
            case Kind::boolean: flow_.set(column, random() % 2); return;
            case Kind::flow_type: flow_.set(column, random() % 5); return;
            case Kind::bytes:
                for (std::size_t size = random_size(random); size > 0; --size) {
                    bytes_[at].push_back(static_cast<std::uint8_t>(random()));
                }
                flow_.set(column, Bytes{bytes_[at]});
                return;
            case Kind::bytes_list: return;
            case Kind::layer_list:
            case Kind::u32_list:
                for (std::size_t size = random_size(random); size > 0; --size) {
                    lists_[at].push_back(static_cast<std::uint32_t>(random_number(random)));
                }
                flow_.set(column, std::span<const std::uint32_t>{lists_[at]});
                return;
        }
    }
    static std::size_t random_size(std::mt19937_64& random) {
        constexpr std::array<std::size_t, 6> sizes{0, 1, 4, 16, 127, 300};
        return sizes[random() % sizes.size()];
    }

    std::array<std::vector<std::uint8_t>, column_count> bytes_;
    std::array<std::vector<std::uint32_t>, column_count> lists_;
    Flow flow_;
};

}  // namespace flow::test

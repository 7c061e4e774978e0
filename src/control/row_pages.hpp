// SPDX-License-Identifier: BSD-3-Clause
// RowPages: what is remembered of a ledger's rows. Of tens of thousands a small site uses a few,
// far apart: memory is taken by the page, when a row of it is first used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace flowd {

template <class Row>
class RowPages {
public:
    [[nodiscard]] Row& at(std::uint32_t row) {
        const std::size_t page = row / page_rows;
        if (page >= pages_.size()) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        return (*pages_[page])[row % page_rows];
    }
    /// Null: it was never used.
    [[nodiscard]] Row* find(std::uint32_t row) const noexcept {
        const std::size_t page = row / page_rows;
        if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        return &(*pages_[page])[row % page_rows];
    }

private:
    static constexpr std::size_t page_rows = 64;
    using Page = std::array<Row, page_rows>;

    std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace flowd

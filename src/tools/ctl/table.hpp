// SPDX-License-Identifier: BSD-3-Clause
// Table: rows in columns that fit a width. What does not fit goes: first long texts are cut, then
// columns are left out, the least important first.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/ctl/page.hpp"

namespace flowd::ctl {

enum class Align : bool { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
    int rank = 0;           ///< the highest is left out first; 0: never
    std::size_t least = 0;  ///< columns that a long text may be cut to; 0: never cut
    std::size_t fixed = 0;  ///< at least so wide, so that `top` does not wobble
    Style head = Style::faint;
};

struct Cell {
    std::string text;
    Style style = Style::plain;
};

class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}

    /// One cell a column.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

    /// The head, then the rows, each indented.
    [[nodiscard]] Page page(const Look& look, std::size_t indent = 0) const;

private:
    struct Place {
        std::size_t column;
        std::size_t width;
    };
    [[nodiscard]] std::vector<Place> places(const Look& look, std::size_t indent) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace flowd::ctl

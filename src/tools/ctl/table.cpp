// SPDX-License-Identifier: BSD-3-Clause
// Two blanks between columns.
#include "tools/ctl/table.hpp"

#include <algorithm>

#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr std::size_t gap = 2;

void add_cell(Line& line, std::string text, Style style, Align align, std::size_t width) {
    const std::size_t used = width_of(text);
    const std::size_t blanks = width > used ? width - used : 0;
    if (align == Align::right) line.add(std::string(blanks, ' '));
    line.add(std::move(text), style);
    if (align == Align::left) line.add(std::string(blanks, ' '));
}

}  // namespace

std::vector<Table::Place> Table::places(const Look& look, std::size_t indent) const {
    std::vector<Place> out;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = std::max(columns_[i].fixed, width_of(columns_[i].title));
        for (const auto& row : rows_) width = std::max(width, width_of(row[i].text));
        out.push_back({i, width});
    }
    if (look.width == 0) return out;

    const auto least_of = [this](const Place& place) {
        const Column& column = columns_[place.column];
        if (column.least == 0) return place.width;
        return std::min(place.width, std::max(column.least, width_of(column.title)));
    };
    const auto total = [&](bool least) {
        std::size_t sum = indent;
        for (const Place& place : out) {
            sum += (least ? least_of(place) : place.width) + (&place == out.data() ? 0 : gap);
        }
        return sum;
    };
    while (out.size() > 1 && total(true) > look.width) {
        const auto worst =
            std::max_element(out.begin(), out.end(), [this](const Place& a, const Place& b) {
                return columns_[a.column].rank < columns_[b.column].rank;
            });
        if (columns_[worst->column].rank == 0) break;
        out.erase(worst);
    }
    // The widest text gives a column until all fit.
    while (total(false) > look.width) {
        Place* widest = nullptr;
        for (Place& place : out) {
            if (place.width <= least_of(place)) continue;
            if (widest == nullptr || place.width > widest->width) widest = &place;
        }
        if (widest == nullptr) break;
        --widest->width;
    }
    return out;
}

Page Table::page(const Look& look, std::size_t indent) const {
    const std::vector<Place> shown = places(look, indent);
    const auto line_of = [&](auto&& cell_of) {
        Line line{std::string(indent, ' ')};
        for (const Place& place : shown) {
            if (&place != shown.data()) line.add(std::string(gap, ' '));
            const Cell cell = cell_of(place.column);
            add_cell(line, cut(cell.text, place.width, look.ellipsis()), cell.style,
                     columns_[place.column].align, place.width);
        }
        return line;
    };
    Page page;
    page.push_back(line_of([this](std::size_t i) {
        return Cell{columns_[i].title, columns_[i].head};
    }));
    for (const auto& row : rows_) {
        page.push_back(line_of([&row](std::size_t i) { return row[i]; }));
    }
    return page;
}

}  // namespace flowd::ctl

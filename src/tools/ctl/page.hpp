// SPDX-License-Identifier: BSD-3-Clause
// Page: lines of styled text. What the commands print and what `top` paints is made of them, so
// that both look the same and a test needs no terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::ctl {

/// What a text is; how it looks is the terminal's matter.
enum class Style : std::uint8_t {
    plain,
    strong,   ///< a title, a number that matters
    faint,    ///< a label, a zero
    heading,  ///< of a section
    good,
    note,
    warning,
    bad,
    columns,   ///< a table's head in `top`
    sorted,    ///< the column that it is sorted by
    selected,  ///< the row that Enter opens
    found,     ///< the row that a search has found
    key,       ///< in the bar at the bottom
    bar,       ///< the bar itself
    count_,
};

/// How and for whom is printed.
struct Look {
    std::size_t width = 0;  ///< columns; 0: as wide as it gets
    bool colours = false;
    bool utf8 = false;
    bool exact = false;  ///< all digits instead of powers of 1000
    bool bytes = false;  ///< bytes instead of bits
    [[nodiscard]] std::string_view ellipsis() const noexcept { return utf8 ? "…" : "..."; }
};

struct Span {
    std::string text;
    Style style = Style::plain;
};

class Line {
public:
    Line() = default;
    explicit Line(std::string text, Style style = Style::plain) { add(std::move(text), style); }

    Line& add(std::string text, Style style = Style::plain);
    /// Blanks up to this column.
    Line& pad_to(std::size_t column);

    [[nodiscard]] const std::vector<Span>& spans() const noexcept { return spans_; }
    [[nodiscard]] std::size_t width() const noexcept { return width_; }
    [[nodiscard]] std::string text() const;
    /// Its first columns, with the ellipsis at their end where there were more.
    [[nodiscard]] Line cut_to(std::size_t width, std::string_view ellipsis) const;
    /// All in one style.
    [[nodiscard]] Line in(Style style) const;

private:
    std::vector<Span> spans_;
    std::size_t width_ = 0;
};

using Page = std::vector<Line>;

/// Adds `text` in lines that fit the look, the first behind `head`, the others indented as far.
void add_wrapped(Page& page, Line head, std::string_view text, Style style, const Look& look);
/// A heading, with an empty line before it unless the page is empty.
void add_heading(Page& page, std::string text);
void append(Page& page, Page&& more);

/// The bytes for a terminal or a file: colours by the look, each line cut to its width.
[[nodiscard]] std::string printed(const Page& page, const Look& look);

}  // namespace flowd::ctl

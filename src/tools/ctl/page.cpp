// SPDX-License-Identifier: BSD-3-Clause
// Lines, and the SGR sequences (ECMA-48 §8.3.117) of their styles.
#include "tools/ctl/page.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr std::size_t style_count = static_cast<std::size_t>(Style::count_);
constexpr std::array<std::string_view, style_count> sequences{
    "", "1", "2", "1", "32", "36", "33", "1;31", "7", "1;7", "7", "1", "1", "7"};

/// Nothing that moves the terminal gets here; should it, it does not get out.
void append_span(std::string& out, const Span& span, const Look& look) {
    const std::string_view sequence = sequences[static_cast<std::size_t>(span.style)];
    const bool styled = look.colours && !sequence.empty() && !span.text.empty();
    if (styled) out.append("\x1b[").append(sequence).append("m");
    std::string text = look.utf8 ? span.text : ascii(span.text);
    std::replace_if(
        text.begin(), text.end(),
        [](char each) { return static_cast<unsigned char>(each) < 0x20 || each == 0x7f; }, '?');
    out += text;
    if (styled) out += "\x1b[0m";
}

}  // namespace

Line& Line::add(std::string text, Style style) {
    if (text.empty()) return *this;
    width_ += width_of(text);
    if (!spans_.empty() && spans_.back().style == style) {
        spans_.back().text += text;
    } else {
        spans_.push_back({std::move(text), style});
    }
    return *this;
}

Line& Line::pad_to(std::size_t column) {
    if (column > width_) add(std::string(column - width_, ' '));
    return *this;
}

std::string Line::text() const {
    std::string out;
    for (const Span& span : spans_) out += span.text;
    return out;
}

Line Line::cut_to(std::size_t width, std::string_view ellipsis) const {
    if (width_ <= width) return *this;
    const std::size_t tail = width_of(ellipsis);
    const std::size_t room = width > tail ? width - tail : 0;
    Line out;
    for (const Span& span : spans_) {
        const std::size_t left = room - out.width_;
        const std::string fits = cut(span.text, left, "");
        out.add(fits, span.style);
        if (fits.size() < span.text.size()) {
            out.add(std::string{cut(ellipsis, width - out.width_, "")}, span.style);
            break;
        }
    }
    return out;
}

Line Line::in(Style style) const { return Line{text(), style}; }

void add_wrapped(Page& page, Line head, std::string_view text, Style style, const Look& look) {
    const std::size_t indent = head.width();
    constexpr std::size_t unlimited = 100;  // a sentence is not read beyond that
    const std::size_t width = look.width == 0 ? unlimited : std::min(look.width, unlimited + 20);
    const std::size_t room = width > indent + 20 ? width - indent : 20;
    for (std::string& each : wrapped(text, room)) {
        head.add(std::move(each), style);
        page.push_back(std::exchange(head, Line{std::string(indent, ' ')}));
    }
}

void add_heading(Page& page, std::string text) {
    if (!page.empty()) page.emplace_back();
    page.emplace_back(std::move(text), Style::heading);
}

void append(Page& page, Page&& more) {
    page.insert(page.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

std::string printed(const Page& page, const Look& look) {
    std::string out;
    for (const Line& line : page) {
        const bool fits = look.width == 0 || line.width() <= look.width;
        const Line shown = fits ? line : line.cut_to(look.width, look.ellipsis());
        const std::size_t start = out.size();
        for (const Span& span : shown.spans()) append_span(out, span, look);
        while (out.size() > start && out.back() == ' ') out.pop_back();
        out += '\n';
    }
    return out;
}

}  // namespace flowd::ctl

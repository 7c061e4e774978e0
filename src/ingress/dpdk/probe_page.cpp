// SPDX-License-Identifier: BSD-3-Clause
// Aligning and wrapping.
#include "ingress/dpdk/probe_page.hpp"

#include <algorithm>

namespace flowd::dpdk {
namespace {

constexpr std::size_t columns = 100;
constexpr std::size_t name_width = 18;
constexpr std::size_t margin = 2;

}  // namespace

void ProbePage::section(std::string_view title) {
    if (!text_.empty()) text_ += '\n';
    text_.append(title) += '\n';
}

void ProbePage::item(std::string_view title) { text_.append(margin, ' ').append(title) += '\n'; }

void ProbePage::row(std::string_view name, std::string_view value) {
    const std::size_t indent = 2 * margin + name_width;
    text_.append(2 * margin, ' ').append(name);
    text_.append(name.size() < name_width ? name_width - name.size() : 1, ' ');
    for (bool first = true;; first = false) {
        const std::size_t end = std::min(value.find('\n'), value.size());
        if (!first) text_.append(indent, ' ');
        add_wrapped(value.substr(0, end), indent);
        if (end == value.size()) return;
        value.remove_prefix(end + 1);
    }
}

void ProbePage::add_wrapped(std::string_view line, std::size_t indent) {
    const std::size_t room = columns - indent;
    while (line.size() > room) {
        const std::size_t space = line.rfind(' ', room);
        if (space == std::string_view::npos || space == 0) break;
        text_.append(line.substr(0, space)) += '\n';
        text_.append(indent, ' ');
        line.remove_prefix(space + 1);
    }
    text_.append(line) += '\n';
}

}  // namespace flowd::dpdk

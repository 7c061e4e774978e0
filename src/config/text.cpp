// SPDX-License-Identifier: BSD-3-Clause
// Quoting, splitting, wrapping and the nearest known name.
#include "config/text.hpp"

#include <algorithm>
#include <array>

#include "log/escape.hpp"

namespace flowd::config {

std::string in_quotes(std::string_view text) {
    constexpr std::size_t shown_max = 120;
    const bool cut = text.size() > shown_max;
    return "\"" + log::json_escaped(text.substr(0, shown_max)) + (cut ? "...\"" : "\"");
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return out;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string joined(std::span<const std::string_view> parts, std::string_view between) {
    std::string out;
    for (const std::string_view part : parts) {
        if (!out.empty()) out += between;
        out += part;
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (std::size_t end = text.find(at); end != std::string_view::npos; end = text.find(at)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

namespace {

/// Insertions, deletions and replacements that turn one name into the other; swapped neighbours
/// count once, as they are the commonest typing error.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before(to.size() + 1);
    std::vector<std::size_t> above(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped =
                i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[to.size()];
}

std::string_view last_part(std::string_view name) {
    return name.substr(name.rfind('.') + 1);  // npos + 1 is 0: the whole name
}

}  // namespace

std::string_view nearest(std::string_view name, std::span<const std::string_view> known) {
    constexpr std::size_t size_max = 64;  // nobody mistypes that much
    if (name.empty() || name.size() > size_max) return {};
    const std::string wanted = lower(name);
    std::string_view best;
    std::size_t best_distance = std::min<std::size_t>(3, wanted.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t longer = std::max(wanted.size(), candidate.size());
        if (longer - std::min(wanted.size(), candidate.size()) >= best_distance) continue;
        const std::size_t distance = edit_distance(wanted, lower(candidate));
        if (distance >= best_distance) continue;
        best = candidate;
        best_distance = distance;
    }
    if (!best.empty()) return best;
    // The right name in the wrong table, or without one.
    for (const std::string_view candidate : known) {
        if (last_part(candidate) == last_part(wanted)) return candidate;
    }
    return {};
}

std::string wrapped(std::string_view text, std::string_view prefix, std::size_t width) {
    std::string out;
    std::string line{prefix};
    for (const std::string_view word : split(text, ' ')) {
        const bool fresh = line.size() == prefix.size();
        if (!fresh && line.size() + 1 + word.size() > width) {
            out += line + '\n';
            line = prefix;
            line += word;
        } else {
            if (!fresh) line += ' ';
            line += word;
        }
    }
    return out + line + '\n';
}

}  // namespace flowd::config

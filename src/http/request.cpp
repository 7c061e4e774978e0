// SPDX-License-Identifier: BSD-3-Clause
// Looking into a request.
#include "http/request.hpp"

#include <utility>

#include <algorithm>

namespace flowd::http {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

bool same_word(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 >= text.size()) return {};
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return {};
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7f) return {};
        decoded += c;
    }
    return decoded;
}

std::string_view Request::header(std::string_view name) const noexcept {
    for (const Header& each : headers) {
        if (same_word(each.name, name)) return each.value;
    }
    return {};
}

std::optional<std::string> Request::parameter(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (percent_decoded(pair.substr(0, equals), true) != name) continue;
        return percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    }
    return {};
}

bool set_target(Request& request, std::string_view target) {
    if (target.size() > target_size_max || !target.starts_with('/')) return false;
    const std::size_t mark = std::min(target.find('?'), target.size());
    std::optional<std::string> path = percent_decoded(target.substr(0, mark), false);
    if (!path) return false;
    request.path = std::move(*path);
    request.query = target.substr(std::min(mark + 1, target.size()));
    return true;
}

}  // namespace flowd::http

// SPDX-License-Identifier: BSD-3-Clause
// Values are compared as TOML. Tables that a file may have several times are sealed.
#include "config/reload.hpp"

#include <algorithm>

#include "config/text.hpp"

namespace flowd::config {

namespace {

Reload::Refused refuse(std::string_view key) {
    return {std::string{key},
            std::string{key} + ": cannot change while flowd runs; a restart takes it"};
}

bool same_values(const Schema& one, const Schema& other) {
    return std::equal(one.settings().begin(), one.settings().end(), other.settings().begin(),
                      other.settings().end(), [](const Setting& left, const Setting& right) {
                          return value_of(left.row) == value_of(right.row);
                      });
}

}  // namespace

Reload compare(const Schema& running, const Schema& fresh) {
    Reload reload;
    for (std::size_t i = 0; i < running.settings().size(); ++i) {
        const Row& now = running.settings()[i].row;
        if (value_of(now) == value_of(fresh.settings()[i].row)) continue;
        const std::string_view name = now.key.empty() ? name_of(now) : now.key;
        if (now.lifetime == Lifetime::live) {
            reload.changed.emplace_back(name);
        } else {
            reload.refused.push_back(refuse(name));
        }
    }
    for (std::size_t i = 0; i < running.arrays().size(); ++i) {
        const TableArray& now = running.arrays()[i];
        const TableArray& then = fresh.arrays()[i];
        const bool same = std::equal(now.elements.begin(), now.elements.end(),
                                     then.elements.begin(), then.elements.end(), same_values);
        if (!same) reload.refused.push_back(refuse("[[" + now.name + "]]"));
    }
    return reload;
}

}  // namespace flowd::config

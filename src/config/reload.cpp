// SPDX-License-Identifier: BSD-3-Clause
// Values are compared themselves: what is printed of a secret is always the same. Tables that a
// file may have several times are sealed.
#include "config/reload.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "log/escape.hpp"

namespace flowd::config {

namespace {

Reload::Refused refuse(std::string_view key) {
    return {std::string{key},
            std::string{key} + ": cannot change while flowd runs; a restart takes it"};
}

bool same_values(const Schema& one, const Schema& other) {
    return std::equal(one.settings().begin(), one.settings().end(), other.settings().begin(),
                      other.settings().end(), [](const Setting& left, const Setting& right) {
                          return same_value(left.row, right.row);
                      });
}

/// Nothing when it cannot be told: flowd may have given up the rights that it read the file with.
std::optional<FileStamp> stamp(std::string_view key, const std::string& path) {
    FileStamp made{.key = std::string{key}, .path = path};
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) {
        return errno == EACCES ? std::nullopt : std::optional{std::move(made)};
    }
    constexpr std::int64_t second_ns = 1'000'000'000;
    made.changed_ns = found.st_mtim.tv_sec * second_ns + found.st_mtim.tv_nsec;
    made.size = found.st_size;
    made.serial = found.st_ino;
    return made;
}

void stamp_rows(const Schema& schema, std::vector<FileStamp>& stamps) {
    for (const Setting& each : schema.settings()) {
        auto* const* path = std::get_if<std::string*>(&each.row.target);
        if (!each.row.names_file || path == nullptr || (*path)->empty()) continue;
        if (auto made = stamp(each.row.key, **path)) stamps.push_back(std::move(*made));
    }
}

}  // namespace

Reload compare(const Schema& running, const Schema& fresh) {
    Reload reload;
    for (std::size_t i = 0; i < running.settings().size(); ++i) {
        const Row& now = running.settings()[i].row;
        if (!running.is_setting(now)) continue;
        if (same_value(now, fresh.settings()[i].row)) continue;
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

std::vector<FileStamp> stamp_files(const Schema& schema) {
    std::vector<FileStamp> stamps;
    stamp_rows(schema, stamps);
    for (const TableArray& array : schema.arrays()) {
        for (const Schema& element : array.elements) stamp_rows(element, stamps);
    }
    return stamps;
}

void add_changed_files(Reload& reload, const std::vector<FileStamp>& at_start) {
    for (const FileStamp& each : at_start) {
        const auto now = stamp(each.key, each.path);
        if (!now || *now == each) continue;
        const bool is_refused =
            std::any_of(reload.refused.begin(), reload.refused.end(),
                        [&each](const Reload::Refused& other) { return other.key == each.key; });
        if (is_refused) continue;
        reload.refused.push_back({each.key, each.key + ": " + log::one_line(each.path) +
                                                " has changed; a restart reads it again"});
    }
}

}  // namespace flowd::config

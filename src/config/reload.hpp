// SPDX-License-Identifier: BSD-3-Clause
// What a reload changes: the configuration as it is read now against the one that runs, row by row,
// and the files that it names against those that were read at the start. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/schema.hpp"

namespace flowd::config {

struct Reload {
    struct Refused {
        std::string key;
        std::string sentence;
    };
    std::vector<std::string> changed{};  ///< keys, of live rows
    std::vector<Refused> refused{};      ///< of sealed rows, whose values stay
};

/// Both schemas are made of the same rows. Changes nothing. A secret's key is named, its value
/// never.
[[nodiscard]] Reload compare(const Schema& running, const Schema& fresh);

/// A file that is read at the start, such as http.token_file, as it was found then.
struct FileStamp {
    std::string key;
    std::string path;
    std::int64_t changed_ns = 0;  ///< of its modification; 0: it was not found
    std::int64_t size = 0;
    std::uint64_t serial = 0;  ///< its inode: a file that is replaced may be as old and as large

    [[nodiscard]] bool operator==(const FileStamp&) const = default;
};

/// Before the files are read: what changes in between counts as changed.
[[nodiscard]] std::vector<FileStamp> stamp_files(const Schema& schema);
/// Refuses those that are not as they were; those whose key is refused already are left to it.
void add_changed_files(Reload& reload, const std::vector<FileStamp>& at_start);

}  // namespace flowd::config

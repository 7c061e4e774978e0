// SPDX-License-Identifier: BSD-3-Clause
// The folder of a spool: made if need be, locked for one process, and what segments it holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "log/failure.hpp"

namespace flowd::spool {

class Folder {
public:
    Folder() = default;
    explicit Folder(std::string path) : path_{std::move(path)} {}
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();

    /// Makes and locks it. The lock ends with this object, or with the process.
    [[nodiscard]] Failure lock();
    /// The numbers of its segments, ascending.
    [[nodiscard]] Outcome<std::vector<std::uint64_t>> segments() const;
    /// Makes the folder again if somebody has removed it.
    void make() const noexcept;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    int lock_ = -1;
};

}  // namespace flowd::spool

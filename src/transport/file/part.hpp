// SPDX-License-Identifier: BSD-3-Clause
// Part: a rotated file while it is written, under a hidden name and locked, so that no other worker
// and no other flowd takes it for a leftover. Finished, it gets its name in one step and never
// replaces another file. Cold: once per file.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <utility>

#include "transport/file/name.hpp"

namespace flowd::file {

class Part {
public:
    explicit Part(Name name) : name_{std::move(name)} {}
    ~Part() { drop(); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    [[nodiscard]] const Name& name() const noexcept { return name_; }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// Creates the file whose name says `time`. Returns errno, or 0.
    [[nodiscard]] int begin(std::time_t time);
    /// Closes it and gives it its name; an empty one is removed. After an error the hidden file
    /// stays, for the next start. Returns errno, or 0.
    [[nodiscard]] int finish(bool sync);

    /// Closes it under its hidden name.
    void drop() noexcept;

private:
    Name name_;
    int descriptor_ = -1;
    std::string stem_;
    unsigned number_ = 0;  // of the newest file with this stem
    std::string path_;     // the hidden one
};

/// Gives the file at `part` the first free name of `stem`, counting from `number`, which is set to
/// the one taken. Returns errno, or 0.
[[nodiscard]] int publish(const Name& name, const std::string& part, const std::string& stem,
                          unsigned& number);

}  // namespace flowd::file

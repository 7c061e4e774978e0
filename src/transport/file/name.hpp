// SPDX-License-Identifier: BSD-3-Clause
// The names of rotated files: a pattern with strftime's conversions, a number where a name is
// taken, the compression's extension; and the hidden name that a file has while it is written.
// Cold.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "log/failure.hpp"
#include "transport/file/options.hpp"

namespace flowd::file {

/// `folder/flows-%H%M.json` with zstd: flows-1205.json.zst, then flows-1205.json.1.zst.
class Name {
public:
    /// Conversions may stand in the last part of `path` only; without any, a time is added. Fails
    /// on those whose text has no fixed form.
    [[nodiscard]] static Outcome<Name> make(const std::string& path, Compression compression);

    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    /// The part of the name that the time decides, in UTC.
    [[nodiscard]] std::string stem(std::time_t time) const;
    /// With a number, when it is not 0, and the extension.
    [[nodiscard]] std::string file(std::string_view stem, unsigned number) const;
    /// The stem of a file name that file() could have made.
    [[nodiscard]] std::optional<std::string_view> stem_of(std::string_view file) const noexcept;
    [[nodiscard]] std::string path(std::string_view file) const;

private:
    std::string folder_;
    std::string pattern_;    // of strftime
    std::string extension_;  // ".gz" or empty
};

/// The hidden name of a file that is not finished.
[[nodiscard]] std::string part_name(std::string_view file);
/// And back: the file that a hidden name stands for.
[[nodiscard]] std::optional<std::string_view> file_of_part(std::string_view part) noexcept;

}  // namespace flowd::file

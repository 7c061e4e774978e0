// SPDX-License-Identifier: BSD-3-Clause
// Rotation: which file a batch goes to. Begins files with the first message, ends them when they
// are large or their interval is over, and removes old ones. One instance per transport; the clock
// is read once per batch.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "transport/file/options.hpp"
#include "transport/file/part.hpp"

namespace flowd::file {

class Rotation {
public:
    Rotation(const Options& options, Name name) : options_{options}, part_{std::move(name)} {}

    /// Open for `size` more bytes: rotates, begins a file. Returns errno, or 0.
    [[nodiscard]] int make_ready(std::size_t size);
    [[nodiscard]] int descriptor() const noexcept { return part_.descriptor(); }
    /// So many bytes were written.
    void grow(std::size_t size) noexcept { bytes_ += size; }
    /// Ends the file when its interval is over, whether anything comes or not.
    void tick();
    /// Ends the file, if there is one. False, and logged: it could not get its name.
    bool finish();
    /// The file ends with half a message that cannot be taken back: it keeps its hidden name, and
    /// the next start cuts it.
    void abandon() noexcept { part_.drop(); }
    /// Removes what is too old or too much. Also after each end of a file or of an interval.
    void retain();

private:
    using WallClock = std::chrono::system_clock;

    /// The number of the interval that `now` is in.
    [[nodiscard]] std::int64_t interval_of(WallClock::time_point now) const noexcept {
        return std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count() /
               options_.rotate_interval_ms;
    }

    Options options_;
    Part part_;
    std::uint64_t bytes_ = 0;    // of the file
    std::int64_t interval_ = 0;  // that it belongs to
    bool retain_failed_ = false;
};

/// Whether files can be created in the folder: what would go wrong with the first message, said at
/// the start.
[[nodiscard]] Failure check_folder(const Name& name);

}  // namespace flowd::file

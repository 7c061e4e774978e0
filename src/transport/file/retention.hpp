// SPDX-License-Identifier: BSD-3-Clause
// Retention: removes finished files that are too old or too many, the oldest first. Touches only
// regular files whose names this configuration could have made. Cold: once per rotation.
#pragma once

#include <chrono>
#include <cstdint>

#include "log/failure.hpp"
#include "transport/file/name.hpp"

namespace flowd::file {

struct Keep {
    std::uint64_t bytes = 0;           ///< of all finished files; 0: no limit
    std::chrono::milliseconds age{0};  ///< since their last write; 0: no limit

    [[nodiscard]] bool all() const noexcept { return bytes == 0 && age.count() == 0; }
};

/// The newest file is removed only for its age. Fails with the first file that cannot be removed.
[[nodiscard]] Failure retain(const Name& name, const Keep& keep,
                             std::chrono::system_clock::time_point now);

}  // namespace flowd::file

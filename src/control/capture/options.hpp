// SPDX-License-Identifier: BSD-3-Clause
// The settings of captures, [capture]. Read by the main thread at start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/row.hpp"

namespace flowd::capture {

struct Options {
    std::string errors_path;
    std::int64_t errors_bytes = 16'777'216;
    std::int64_t seconds = 0;
    std::int64_t bytes = 67'108'864;
};

/// The rows borrow `options`.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

}  // namespace flowd::capture

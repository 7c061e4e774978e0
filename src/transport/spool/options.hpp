// SPDX-License-Identifier: BSD-3-Clause
// The settings of the disk spool. Read once at start by the main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/row.hpp"

namespace flowd::spool {

struct Options {
    std::string path;                            ///< empty: no spool
    std::int64_t bytes = std::int64_t{1} << 30;  ///< of all segments of one TX worker
    std::int64_t segment_bytes = std::int64_t{8} << 20;
    std::string compression = "lz4";
    std::int64_t replay_rate = std::int64_t{64} << 20;  ///< bytes of messages per second; 0: any
    std::int64_t slow_ms = 1000;
    std::string sync = "none";
};

/// The rows of `options`, which must outlive them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

/// The folder of one TX worker below `options.path`.
[[nodiscard]] std::string folder_of(const Options& options, std::size_t worker_index);

}  // namespace flowd::spool

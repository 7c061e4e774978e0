// SPDX-License-Identifier: BSD-3-Clause
// What the kernel knows of this process: /proc/self. Read by the thread that answers a scrape.
#pragma once

#include <cstdint>
#include <string>

namespace flowd {

struct ProcessView {
    double cpu_seconds = 0;
    double start_time_seconds = 0;  ///< UNIX time
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_files = 0;
    std::uint64_t open_files_max = 0;  ///< 0: no limit, or not known
};

/// What cannot be read stays 0.
[[nodiscard]] ProcessView read_process(const std::string& proc = "/proc");

}  // namespace flowd

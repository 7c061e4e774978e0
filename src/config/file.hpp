// SPDX-License-Identifier: BSD-3-Clause
// The configuration file: TOML into rows. The only door to toml++. Main thread, at start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/schema.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// Largest file that is read; a configuration has a few KiB.
inline constexpr std::size_t file_size_max = 1024 * 1024;

/// The whole file, or why it cannot be read.
[[nodiscard]] Outcome<std::string> read_file(const std::string& path);

/// Sets the rows whose keys `toml` has, and tells which. `path` is only for messages, which read
/// `flowd.toml:12: rx.cores: 0 is below 1`. On failure some rows may have been set.
[[nodiscard]] Outcome<std::vector<const Row*>> apply_toml(std::string_view toml,
                                                          const std::string& path,
                                                          const Schema& schema);

}  // namespace flowd::config

// SPDX-License-Identifier: BSD-3-Clause
// System calls on a descriptor that messages are written to, with their errors as errno values.
// They may wait: for a slow reader, for the disk.
#pragma once

#include <cstddef>
#include <string>

#include "flow/base/bytes.hpp"

namespace flowd::file {

/// Writes `bytes`, however many calls it takes, and says how many were written; all, or `error`
/// says why not. A full non-blocking pipe is waited for as a blocking one would be.
std::size_t write_all(int descriptor, flow::Bytes bytes, int& error) noexcept;

/// Takes the last `size` bytes, the beginning of a message, back out of a regular file. Not when
/// the file does not end where we stopped: then another process has appended behind them. False: a
/// regular file still ends with them.
[[nodiscard]] bool take_back(int descriptor, std::size_t size) noexcept;

/// To the disk, where that means something. Returns errno, or 0.
[[nodiscard]] int sync_file(int descriptor) noexcept;
/// The names in a folder, too.
[[nodiscard]] int sync_folder(const std::string& folder) noexcept;

}  // namespace flowd::file

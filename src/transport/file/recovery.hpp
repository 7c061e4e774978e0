// SPDX-License-Identifier: BSD-3-Clause
// What a crash has left: the beginning of a message at the end of a file, and files that were never
// finished. Main thread, at start. Locks keep it off files that someone writes.
#pragma once

#include <string>

#include "transport/file/name.hpp"
#include "transport/file/tail.hpp"

namespace flowd::file {

/// Takes the lock of a file that is appended to, at `path` and open as `descriptor`; whoever is its
/// first writer cuts its torn tail. Says in the log what it did.
void lock_and_cut(const std::string& path, int descriptor, const Layout& layout);

/// Finishes the hidden files of `name` that nobody writes: cut at their last whole message and
/// renamed. Those that cannot be cut stay as they are, and the log says so.
void recover_parts(const Name& name, const Layout& layout);

}  // namespace flowd::file

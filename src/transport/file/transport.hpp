// SPDX-License-Identifier: BSD-3-Clause
// The file transport: appends every batch as it is to a file, a pipe or standard output, with
// write(2). Several instances may share a destination; whole batches alternate. Each instance
// belongs to one TX worker, which it may block. The process must ignore SIGPIPE and SIGXFSZ.
#pragma once

#include <memory>

#include "log/failure.hpp"
#include "transport/file/options.hpp"
#include "transport/transport.hpp"

namespace flowd::file {

/// Opens the path for appending, or takes standard output when it is empty. Opening a named pipe
/// waits for its reader.
[[nodiscard]] Outcome<std::unique_ptr<Transport>> open(const Options& options);

}  // namespace flowd::file

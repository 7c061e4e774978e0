// SPDX-License-Identifier: BSD-3-Clause
// The file transport: writes every batch as it is, or as one compressed frame, to a file, a pipe or
// standard output, with write(2). Without rotation several instances may share a destination; whole
// batches alternate. With it each has its own file. Each instance belongs to one TX worker, which
// it may block. The process must ignore SIGPIPE and SIGXFSZ.
#pragma once

#include <memory>

#include "log/failure.hpp"
#include "transport/file/options.hpp"
#include "transport/transport.hpp"

namespace flowd::file {

/// Opens the path for appending, or takes standard output when it is empty; cuts what a crash left.
/// Opening a named pipe waits for its reader. With rotation: finishes what a crash left, and the
/// first message creates a file.
[[nodiscard]] Outcome<std::unique_ptr<Transport>> open(const Options& options);

}  // namespace flowd::file

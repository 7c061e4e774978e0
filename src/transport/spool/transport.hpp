// SPDX-License-Identifier: BSD-3-Clause
// The spool: stands in front of another transport, which it owns, and keeps on disk what that does
// not take. While it has messages all new ones go behind them. Belongs to one TX worker.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "log/failure.hpp"
#include "transport/spool/options.hpp"
#include "transport/transport.hpp"

namespace flowd::spool {

/// Nanoseconds that only grow.
using Clock = std::uint64_t (*)() noexcept;
[[nodiscard]] std::uint64_t steady_ns() noexcept;

/// Opens the spool in `folder` (folder_of() of the worker), which no other process may use, and
/// counts what it holds. The counts are those of `inner`.
[[nodiscard]] Outcome<std::unique_ptr<Transport>> open(const Options& options,
                                                       const std::string& folder,
                                                       std::unique_ptr<Transport> inner,
                                                       Clock clock = steady_ns);

}  // namespace flowd::spool

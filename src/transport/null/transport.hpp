// SPDX-License-Identifier: BSD-3-Clause
// The null transport: says that every message was delivered and forgets it. For measuring what
// stands before it. One instance per TX worker.
#pragma once

#include <memory>

#include "transport/transport.hpp"

namespace flowd::null {

/// Cannot fail. Its counts are those of the caller, who adds up what deliver() returns.
[[nodiscard]] std::unique_ptr<Transport> open();

}  // namespace flowd::null

// SPDX-License-Identifier: BSD-3-Clause
// Brokers out of the DNS, as goflow2's -transport.kafka.srv has it. Main thread, at start: it waits
// for the resolver.
#pragma once

#include <string>
#include <vector>

#include "log/failure.hpp"

namespace flowd::kafka {

/// host:port of each SRV record (RFC 2782) of `name`, those of the lowest priority value first.
[[nodiscard]] Outcome<std::vector<std::string>> resolve_service(const std::string& name);

}  // namespace flowd::kafka

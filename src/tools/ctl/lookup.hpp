// SPDX-License-Identifier: BSD-3-Clause
// An exporter by what a person typed: its X-ray, or what is known instead. Main thread.
#pragma once

#include <string>

#include "tools/ctl/options.hpp"
#include "tools/ctl/session.hpp"

namespace flowd::ctl {

/// /api/exporters/{address}. Where there is none, the sentence says what there is of this address.
[[nodiscard]] Reply find_exporter(Session& session, const Exporter& asked);

/// Where an address without a port stands for several exporters: which is shown, and the others.
/// Empty: it is the only one.
[[nodiscard]] std::string others_of_address(Session& session, const Exporter& asked,
                                            const Json& xray);

}  // namespace flowd::ctl

// SPDX-License-Identifier: BSD-3-Clause
// What the metrics page shows. Plain values: the rows of the configuration are the server's.
#pragma once

#include <cstddef>

namespace flowd {

struct MetricsSettings {
    /// How many exporters have series of their own, and how many domains of those with several.
    std::size_t exporters_max = 1000;
    bool goflow2 = false;  ///< goflow2's names too, v1's and v2's
};

}  // namespace flowd

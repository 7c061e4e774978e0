// SPDX-License-Identifier: BSD-3-Clause
// Findings of those that have no row: who sends what no listener here takes.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/strangers.hpp"
#include "metrics/finding.hpp"

namespace flowd {

/// Of the last ten minutes, those that sent most first, a few of them. The same sender may be there
/// several times, by worker.
[[nodiscard]] std::vector<Finding> findings_of(std::vector<flow::Stranger> strangers,
                                               std::uint32_t now_seconds);

}  // namespace flowd

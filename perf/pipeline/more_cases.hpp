// SPDX-License-Identifier: BSD-3-Clause
// Cases besides the plain ones of runner.cpp: other inputs, other outputs, other shapes of traffic.
#pragma once

#include <vector>

#include "perf/pipeline/runner.hpp"

namespace flow::perf {

void add_more_cases(std::vector<Case>& cases);

}  // namespace flow::perf

// SPDX-License-Identifier: BSD-3-Clause
// The gate: flowd's decode + produce + format against the yardstick, both in one process, in turns,
// over the same different datagrams. Nanoseconds differ between machines and between minutes; the
// ratio of two passes that follow each other hardly does.
#pragma once

#include <cstddef>
#include <vector>

#include "perf/pipeline/runner.hpp"
#include "perf/support/traffic.hpp"

namespace flow::perf {

struct GateOptions {
    TrafficOptions traffic;
    std::size_t rounds = 101;
};

/// Prints a line for each input that has a yardstick. False: flowd was slower on 20-field IPFIX,
/// which is what the release is held to.
[[nodiscard]] bool run_gate(const std::vector<Case>& cases, const GateOptions& options);

/// Prints, for inputs of each kind and for few and many exporters, what it costs that the pipeline
/// keeps a ledger: the same pipeline with and without, in turns.
void run_ledger_cost(const GateOptions& options);

}  // namespace flow::perf

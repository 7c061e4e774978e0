// SPDX-License-Identifier: BSD-3-Clause
// Which exporters have series of their own: as many as the budget allows, those with the most flows
// per second. All others are one, "other", so that sums over exporters stay the box's.
#pragma once

#include <cstddef>
#include <vector>

#include "metrics/observation.hpp"

namespace flowd::metrics {

struct Shown {
    std::vector<const ExporterView*> exporters;  ///< by flow rate, then by flows
    ExporterView other;
    std::size_t others = 0;  ///< of the observation's exporters: how many are in `other`
};

[[nodiscard]] Shown choose(const Observation& observation, std::size_t exporters_max);

/// A domain that has series of its own, because its exporter has several.
struct ShownDomain {
    const ExporterView* exporter = nullptr;
    DomainView domain;  ///< of version 0: the exporter's others
    bool others = false;
};

/// At most `domains_max` in all, and few of one exporter: those with the most flows per second, and
/// the sum of the rest. An exporter has all of its flows in them, or none.
[[nodiscard]] std::vector<ShownDomain> choose_domains(
    const std::vector<const ExporterView*>& exporters, std::size_t domains_max);

}  // namespace flowd::metrics

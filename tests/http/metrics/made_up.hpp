// SPDX-License-Identifier: BSD-3-Clause
// An observation with something in every field that the metrics show, in which the ledger's
// equations hold.
#pragma once

#include <cstdint>

#include "metrics/observation.hpp"

namespace flowd::test {

[[nodiscard]] flow::Address ipv4(std::uint32_t number);

/// Its counts depend on `seed`, so that two are told apart.
[[nodiscard]] ExporterView made_up_exporter(std::uint32_t address, std::uint32_t seed);

/// The exporters 10.0.0.0, 10.0.0.1 …, and all else.
[[nodiscard]] Observation made_up(std::uint32_t exporter_count);

}  // namespace flowd::test

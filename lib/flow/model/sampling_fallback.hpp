// SPDX-License-Identifier: BSD-3-Clause
// Sampling rates of the configuration, for exporters that announce none.
#pragma once

#include <cstdint>

#include "flow/model/address.hpp"

namespace flow {

/// The rate of all exporters in a network.
struct SamplingFallback {
    Address network;
    std::uint8_t bits = 0;  ///< of the prefix
    std::uint64_t rate = 0;

    [[nodiscard]] bool operator==(const SamplingFallback&) const noexcept = default;
};

}  // namespace flow

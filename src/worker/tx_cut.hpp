// SPDX-License-Identifier: BSD-3-Clause
// TxCut: the counts of a TX worker's transport between two calls into it, so that their equation
// holds: `taken + spool_restored = delivered + Σ lost + in_flight + spooled`.
#pragma once

#include <array>
#include <cstdint>

#include "metrics/loss.hpp"
#include "transport/transport.hpp"

namespace flowd {

struct TxCut {
    std::uint64_t taken = 0;
    std::uint64_t delivered = 0;
    std::uint64_t bytes = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t spooled = 0;
    std::uint64_t spool_restored = 0;
    std::uint64_t spool_damaged = 0;
    std::array<std::uint64_t, loss_count> lost{};
    alignas(std::uint64_t) TransportState state = TransportState::up;

    [[nodiscard]] std::uint64_t lost_sum() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t each : lost) sum += each;
        return sum;
    }
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// Problems: what an operator should look at, from one observation after the other: each a sentence
// and what to do about it. What goes on for ten seconds, or has happened in the last ten, counts.
// The observer's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "control/rate_window.hpp"
#include "metrics/observation.hpp"

namespace flowd {

class Problems {
public:
    Problems(std::size_t rx_workers, std::size_t outputs);

    /// Overwrites the observation's problems, the worst first. The rest of it is complete.
    /// `unanswered_seconds`: for how long each RX worker has not told its counters.
    void find(Observation& observation, const RateClock& clock,
              const std::vector<double>& unanswered_seconds);

    static constexpr double unanswered_most = 5;

private:
    /// A transport's waiting and delivering.
    struct Flow {
        std::uint64_t delivered = 0;
        std::uint32_t stalled = 0;  ///< observations in a row
        RateWindow<2> window;
    };

    void find_imbalance(Observation& observation);
    void find_workers(Observation& observation, const std::vector<double>& unanswered_seconds);
    void find_transports(Observation& observation, const RateClock& clock);
    void find_stall(const TransportView& transport, Flow& flow, Observation& observation);
    void find_state(TransportView& transport, Observation& observation);
    void find_arrivals(Observation& observation, const RateClock& clock);
    void find_full_tables(Observation& observation, const RateClock& clock);
    void find_silent(Observation& observation);

    std::vector<std::uint32_t> busy_for_;  ///< observations in a row, by RX worker
    std::vector<Flow> flows_;              ///< by output
    RateWindow<3> arrivals_;
    RateWindow<4> tables_;
};

}  // namespace flowd

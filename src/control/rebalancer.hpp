// SPDX-License-Identifier: BSD-3-Clause
// Rebalancer: looks now and then at how busy RX workers are and with what, and has exporters moved
// from those with too much to do to others. Main thread.
#pragma once

#include <cstdint>
#include <vector>

#include "control/balance.hpp"
#include "control/mover.hpp"

namespace flowd {

class Rebalancer {
public:
    /// `interval_ns` 0: never looks. All outlive it.
    Rebalancer(ShardTable& table, const Mover::Workers& workers, const Mover::Rings& rings,
               const BalanceSettings& settings, std::uint64_t interval_ns);

    /// Often. True while datagrams wait for a move: then again soon.
    bool tick();

    /// Other thresholds from now on.
    void configure(const BalanceSettings& settings, std::uint64_t interval_ns) noexcept {
        balancer_.configure(settings);
        interval_ns_ = interval_ns;
    }
    /// For workers that cannot hand over.
    void never_move() noexcept { moves_ = false; }
    /// For exporters whose domains have to stay together.
    void never_split() noexcept { splits_ = false; }

    /// The workers have been told to stop.
    void wind_up() noexcept {
        winding_up_ = true;
        mover_.wind_up();
    }

    [[nodiscard]] const Mover& mover() const noexcept { return mover_; }

private:
    void look();
    void measure();
    void start_next();

    ShardTable& table_;
    const Mover::Workers& workers_;
    std::uint64_t interval_ns_;
    std::uint64_t looked_ns_;
    bool moves_ = true;
    bool splits_ = true;
    bool winding_up_ = false;
    Mover mover_;
    Balancer balancer_;
    BalancePlan plan_;  ///< what is left of it
    std::uint64_t interval_ = 0;

    // By worker, of the interval that has ended.
    std::vector<double> busy_;
    std::vector<std::uint64_t> bytes_;  ///< by bucket, too
    std::vector<std::uint8_t> owners_;
    std::vector<BucketFlags> flags_;

    // As they were read last.
    std::vector<std::uint32_t> loads_;
    std::vector<std::uint64_t> cycles_;
    std::vector<std::uint64_t> busy_cycles_;
};

}  // namespace flowd

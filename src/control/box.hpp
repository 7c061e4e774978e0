// SPDX-License-Identifier: BSD-3-Clause
// Box: the totals of the whole box, of each worker and of each transport, from the workers' cuts.
//
// Each cut adds up in itself, so their sums do, whatever the moments of the cuts: what arrived is
// decoded, dropped or parked, and what was offered is too large, dropped for want of room or
// published; what was taken or restored is delivered, lost, in flight or spooled. What was
// published and not yet taken is in a ring; TX workers are asked first, so that this is not less
// than nothing. Where an RX worker does not answer and its last cut must do, so must theirs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/rate_window.hpp"
#include "metrics/observation.hpp"
#include "worker/rx_cut.hpp"
#include "worker/tx_cut.hpp"

namespace flowd {

/// A configured transport.
struct ObservedOutput {
    std::string name;
    std::string kind;
};

class Box {
public:
    /// `tx_outputs`: the index of its output, for each TX worker. `cpus`: that RX workers are
    /// pinned to, -1: any.
    Box(std::vector<ObservedOutput> outputs, std::vector<int> cpus,
        const std::vector<std::size_t>& tx_outputs);

    /// A newer cut.
    void take_rx(std::size_t worker, const RxCut& cut) {
        rx_[worker].cut = cut;
        rx_[worker].is_new = true;
    }
    void take_tx(std::size_t worker, const TxCut& cut) { tx_[worker].latest = cut; }

    /// Once an observation: the box's totals and rates, workers and transports without their rings
    /// and statistics, and the largest imbalance among them.
    void write(Observation& observation, const RateClock& clock);
    /// What was lost before anybody knew whose it was.
    [[nodiscard]] const Totals& nameless() const noexcept { return nameless_; }
    /// Of all workers.
    [[nodiscard]] std::vector<flow::Stranger> strangers() const;

private:
    struct Rx {
        int cpu = -1;
        RxCut cut{};
        bool is_new = false;       ///< since the observation before
        std::uint64_t cycles = 0;  ///< at the observation before
        std::uint64_t busy_cycles = 0;
        RateWindow<2> window;
    };

    struct Tx {
        std::size_t output = 0;
        TxCut latest{};
        TxCut cut{};  ///< that is shown
    };

    void choose_tx_cuts();
    void add_rx(Totals& box, const RxCut& cut);
    static void add_tx(Totals& box, const TxCut& cut);
    static void write(Rx& worker, RxView& view, const RateClock& clock);
    void write(std::size_t output, TransportView& view, const RateClock& clock);

    std::vector<ObservedOutput> outputs_;
    std::vector<Rx> rx_;
    std::vector<Tx> tx_;
    std::vector<RateWindow<1>> delivered_;  ///< by output
    TotalsRates rates_;
    Totals nameless_;
};

/// What the equation of a transport lacks.
[[nodiscard]] std::int64_t imbalance(const TransportView& transport) noexcept;

}  // namespace flowd

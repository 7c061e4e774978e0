// SPDX-License-Identifier: BSD-3-Clause
// CutMailbox: how another thread gets all counters of an RX worker as they are between two bursts.
// One cut goes back and forth; an atomic says whose it is. The RX worker looks once per burst, or
// every few milliseconds when it has nothing to do, and never waits.
#pragma once

#include <atomic>
#include <cstddef>

#include "worker/rx_cut.hpp"

namespace flowd {

class CutMailbox {
public:
    /// Before the worker runs: room for so many.
    void set_lane_count(std::size_t count) { cut_.lanes.resize(count); }

    // One other thread.

    /// Asks for a cut. Not while one is being read. A worker that does not run answers never.
    void ask() noexcept {
        turn_.store(Turn::rx, std::memory_order_release);  // pairs with the acquire in serve()
    }
    /// The cut that has come, or null. Its reader calls done().
    [[nodiscard]] const RxCut* cut() const noexcept {
        // Pairs with the release in serve().
        return turn_.load(std::memory_order_acquire) == Turn::reader ? &cut_ : nullptr;
    }
    void done() noexcept { turn_.store(Turn::nobody, std::memory_order_relaxed); }
    /// No cut was asked for, or it has been read.
    [[nodiscard]] bool idle() const noexcept {
        return turn_.load(std::memory_order_relaxed) == Turn::nobody;
    }

    /// RX worker, between two bursts: `fill(RxCut&)` overwrites the cut.
    template <class Fill>
    void serve(Fill fill) noexcept {
        if (turn_.load(std::memory_order_acquire) != Turn::rx) [[likely]]  // see ask()
            return;
        fill(cut_);
        turn_.store(Turn::reader, std::memory_order_release);  // pairs with the acquire in cut()
    }

private:
    enum class Turn : std::uint8_t { nobody, rx, reader };

    std::atomic<Turn> turn_{Turn::nobody};
    RxCut cut_;  ///< whose turn it is
};

}  // namespace flowd

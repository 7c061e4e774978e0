// SPDX-License-Identifier: BSD-3-Clause
// LearntMailbox: how the main thread gets what an RX worker has learnt, while the worker runs. One
// page goes back and forth; an atomic says whose it is. The RX worker looks once per burst, and
// never waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "worker/learnt_page.hpp"

namespace flowd {

class LearntMailbox {
public:
    /// Main thread: asks for the first page. Not while a walk is under way.
    void ask() noexcept {
        walk_ = {};
        turn_.store(Turn::rx, std::memory_order_release);  // pairs with the acquire in serve()
    }
    /// Main thread: the page that has come, or null. Its reader calls next() when done with it.
    [[nodiscard]] const LearntPage* page() const noexcept {
        // Pairs with the release in serve().
        return turn_.load(std::memory_order_acquire) == Turn::main ? page_.get() : nullptr;
    }
    /// Main thread, after page() gave one: asks for the next, or ends the walk after the last.
    void next() noexcept {
        turn_.store(page_->last ? Turn::nobody : Turn::rx, std::memory_order_release);
    }
    /// Main thread: no walk is under way.
    [[nodiscard]] bool idle() const noexcept {
        return turn_.load(std::memory_order_relaxed) == Turn::nobody;
    }

    /// RX worker, between two bursts.
    void serve(const flow::ShardState& state) noexcept {
        if (turn_.load(std::memory_order_acquire) != Turn::rx) [[likely]]  // see ask() and next()
            return;
        fill(*page_, walk_, state);
        turn_.store(Turn::main, std::memory_order_release);  // pairs with the acquire in page()
    }

private:
    enum class Turn : std::uint8_t { nobody, rx, main };

    std::atomic<Turn> turn_{Turn::nobody};
    std::unique_ptr<LearntPage> page_ = std::make_unique<LearntPage>();
    LearntWalk walk_;  ///< whose turn it is
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// Bell: wakes the one thread that sleeps by it. Ringing costs a system call only when that thread
// really sleeps; nothing is lost in between, as the sleeper looks once more after it has announced
// its sleep. Belongs to the sleeper; anybody may ring.
#pragma once

#include <atomic>
#include <cstdint>

namespace flowd {

class alignas(64) Bell {
public:
    /// Any thread, after it has made the sleeper's condition true.
    void ring() noexcept {
        // Both sides exchange: whoever is second sees what the first one did before.
        if (asleep_.exchange(0, std::memory_order_acq_rel) != 0) wake();
    }

    /// The sleeper: until rung, `most_ns` at most; not at all when `has_work()`. May return early.
    template <class HasWork>
    void sleep(std::uint64_t most_ns, HasWork has_work) noexcept {
        asleep_.exchange(1, std::memory_order_acq_rel);  // pairs with the exchange in ring()
        if (!has_work()) wait(most_ns);
        asleep_.store(0, std::memory_order_relaxed);  // a ring meanwhile wakes nobody: no harm
    }

private:
    void wake() noexcept;
    void wait(std::uint64_t most_ns) noexcept;

    std::atomic<std::uint32_t> asleep_{0};
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// StuckOutput: when a stop waits no longer for the TX workers. A transport can be stuck in the
// kernel, on a pipe that nobody reads, where it notices neither the stop nor that its patience is
// over. Main thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace flowd {

class StuckOutput {
public:
    explicit StuckOutput(std::chrono::milliseconds stop_patience) noexcept
        : stop_patience_{stop_patience} {}

    /// Called often. `moves` is a sum that changes with whatever TX workers do. True: they have
    /// done nothing for longer than a stop waits, or not ended soon after they were hurried.
    [[nodiscard]] bool tick(std::uint64_t now_ns, std::uint64_t moves, bool stop,
                            bool hurry) noexcept {
        if (!stop || moves != moves_ || moved_at_ns_ == 0) moved_at_ns_ = now_ns;
        moves_ = moves;
        if (hurry && hurried_at_ns_ == 0) hurried_at_ns_ = now_ns;
        if (hurry && now_ns - hurried_at_ns_ >= count_of(hurried_patience)) return true;
        return now_ns - moved_at_ns_ >= count_of(stop_patience_ + grace);
    }

private:
    /// In which those end by themselves that notice that the patience is over.
    static constexpr std::chrono::milliseconds grace{5000};
    static constexpr std::chrono::milliseconds hurried_patience{2000};

    static constexpr std::uint64_t count_of(std::chrono::nanoseconds time) noexcept {
        return static_cast<std::uint64_t>(time.count());
    }

    std::chrono::milliseconds stop_patience_;
    std::uint64_t moves_ = 0;
    std::uint64_t moved_at_ns_ = 0;
    std::uint64_t hurried_at_ns_ = 0;
};

}  // namespace flowd

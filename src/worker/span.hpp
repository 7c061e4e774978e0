// SPDX-License-Identifier: BSD-3-Clause
// The time between a worker's first and last piece of work, and the CPU time that it took. Written
// by the worker, read by others after it has ended.
#pragma once

#include <cstdint>

#include "worker/clock.hpp"

namespace flowd {

class WorkSpan {
public:
    /// Before each piece of work.
    void begin() noexcept {
        if (first_ns_ != 0) [[likely]]
            return;
        first_ns_ = monotonic_ns();
        first_cpu_ns_ = thread_cpu_ns();
    }
    /// After the last piece of work, so far.
    void end() noexcept {
        last_ns_ = monotonic_ns();
        last_cpu_ns_ = thread_cpu_ns();
    }

    [[nodiscard]] bool used() const noexcept { return first_ns_ != 0; }
    [[nodiscard]] std::uint64_t first_ns() const noexcept { return first_ns_; }
    [[nodiscard]] std::uint64_t last_ns() const noexcept { return last_ns_; }
    [[nodiscard]] std::uint64_t cpu_ns() const noexcept {
        return last_cpu_ns_ > first_cpu_ns_ ? last_cpu_ns_ - first_cpu_ns_ : 0;
    }

private:
    std::uint64_t first_ns_ = 0;
    std::uint64_t last_ns_ = 0;
    std::uint64_t first_cpu_ns_ = 0;
    std::uint64_t last_cpu_ns_ = 0;
};

}  // namespace flowd

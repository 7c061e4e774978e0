// SPDX-License-Identifier: BSD-3-Clause
// The clocks that workers read, once per burst at most.
#pragma once

#include <cstdint>
#include <ctime>

namespace flowd {

[[nodiscard]] inline std::uint64_t read_clock_ns(clockid_t clock) noexcept {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

/// Never goes back; no system call.
[[nodiscard]] inline std::uint64_t monotonic_ns() noexcept {
    return read_clock_ns(CLOCK_MONOTONIC);
}
/// The same to within a tick (4 ms), at a quarter of the price.
[[nodiscard]] inline std::uint64_t coarse_ns() noexcept {
    return read_clock_ns(CLOCK_MONOTONIC_COARSE);
}
/// CPU time of the calling thread.
[[nodiscard]] inline std::uint64_t thread_cpu_ns() noexcept {
    return read_clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/// The CPU's time stamp counter: runs at one speed whatever the clock of the core, and costs less
/// than any other.
[[nodiscard]] inline std::uint64_t cycles() noexcept { return __builtin_ia32_rdtsc(); }

}  // namespace flowd

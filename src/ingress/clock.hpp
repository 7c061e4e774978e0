// SPDX-License-Identifier: BSD-3-Clause
// The kernel's clocks in nanoseconds. A call costs about 20 ns, the coarse clock 5: once per burst,
// never per datagram.
#pragma once

#include <cstdint>
#include <ctime>

namespace flowd {

inline constexpr std::uint64_t second_ns = 1'000'000'000;

[[nodiscard]] inline std::uint64_t clock_ns(clockid_t clock) noexcept {
    std::timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * second_ns +
           static_cast<std::uint64_t>(now.tv_nsec);
}

/// As system calls take durations.
[[nodiscard]] inline std::timespec timespec_of(std::uint64_t duration_ns) noexcept {
    return {static_cast<std::time_t>(duration_ns / second_ns),
            static_cast<long>(duration_ns % second_ns)};
}

inline void sleep_ns(std::uint64_t duration_ns) noexcept {
    const std::timespec duration = timespec_of(duration_ns);
    nanosleep(&duration, nullptr);
}

}  // namespace flowd

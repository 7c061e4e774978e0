// SPDX-License-Identifier: BSD-3-Clause
// The system calls of the bell: a futex, as std::atomic's wait has no timeout.
#include "ring/bell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace flowd {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

void Bell::wake() noexcept {
    ::syscall(SYS_futex, &asleep_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void Bell::wait(std::uint64_t most_ns) noexcept {
    constexpr std::uint64_t second_ns = 1'000'000'000;
    const timespec most{static_cast<std::time_t>(most_ns / second_ns),
                        static_cast<long>(most_ns % second_ns)};
    ::syscall(SYS_futex, &asleep_, FUTEX_WAIT_PRIVATE, 1, &most, nullptr, 0);
}

}  // namespace flowd

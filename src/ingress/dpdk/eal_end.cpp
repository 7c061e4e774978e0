// SPDX-License-Identifier: BSD-3-Clause
// rte_eal_cleanup() unregisters interrupts, which wakes the EAL's interrupt thread, and unmaps the
// memory in which their handles are while that thread reads them (DPDK 22.11: a crash at one in
// fifty ends of a memif port on a busy machine). So the thread ends first.
#include "ingress/dpdk/eal_end.hpp"

#include <pthread.h>
#include <rte_alarm.h>
#include <rte_eal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <thread>

namespace flowd::dpdk {

namespace {

struct InterruptThread {
    pthread_t id{};
    std::atomic<bool> ends{false};  ///< id is known, and it goes
};

/// On the interrupt thread, which goes where it waits next: a callback that it never left would
/// keep those waiting who unregister it.
void end_this_thread(void* argument) noexcept {
    auto& thread = *static_cast<InterruptThread*>(argument);
    thread.id = pthread_self();
    pthread_cancel(thread.id);
    thread.ends.store(true, std::memory_order_release);
}

/// Without it the cleanup is what it was: a thread that is stuck does not keep flowd.
void end_interrupt_thread() noexcept {
    static InterruptThread thread;  // outlives an alarm that comes too late
    constexpr std::uint64_t at_once_us = 1;
    constexpr std::int64_t patience_s = 2;
    if (rte_eal_alarm_set(at_once_us, end_this_thread, &thread) != 0) return;
    timespec deadline{};
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += patience_s;
    while (!thread.ends.load(std::memory_order_acquire)) {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > deadline.tv_sec) return;
        std::this_thread::sleep_for(std::chrono::microseconds{50});
    }
    pthread_clockjoin_np(thread.id, nullptr, CLOCK_MONOTONIC, &deadline);
}

}  // namespace

void end_eal() noexcept {
    end_interrupt_thread();
    rte_eal_cleanup();
}

}  // namespace flowd::dpdk

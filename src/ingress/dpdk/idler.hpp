// SPDX-License-Identifier: BSD-3-Clause
// Idler: what a worker does while its queue is empty. Hot; one per queue.
#pragma once

#include <rte_pause.h>
#include <sched.h>

#include <algorithm>
#include <cstdint>

#include "ingress/clock.hpp"
#include "ingress/dpdk/options.hpp"

namespace flowd::dpdk {

class Idler {
public:
    explicit Idler(const WorkerOptions& options) noexcept : options_{options} {}

    void wake() noexcept { empty_polls_ = 0; }

    void wait() noexcept {
        if (options_.idle == Idle::adaptive && ++empty_polls_ > polls_before_sleep) {
            sleep_ns(empty_polls_ < polls_before_silence ? nap_ns : silent_nap_ns);
        } else {
            breathe();
        }
    }

    /// Waits for something that is due in `gap_ns`. Adaptive would rather be late by a nap than
    /// spin.
    void pass(std::uint64_t gap_ns) noexcept {
        constexpr std::uint64_t short_gap_ns = 20'000;  // no sleep is shorter
        if (options_.idle == Idle::adaptive) {
            sleep_ns(std::max(gap_ns, nap_ns));
        } else if (gap_ns > short_gap_ns) {
            sleep_ns(gap_ns);
        } else {
            breathe();
        }
    }

    /// The shortest wait there is. Two spinning threads on one CPU take turns of a whole scheduler
    /// slice, 4 ms, and lose 100 times their throughput: then the CPU is given away.
    void breathe() noexcept {
        if (options_.shares_cpu) {
            sched_yield();
        } else if (options_.idle != Idle::spin) {
            rte_pause();
        }
    }

private:
    static constexpr std::uint32_t polls_before_sleep = 300;
    /// With 4096 descriptors a sleep of 50 µs, 0.25 ms at the 99.9th percentile, is safe below
    /// about 10 million datagrams a second.
    static constexpr std::uint64_t nap_ns = 50'000;
    /// After 0.1 s without a frame, a fifth of the wake-ups. What comes first then comes slowly.
    static constexpr std::uint32_t polls_before_silence = polls_before_sleep + 2'000;
    static constexpr std::uint64_t silent_nap_ns = 250'000;

    WorkerOptions options_;
    std::uint32_t empty_polls_ = 0;
};

}  // namespace flowd::dpdk

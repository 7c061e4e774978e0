// SPDX-License-Identifier: BSD-3-Clause
// Datagrams go in steps of at most a burst, so that a pace is kept to within some microseconds and
// the clock is not read for each.
#include "tools/gen/run.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

namespace flowd::gen {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t step_max = 32;
constexpr std::chrono::microseconds nap_max{200};

struct Step {
    std::uint64_t count = 0;  ///< 0: not yet
    bool ended = false;
};

Step step_of(const Pace& pace, double elapsed, std::uint64_t sent) noexcept {
    const bool late = pace.seconds != 0 && elapsed >= static_cast<double>(pace.seconds);
    if (late || (pace.count != 0 && sent >= pace.count)) return {0, true};
    std::uint64_t count = step_max;
    if (pace.pps != 0) {
        const auto due = static_cast<std::uint64_t>(elapsed * static_cast<double>(pace.pps)) + 1;
        count = due > sent ? std::min(count, due - sent) : 0;
    }
    if (pace.count != 0) count = std::min(count, pace.count - sent);
    return {count, false};
}

}  // namespace

Failure run(Source& source, Spreader& spreader, Port& port, const Pace& pace,
            const std::atomic<bool>& stop, Totals& totals) {
    const auto begin = Clock::now();
    const auto flushed = [&] {
        Failure failure = port.flush();
        totals.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        return failure;
    };
    while (!stop.load(std::memory_order_relaxed)) {
        const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
        const Step step = step_of(pace, elapsed, totals.datagrams);
        if (step.ended) break;
        if (step.count == 0) {
            std::this_thread::sleep_for(nap_max);
            continue;
        }
        const Moment now{.unix_seconds = static_cast<std::uint32_t>(std::time(nullptr)),
                         .uptime_ms = static_cast<std::uint32_t>(elapsed * 1000)};
        for (std::uint64_t i = 0; i < step.count; ++i) {
            if (!source.next(now)) return flushed();
            ++totals.datagrams;
            totals.flows += source.flows();
            for (const auto frame : source.frames()) {
                Failure failure = port.send(spreader.queue_of(frame), frame);
                if (failed(failure)) return failure;
            }
        }
        // At full speed only full bursts go; at a pace nothing waits for the next step.
        if (pace.pps == 0) continue;
        if (Failure failure = port.flush(); failed(failure)) return failure;
    }
    return flushed();
}

}  // namespace flowd::gen

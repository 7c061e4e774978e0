// SPDX-License-Identifier: BSD-3-Clause
// The poll of a replay: so many frames, at such a pace, and then the end, which net_pcap does not
// tell.
#include "ingress/dpdk/replay_ingress.hpp"

#include <algorithm>

#include "ingress/clock.hpp"
#include "ingress/dpdk/thread.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {

ReplayIngress::ReplayIngress(std::uint16_t port_id, ReplayPlan plan,
                             const std::vector<config::Listener>& listeners,
                             std::span<const Face> faces, const FragmentLimits& fragments,
                             const WorkerOptions& worker)
    : queue_{port_id, 0},
      intake_{listeners, faces, nullptr, fragments},
      idler_{worker},
      plan_{std::move(plan)},
      needs_clock_{faces[port_id].time.offset < 0},
      exhausted_{plan_.frame_count == 0} {}

void ReplayIngress::attach() noexcept { attach_thread(); }

void ReplayIngress::detach() noexcept {
    if (silent_ && exhausted_) {
        log::warn(plan_.path + ": the replay ended after " + std::to_string(taken_) + " of " +
                  std::to_string(plan_.frame_count) + " packets, as no more came for a second");
    }
    intake_.finish();
    detach_thread();
}

std::span<const flow::Datagram> ReplayIngress::receive() noexcept {
    intake_.clear();
    if (exhausted_ || out_of_time()) return {};
    auto wanted = static_cast<std::uint16_t>(
        std::min<std::uint64_t>(Queue::burst_max, plan_.frame_count - taken_));
    if (plan_.pace.limited()) wanted = plan_.pace.due(clock_ns(CLOCK_MONOTONIC), wanted);
    if (wanted == 0) return {};
    // Never more than is wanted, so there is nothing to give back at the end.
    const std::uint16_t count = queue_.poll({frames_.data(), wanted});
    if (count == 0) {
        note_silence();
        return {};
    }
    silent_ = false;
    idler_.wake();
    intake_.add({frames_.data(), count}, needs_clock_ ? clock_ns(CLOCK_REALTIME) : 0);
    taken_ += count;
    plan_.pace.took(count);
    exhausted_ = taken_ == plan_.frame_count;
    return intake_.datagrams();
}

/// The span starts with the first poll, so that a paced replay ends on time in silence too.
bool ReplayIngress::out_of_time() noexcept {
    if (plan_.seconds == 0) return false;
    const std::uint64_t now_ns = clock_ns(CLOCK_MONOTONIC_COARSE);
    if (started_ns_ == 0) started_ns_ = now_ns;
    exhausted_ = now_ns - started_ns_ >= plan_.seconds * second_ns;
    return exhausted_;
}

/// The file may have been cut since it was scanned.
void ReplayIngress::note_silence() noexcept {
    const std::uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (!silent_) silent_ns_ = now_ns;
    silent_ = true;
    exhausted_ = now_ns - silent_ns_ >= second_ns;
}

void ReplayIngress::wait(std::uint64_t most_ns) noexcept {
    if (exhausted_) return;
    const std::uint64_t gap_ns =
        plan_.pace.limited() ? plan_.pace.gap_ns(clock_ns(CLOCK_MONOTONIC)) : 0;
    if (gap_ns == 0) {
        idler_.wait();
    } else {
        idler_.pass(std::min(gap_ns, most_ns));
    }
}

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// The schedule of a replay.
#include "ingress/dpdk/pace.hpp"

#include <algorithm>
#include <cassert>

#include "ingress/clock.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint64_t lag_max_ns = second_ns / 10;

}  // namespace

Pace Pace::rate(std::uint64_t pps) noexcept {
    assert(pps > 0 && pps <= second_ns);
    Pace pace;
    pace.kind_ = Kind::rate;
    pace.pps_ = pps;
    return pace;
}

Pace Pace::timed(std::vector<std::uint64_t> times_ns) {
    Pace pace;
    if (times_ns.empty()) return pace;
    pace.kind_ = Kind::timed;
    pace.offsets_ns_ = std::move(times_ns);
    const std::uint64_t first = pace.offsets_ns_.front();
    std::uint64_t latest = 0;
    for (std::uint64_t& time : pace.offsets_ns_) {
        latest = std::max(latest, time - std::min(time, first));
        time = latest;
    }
    const std::uint64_t gaps = pace.offsets_ns_.size() - 1;
    pace.loop_ns_ = latest + (gaps == 0 ? 0 : latest / gaps);
    return pace;
}

std::uint64_t Pace::offset_ns(std::uint64_t number) const noexcept {
    if (kind_ == Kind::rate) {
        // In two parts: number * 10^9 would overflow after 18 thousand million frames.
        return number / pps_ * second_ns + number % pps_ * second_ns / pps_;
    }
    return number / offsets_ns_.size() * loop_ns_ + offsets_ns_[number % offsets_ns_.size()];
}

std::uint16_t Pace::due(std::uint64_t now_ns, std::uint16_t wanted) noexcept {
    if (kind_ == Kind::none) return wanted;
    if (!started_) {
        started_ = true;
        start_ns_ = now_ns;
    }
    const std::uint64_t next_ns = start_ns_ + offset_ns(taken_);
    if (now_ns > next_ns + lag_max_ns) start_ns_ += now_ns - next_ns - lag_max_ns;
    std::uint16_t count = 0;
    while (count < wanted && start_ns_ + offset_ns(taken_ + count) <= now_ns) ++count;
    return count;
}

std::uint64_t Pace::gap_ns(std::uint64_t now_ns) const noexcept {
    if (kind_ == Kind::none || !started_) return 0;
    const std::uint64_t next_ns = start_ns_ + offset_ns(taken_);
    return next_ns > now_ns ? next_ns - now_ns : 0;
}

}  // namespace flowd::dpdk

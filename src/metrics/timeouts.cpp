// SPDX-License-Identifier: BSD-3-Clause
// A pile is two neighbouring buckets: what is meant to be 60 s comes as 59 to 61 s, and a bucket
// may end in between.
#include "metrics/timeouts.hpp"

#include <algorithm>
#include <cmath>

namespace flowd {

namespace {

using Histogram = flow::DurationHistogram;

constexpr std::uint32_t pile_min = 16;   ///< flows
constexpr std::uint32_t word_min = 4;    ///< flows that say that they were active too long
constexpr double above_share_max = 0.1;  ///< of a pile: flows that lasted longer
constexpr double share_min = 0.02;       ///< of all flows
constexpr double cut_slack = 1.03;
constexpr double lag_share_min = 0.3;
constexpr double steep_min = 3;                  ///< times as many as in the two buckets below
constexpr double steep_pile_min = 50;            ///< of a few, any may stand out
constexpr std::size_t first_timeout_bucket = 5;  ///< 2,048 ms: no cache is as impatient

/// Both buckets as one.
double pile_seconds(const Histogram& histogram, std::size_t first) noexcept {
    const double a = histogram.buckets[first].count;
    const double b = histogram.buckets[first + 1].count;
    return (a * histogram.mean_seconds(first) + b * histogram.mean_seconds(first + 1)) / (a + b);
}

std::uint32_t pile_count(const Histogram& histogram, std::size_t first) noexcept {
    return histogram.buckets[first].count + histogram.buckets[first + 1].count;
}

/// A number of seconds that somebody may have configured, when it is as near as that.
double as_configured(double seconds) noexcept {
    constexpr double usual[]{5,   10,  15,  20,  30,  45,   60,   90,  120,
                             180, 240, 300, 600, 900, 1200, 1800, 3600};
    for (const double each : usual) {
        if (std::abs(seconds - each) <= each * 0.04) return each;
    }
    return std::round(seconds * 10) / 10;
}

}  // namespace

void FlowTimes::add(const flow::Traits& traits) noexcept {
    durations.add(traits.durations);
    lags.add(traits.lags);
    duration_most_ms = std::max(duration_most_ms, traits.duration_most_ms);
    if (traits.active_ends > active_ends) active_ms = traits.active_ms;
    active_ends = std::max(active_ends, traits.active_ends);
}

std::optional<double> active_timeout(const FlowTimes& times) noexcept {
    if (times.active_ends >= word_min) return as_configured(times.active_ms / 1000.0);
    const double all = times.durations.samples();
    double above = 0;
    for (std::size_t i = Histogram::bucket_count - 2; i >= first_timeout_bucket; --i) {
        const double pile = pile_count(times.durations, i);
        if (pile >= pile_min && pile >= all * share_min && above <= pile * above_share_max) {
            const double seconds = pile_seconds(times.durations, i);
            // Durations without a timeout thin out towards the longest; a pile is right before it.
            const bool cut = above == 0 && times.duration_most_ms <= seconds * 1000 * cut_slack;
            const double below = pile_count(times.durations, i - 2);
            if (cut || (pile >= steep_pile_min && pile >= steep_min * below))
                return as_configured(seconds);
        }
        above += times.durations.buckets[i + 1].count;
    }
    return std::nullopt;
}

/// Caches are searched for silent flows now and then, so lags are the timeout and a bit more.
std::optional<double> inactive_timeout(const FlowTimes& times) noexcept {
    const double all = times.lags.samples();
    std::size_t best = first_timeout_bucket;
    for (std::size_t i = first_timeout_bucket; i + 1 < Histogram::bucket_count; ++i) {
        if (pile_count(times.lags, i) > pile_count(times.lags, best)) best = i;
    }
    const double pile = pile_count(times.lags, best);
    if (pile < pile_min || pile < all * lag_share_min) return std::nullopt;
    return as_configured(pile_seconds(times.lags, best));
}

double median_seconds(const Histogram& histogram) noexcept {
    const std::uint32_t all = histogram.samples();
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i < Histogram::bucket_count; ++i) {
        seen += histogram.buckets[i].count;
        if (seen > all / 2) return histogram.mean_seconds(i);
    }
    return 0;
}

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// RateWindow: the rates of one exporter, domain or worker over the last ten observations, or as
// many as it has been there for. RateClock: when these were; one for all windows. The observer's
// thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/decode/account.hpp"
#include "metrics/observation.hpp"

namespace flowd {

inline constexpr std::size_t rate_points = 10;

class RateClock {
public:
    /// A new observation.
    void tick(std::uint64_t now_ns) noexcept {
        ++serial_;
        times_[serial_ % times_.size()] = now_ns;
    }
    /// Counts observations; 0: there was none.
    [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }
    /// From the observation `back` before this one; 0: there was none.
    [[nodiscard]] double seconds_since(std::size_t back) const noexcept {
        if (back >= serial_) return 0;
        const std::uint64_t now = times_[serial_ % times_.size()];
        const std::uint64_t then = times_[(serial_ - back) % times_.size()];
        return static_cast<double>(now - then) / 1e9;
    }

private:
    std::array<std::uint64_t, rate_points + 1> times_{};
    std::uint64_t serial_ = 0;
};

/// What is counted, of `Count` counters, over `Points` observations at most.
template <std::size_t Count, std::size_t Points = rate_points>
class RateWindow {
    static_assert(Points <= rate_points);

public:
    using Point = std::array<std::uint64_t, Count>;

    /// Its counters were 0 at the observation before this one.
    explicit RateWindow(const RateClock& clock) noexcept
        : since_{std::max<std::uint64_t>(clock.serial(), 2) - 1} {}

    /// Once an observation, after the clock's tick: per second since the oldest of the last ten.
    std::array<double, Count> take(const RateClock& clock, const Point& now) noexcept {
        const std::uint64_t age = clock.serial() - since_;
        const auto back = static_cast<std::size_t>(std::min<std::uint64_t>(age, Points));
        const Point before = points_[(clock.serial() - back) % Points];
        points_[clock.serial() % Points] = now;
        std::array<double, Count> rates{};
        const double seconds = clock.seconds_since(back);
        if (seconds <= 0) return rates;
        for (std::size_t i = 0; i < Count; ++i) {
            // What came late makes a loss less: no rate is below zero.
            const auto more = static_cast<std::int64_t>(now[i] - before[i]);
            rates[i] = more > 0 ? static_cast<double>(more) / seconds : 0;
        }
        return rates;
    }
    /// What its counters get at once, as it was another's: they had it all the time.
    void inherit(const Point& what) noexcept {
        for (Point& each : points_) {
            for (std::size_t i = 0; i < Count; ++i) each[i] += what[i];
        }
    }

private:
    std::array<Point, Points> points_{};
    std::uint64_t since_;
};

template <std::size_t Points>
class RatesOver {
public:
    explicit RatesOver(const RateClock& clock) noexcept : window_{clock} {}

    [[nodiscard]] Rates take(const RateClock& clock, const Totals& now) noexcept {
        const auto rates = window_.take(clock, point_of(now));
        return {.datagrams = rates[0],
                .payload_bytes = rates[1],
                .flows = rates[2],
                .delivered = rates[3],
                .datagrams_dropped = rates[4],
                .flows_dropped = rates[5],
                .sequence_lost = rates[6],
                .options = rates[7]};
    }
    void inherit(const Totals& what) noexcept { window_.inherit(point_of(what)); }

private:
    using Window = RateWindow<8, Points>;

    static typename Window::Point point_of(const Totals& totals) noexcept {
        constexpr auto options = static_cast<std::size_t>(flow::SetKind::options_data);
        return {totals.datagrams,     totals.payload_bytes,       totals.flows,
                totals.delivered,     totals.datagrams_dropped(), totals.flows_dropped(),
                totals.sequence.lost, totals.set_records[options]};
    }

    Window window_;
};

using TotalsRates = RatesOver<rate_points>;
/// From one observation to the next.
using TotalsPace = RatesOver<1>;

}  // namespace flowd

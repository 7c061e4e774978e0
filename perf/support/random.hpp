// SPDX-License-Identifier: BSD-3-Clause
// The same numbers in every run and on every machine: benchmarks are compared between commits, so
// their input must not depend on a library's generator.
#pragma once

#include <cmath>
#include <cstdint>

namespace flow::perf {

/// SplitMix64 (Steele, Lea, Flood 2014; public domain constants).
class Random {
public:
    explicit Random(std::uint64_t seed) noexcept : state_{seed} {}

    std::uint64_t next() noexcept {
        std::uint64_t value = state_ += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
    /// 0 to `count` - 1.
    std::uint64_t below(std::uint64_t count) noexcept { return next() % count; }
    /// `first` to `last`, both included.
    std::uint64_t between(std::uint64_t first, std::uint64_t last) noexcept {
        return first + below(last - first + 1);
    }
    /// True once in `count` times.
    bool one_in(std::uint64_t count) noexcept { return below(count) == 0; }
    /// 1 to 2^bits, every order of magnitude as likely as any other: how counters are spread.
    std::uint64_t magnitude(double bits) noexcept {
        const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
        return static_cast<std::uint64_t>(std::exp2(unit * bits));
    }

private:
    std::uint64_t state_;
};

}  // namespace flow::perf

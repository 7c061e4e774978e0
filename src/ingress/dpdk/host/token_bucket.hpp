// SPDX-License-Identifier: BSD-3-Clause
// TokenBucket: so many a second, a tenth of that at once. One thread; the caller has the clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace flowd::dpdk::host {

class TokenBucket {
public:
    /// 0 a second: none at all.
    explicit TokenBucket(std::uint32_t per_second) noexcept
        : per_second_{per_second},
          full_{per_second == 0 ? 0 : std::max<std::uint64_t>(per_second / 10, 1) * second},
          level_{full_} {}

    [[nodiscard]] bool take(std::uint64_t now_ns) noexcept {
        // A clock that steps back gives nothing; one that leaps gives a full bucket.
        const std::uint64_t passed = now_ns > filled_ns_ ? now_ns - filled_ns_ : 0;
        level_ = std::min(full_, level_ + std::min(passed, second) * per_second_);
        filled_ns_ = now_ns;
        if (level_ < second) return false;
        level_ -= second;
        return true;
    }

private:
    static constexpr std::uint64_t second = 1'000'000'000;  // a token, in nanoseconds × rate

    std::uint64_t per_second_;
    std::uint64_t full_;
    std::uint64_t level_;
    std::uint64_t filled_ns_ = 0;
};

}  // namespace flowd::dpdk::host

// SPDX-License-Identifier: BSD-3-Clause
// Pause: how long a failed destination is left alone before the next try. Doubles up to a second.
#pragma once

#include <algorithm>
#include <chrono>

namespace flowd::file {

class Pause {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds first{20};
    static constexpr std::chrono::milliseconds most{1000};

    [[nodiscard]] bool over(Clock::time_point now) const noexcept { return now >= until_; }
    /// One more try has failed.
    void grow(Clock::time_point now) noexcept {
        length_ = std::min(most, length_.count() == 0 ? first : length_ * 2);
        until_ = now + length_;
    }
    void end() noexcept {
        length_ = {};
        until_ = {};
    }

private:
    std::chrono::milliseconds length_{0};
    Clock::time_point until_{};
};

}  // namespace flowd::file

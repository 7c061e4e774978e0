// SPDX-License-Identifier: BSD-3-Clause
// Patience: how long something must have been silent before it gives way to a newcomer. Long in
// quiet times. Each second in which a newcomer had to be refused wears it down, so that whoever
// fills a table with spoofed sources must keep all of them talking to keep others out.
#pragma once

#include <algorithm>
#include <cstdint>

namespace flow {

class Patience {
public:
    explicit constexpr Patience(std::uint32_t most_seconds) noexcept
        : most_{most_seconds}, current_{most_seconds} {}

    /// Of something that has proved its worth.
    [[nodiscard]] std::uint32_t seconds(std::uint32_t now_seconds) noexcept {
        if (silence(last_refusal_, now_seconds) > recovery_seconds) current_ = most_;
        return current_;
    }
    /// Of something that has not: a thirtieth.
    [[nodiscard]] static std::uint32_t short_of(std::uint32_t seconds) noexcept {
        return std::max<std::uint32_t>(seconds / 30, 1);
    }
    [[nodiscard]] bool worn_out() const noexcept { return current_ == least_seconds; }

    void refuse(std::uint32_t now_seconds) noexcept {
        if (now_seconds == last_refusal_) return;
        last_refusal_ = now_seconds;
        current_ = std::max(current_ - current_ / 8, least_seconds);
        if (current_ < least_seconds + 8) current_ = least_seconds;
    }

    /// Signed: a clock that steps back makes nobody silent.
    [[nodiscard]] static std::int32_t silence(std::uint32_t last_seconds,
                                              std::uint32_t now_seconds) noexcept {
        return static_cast<std::int32_t>(now_seconds - last_seconds);
    }

    static constexpr std::uint32_t least_seconds = 60;

private:
    /// Without a refusal for so long, the pressure is over.
    static constexpr std::int32_t recovery_seconds = 600;

    std::uint32_t most_;
    std::uint32_t current_;
    std::uint32_t last_refusal_ = 0;
};

}  // namespace flow

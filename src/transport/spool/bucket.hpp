// SPDX-License-Identifier: BSD-3-Clause
// Bucket: how fast a spool is replayed. Fills with time up to a tenth of a second's worth; may go
// below zero, so that a batch passes whole.
#pragma once

#include <algorithm>
#include <cstdint>

namespace flowd::spool {

class Bucket {
public:
    /// 0: no limit.
    explicit Bucket(std::int64_t bytes_per_second) noexcept : rate_{bytes_per_second} {}

    [[nodiscard]] bool open(std::uint64_t now_ns) noexcept {
        if (rate_ == 0) return true;
        constexpr std::uint64_t full_ns = 100'000'000;
        const std::uint64_t passed_ns = now_ns - filled_ns_;
        // A long rest fills it, whatever it owed: a batch is small.
        const double more = static_cast<double>(rate_) * (static_cast<double>(passed_ns) * 1e-9);
        const double most = static_cast<double>(rate_) * (full_ns * 1e-9);
        filled_ns_ = now_ns;
        bytes_ = std::min(bytes_ + more, most);
        return bytes_ > 0;
    }
    void spend(std::uint64_t bytes) noexcept {
        if (rate_ != 0) bytes_ -= static_cast<double>(bytes);
    }

private:
    std::int64_t rate_;
    std::uint64_t filled_ns_ = 0;
    double bytes_ = 0;
};

}  // namespace flowd::spool

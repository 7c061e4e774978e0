// SPDX-License-Identifier: BSD-3-Clause
// Spreader: which TX queue a frame takes, as the RSS of the NIC at the other end would choose.
#pragma once

#include <cstdint>
#include <span>

#include "tools/gen/options.hpp"

namespace flowd::gen {

class Spreader {
public:
    Spreader(Spread spread, std::uint32_t queue_count) noexcept
        : spread_{spread}, queue_count_{queue_count} {}

    /// What is neither IPv4 nor IPv6 takes the first queue, as with RSS.
    [[nodiscard]] std::uint32_t queue_of(std::span<const std::uint8_t> frame) noexcept;

private:
    Spread spread_;
    std::uint32_t queue_count_;
    std::uint32_t next_ = 0;
};

}  // namespace flowd::gen

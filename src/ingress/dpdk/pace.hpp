// SPDX-License-Identifier: BSD-3-Clause
// Pace: how many frames of a replay are due by now. Hot: once per burst. Times are the caller's, so
// tests need no clock. A replay that falls behind by more than 100 ms does not catch up in one
// burst: its schedule moves.
#pragma once

#include <cstdint>
#include <vector>

namespace flowd::dpdk {

class Pace {
public:
    /// As fast as possible.
    Pace() = default;
    /// `pps` frames a second, 1 to 10^9.
    [[nodiscard]] static Pace rate(std::uint64_t pps) noexcept;
    /// As the capture times say; one that goes back counts as the one before it. A second loop
    /// follows the first after the mean gap.
    [[nodiscard]] static Pace timed(std::vector<std::uint64_t> times_ns);

    [[nodiscard]] bool limited() const noexcept { return kind_ != Kind::none; }
    /// Frames due at `now_ns`, at most `wanted`. The first call starts the schedule.
    [[nodiscard]] std::uint16_t due(std::uint64_t now_ns, std::uint16_t wanted) noexcept;
    void took(std::uint16_t count) noexcept { taken_ += count; }
    /// How long until the next frame is due; 0: now.
    [[nodiscard]] std::uint64_t gap_ns(std::uint64_t now_ns) const noexcept;

private:
    enum class Kind : std::uint8_t { none, rate, timed };

    /// When frame `number`, counted over all loops, is due after the start.
    [[nodiscard]] std::uint64_t offset_ns(std::uint64_t number) const noexcept;

    Kind kind_ = Kind::none;
    bool started_ = false;
    std::uint64_t pps_ = 0;
    std::uint64_t start_ns_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t loop_ns_ = 0;
    std::vector<std::uint64_t> offsets_ns_;
};

}  // namespace flowd::dpdk

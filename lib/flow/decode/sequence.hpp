// SPDX-License-Identifier: BSD-3-Clause
// Loss by sequence numbers, of one domain. A datagram's number is how many units came before it;
// what a unit is differs: a datagram (NetFlow v9, RFC 3954 §5.1, but there the number counts the
// datagram itself, which makes no difference; sFlow), a flow (NetFlow v5), a data record (IPFIX,
// RFC 7011 §3.1). Numbers wrap at 32 bits. Datagrams overtake each other, come twice, and are
// spoofed; exporters restart.
#pragma once

#include <array>
#include <cstdint>

#include "flow/decode/stats.hpp"

namespace flow {

/// What a datagram says about its place in the row.
struct SequenceStep {
    std::uint32_t number = 0;
    std::uint32_t units = 1;  ///< that are in this datagram
    bool units_known = true;  ///< false: what comes next cannot be foretold
    bool has_uptime = false;
    std::uint32_t uptime_ms = 0;  ///< goes back when the exporter restarts
    /// Units by which datagrams may overtake each other.
    std::uint32_t window = window_of_datagrams;

    static constexpr std::uint32_t window_of_datagrams = 64;
    static constexpr std::uint32_t window_of_records = 4096;  ///< 64 datagrams, of 64 each
};

/// Valid, and knows nothing, when all bytes are zero.
class Sequence {
public:
    /// Counts here and in `total`.
    void take(const SequenceStep& step, DecodeStats& total) noexcept;

    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
    [[nodiscard]] std::uint32_t late() const noexcept { return late_; }
    [[nodiscard]] std::uint32_t duplicates() const noexcept { return duplicates_; }
    [[nodiscard]] std::uint32_t resets() const noexcept { return resets_; }
    /// Of what was lost, so much may come late and be taken back.
    [[nodiscard]] std::uint64_t outstanding() const noexcept {
        std::uint64_t sum = 0;
        for (const Gap& gap : gaps_) sum += gap.count;
        return sum;
    }

private:
    /// Units that are missing. None when the count is 0.
    struct Gap {
        std::uint32_t first;
        std::uint32_t count;
    };

    void move(const SequenceStep& step) noexcept;
    void reset(const SequenceStep& step, DecodeStats& total) noexcept;
    void lose(std::uint32_t first, std::uint32_t count, DecodeStats& total) noexcept;
    void remember(const Gap& gap) noexcept;
    void take_early(const SequenceStep& step, DecodeStats& total) noexcept;
    void count_duplicate(DecodeStats& total) noexcept;
    void take_jump(const SequenceStep& step, DecodeStats& total) noexcept;
    [[nodiscard]] bool fill_gap(const SequenceStep& step, DecodeStats& total) noexcept;
    [[nodiscard]] bool restarted(const SequenceStep& step) const noexcept;

    // What every datagram touches comes first.
    std::uint32_t next_;       ///< the number that is expected
    std::uint32_t uptime_ms_;  ///< of the datagram before
    std::uint8_t strays_;
    std::uint8_t next_gap_;  ///< to be overwritten
    bool synchronized_;
    /// Behind the last datagram that was out of place: a row of them is a new place.
    std::uint32_t stray_first_;
    std::uint32_t stray_next_;
    std::uint32_t late_;
    std::uint32_t duplicates_;
    std::uint32_t resets_;
    std::uint64_t lost_;
    std::array<Gap, 4> gaps_;
};

}  // namespace flow

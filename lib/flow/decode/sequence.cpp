// SPDX-License-Identifier: BSD-3-Clause
// One datagram out of place changes nothing: anyone can send it. Only a second one that continues
// it moves the tracker there; so a spoofed number cannot be counted as a loss of millions.
#include "flow/decode/sequence.hpp"

#include <algorithm>

namespace flow {

namespace {

/// An uptime may go back by as much as datagrams overtake each other; more is a restart.
constexpr std::int32_t uptime_slack_ms = 60'000;
/// A jump forward by more windows than this is no loss but a restart.
constexpr std::uint32_t loss_windows_max = 1024;
/// By the uptime, a datagram that is so much older is late, or a copy. More is another place.
constexpr std::int32_t late_most_ms = 10'000;
/// Datagrams out of place, one continuing the other, after which that is the place.
constexpr std::uint8_t strays_max = 3;

std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
    return static_cast<std::int32_t>(to - from);
}

/// Sent before the last one that was in place, by a little. Who has just begun may begin again.
bool is_older(const SequenceStep& step, std::uint32_t uptime_ms) noexcept {
    if (!step.has_uptime || !step.units_known || step.units == 0) return false;
    if (step.uptime_ms < static_cast<std::uint32_t>(late_most_ms)) return false;
    const std::int32_t by = distance(step.uptime_ms, uptime_ms);
    return by > 0 && by <= late_most_ms;
}

}  // namespace

void Sequence::take(const SequenceStep& step, DecodeStats& total) noexcept {
    if (!synchronized_) return move(step);
    const std::int32_t ahead = distance(next_, step.number);
    const auto window = static_cast<std::int32_t>(step.window);
    if (ahead == 0) return move(step);
    if (ahead < 0 && is_older(step, uptime_ms_)) {
        if (!fill_gap(step, total)) count_duplicate(total);
        return;
    }
    if (ahead > window || ahead < -window || restarted(step)) return take_jump(step, total);
    if (ahead < 0) return take_early(step, total);
    lose(next_, static_cast<std::uint32_t>(ahead), total);
    move(step);
}

void Sequence::move(const SequenceStep& step) noexcept {
    next_ = step.number + step.units;
    uptime_ms_ = step.uptime_ms;
    synchronized_ = step.units_known;
    strays_ = 0;
}

void Sequence::reset(const SequenceStep& step, DecodeStats& total) noexcept {
    ++resets_;
    ++total.sequence_resets;
    gaps_ = {};
    move(step);
}

bool Sequence::restarted(const SequenceStep& step) const noexcept {
    return step.has_uptime && distance(step.uptime_ms, uptime_ms_) > uptime_slack_ms;
}

void Sequence::lose(std::uint32_t first, std::uint32_t count, DecodeStats& total) noexcept {
    if (count == 0) return;
    lost_ += count;
    total.sequence_lost += count;
    remember({first, count});
}

void Sequence::remember(const Gap& gap) noexcept {
    if (gap.count == 0) return;
    const auto free =
        std::find_if(gaps_.begin(), gaps_.end(), [](const Gap& each) { return each.count == 0; });
    if (free != gaps_.end()) {
        *free = gap;
        return;
    }
    gaps_[next_gap_] = gap;
    next_gap_ = static_cast<std::uint8_t>((next_gap_ + 1) % gaps_.size());
}

/// A number from before: of a datagram that was missing, of one that came already, or of an
/// exporter that began anew.
void Sequence::take_early(const SequenceStep& step, DecodeStats& total) noexcept {
    if (!step.units_known || step.units == 0) return;  // not to be told apart
    if (fill_gap(step, total)) return;
    const bool continues = strays_ > 0 && step.number == stray_next_;
    strays_ = continues ? static_cast<std::uint8_t>(strays_ + 1) : std::uint8_t{1};
    stray_first_ = step.number;
    stray_next_ = step.number + step.units;
    if (strays_ >= strays_max) return reset(step, total);
    count_duplicate(total);
}

void Sequence::count_duplicate(DecodeStats& total) noexcept {
    ++duplicates_;
    ++total.sequence_duplicates;
}

bool Sequence::fill_gap(const SequenceStep& step, DecodeStats& total) noexcept {
    for (Gap& gap : gaps_) {
        const std::uint32_t before = step.number - gap.first;
        if (before >= gap.count) continue;
        const std::uint32_t filled = std::min(step.units, gap.count - before);
        const std::uint32_t behind = gap.count - before - filled;
        gap.count = before;
        remember({step.number + filled, behind});
        lost_ -= filled;
        total.sequence_lost -= filled;
        ++late_;
        ++total.sequence_late;
        return true;
    }
    return false;
}

/// Further away than datagrams overtake each other, or from a time before.
void Sequence::take_jump(const SequenceStep& step, DecodeStats& total) noexcept {
    const std::uint32_t beside = step.number - stray_next_;
    const bool continues = strays_ > 0 && beside <= step.window;
    const std::int32_t ahead = distance(next_, stray_first_);
    const std::uint32_t loss_max = step.window * loss_windows_max;
    const bool forward = ahead > 0 && static_cast<std::uint32_t>(ahead) <= loss_max;
    if (continues && forward && !restarted(step)) {
        lose(next_, static_cast<std::uint32_t>(ahead), total);
        lose(stray_next_, beside, total);
        return move(step);
    }
    if (continues || strays_ >= strays_max) return reset(step, total);
    ++strays_;
    stray_first_ = step.number;
    stray_next_ = step.number + (step.units_known ? step.units : 0);
}

}  // namespace flow

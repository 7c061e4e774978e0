// SPDX-License-Identifier: BSD-3-Clause
// The eviction hand is CLOCK: it passes over those that spoke since it came by last, and gives up
// after a bounded number of steps, so that a flood of spoofed sources costs a bounded time per
// datagram.
#include "flow/decode/exporters.hpp"

namespace flow {

namespace {

/// Slots that the hand looks at for one newcomer.
constexpr std::uint32_t hand_steps_max = 64;

}  // namespace

Exporters::Exporters(std::uint32_t exporters_max, std::uint64_t seed) noexcept
    : slots_{std::size_t{exporters_max} + 1}, table_{exporters_max}, seed_{seed} {}

Exporters::Entry Exporters::enter(const Address& address, std::uint32_t now_seconds) noexcept {
    if (last_ != other && slots_[last_].address == address) {
        slots_[last_].last_seen = now_seconds;
        return {last_, false};
    }
    const std::uint64_t hashed = hash(address, seed_);
    const auto same = [&](std::uint32_t index) { return slots_[index].address == address; };
    if (const std::uint32_t found = table_.find(hashed, same); found != IndexTable::none) {
        slots_[found].last_seen = now_seconds;
        slots_[found].spoke_again = true;
        last_ = found;
        return {found, false};
    }

    Entry entry;
    if (size_ + 1 < slots_.size()) {
        entry.index = ++size_;
    } else {
        entry.index = find_victim(now_seconds);
        if (entry.index == other) return entry;
        table_.erase(hash(slots_[entry.index].address, seed_), entry.index);
        entry.evicted = true;
        ++evictions_;
    }
    slots_[entry.index] = Slot{address, now_seconds, 0, false};
    table_.insert(hashed, entry.index);
    last_ = entry.index;
    return entry;
}

ExporterIndex Exporters::find_victim(std::uint32_t now_seconds) noexcept {
    for (std::uint32_t step = 0; step < hand_steps_max; ++step) {
        hand_ = hand_ >= size_ ? 1 : hand_ + 1;
        if (hand_ > size_) return other;  // room for none at all
        Slot& slot = slots_[hand_];
        if (slot.template_count > 0) {
            // Signed: a clock that steps back makes nobody stale.
            const auto silent_for = static_cast<std::int32_t>(now_seconds - slot.last_seen);
            if (silent_for > std::int32_t{stale_after_seconds}) return hand_;
        } else if (slot.spoke_again) {
            slot.spoke_again = false;
        } else {
            return hand_;
        }
    }
    return other;
}

}  // namespace flow

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

Exporters::Exporters(std::uint32_t exporters_max, std::uint64_t seed, TemplateKey key) noexcept
    : slots_{std::size_t{exporters_max} + 1}, table_{exporters_max}, seed_{seed}, key_{key} {}

Exporters::Entry Exporters::enter(const Address& address, std::uint16_t port,
                                  std::uint32_t now_seconds) noexcept {
    if (key_ == TemplateKey::address) port = 0;
    if (last_ != other && is(last_, address, port)) {
        slots_[last_].last_seen = now_seconds;
        return {last_};
    }
    const std::uint64_t hashed = hash_of(address, port);
    const auto same = [&](std::uint32_t index) { return is(index, address, port); };
    if (const std::uint32_t found = table_.find(hashed, same); found != IndexTable::none) {
        slots_[found].last_seen = now_seconds;
        slots_[found].spoke_again = true;
        last_ = found;
        return {found};
    }

    Entry entry{.fresh = true};
    if (size_ + 1 < slots_.size()) {
        entry.index = ++size_;
    } else {
        entry.index = find_victim(now_seconds);
        if (entry.index == other) return {};
        const Slot& victim = slots_[entry.index];
        table_.erase(hash_of(victim.address, victim.port), entry.index);
        entry.evicted = true;
        ++evictions_;
    }
    slots_[entry.index] = Slot{.address = address,
                               .port = port,
                               .spoke_again = false,
                               .proven = false,
                               .first_seen = now_seconds,
                               .last_seen = now_seconds,
                               .template_count = 0};
    table_.insert(hashed, entry.index);
    last_ = entry.index;
    return entry;
}

ExporterIndex Exporters::find_victim(std::uint32_t now_seconds) noexcept {
    const std::uint32_t patience = patience_.seconds(now_seconds);
    for (std::uint32_t step = 0; step < hand_steps_max; ++step) {
        hand_ = hand_ >= size_ ? 1 : hand_ + 1;
        if (hand_ > size_) return other;  // room for none at all
        Slot& slot = slots_[hand_];
        if (slot.template_count > 0) {
            const std::uint32_t needed = slot.proven ? patience : Patience::short_of(patience);
            const std::int32_t silence = Patience::silence(slot.last_seen, now_seconds);
            if (silence > static_cast<std::int32_t>(needed)) return hand_;
        } else if (slot.spoke_again) {
            slot.spoke_again = false;
        } else {
            return hand_;
        }
    }
    patience_.refuse(now_seconds);
    return other;
}

}  // namespace flow

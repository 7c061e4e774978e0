// SPDX-License-Identifier: BSD-3-Clause
// Sets leave in the order of arrival, or all of a template at once; so the oldest of all is always
// the first of its template's row. A released set leaves a hole that is reclaimed when all before
// it have left. Rows of an evicted exporter are not looked for: their generation has passed, so
// nobody finds them.
#include "flow/decode/templates/park.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flow {

namespace {

/// Sets are taken to have at least so many bytes on average.
constexpr std::size_t bytes_per_set = 512;

std::size_t entries_for(std::size_t bytes) noexcept {
    return bytes == 0 ? 0 : std::bit_ceil(std::max<std::size_t>(bytes / bytes_per_set, 8));
}

}  // namespace

Park::Park(const ParkLimits& limits, std::uint32_t exporters_max, std::uint64_t seed,
           DecodeStats& stats, Ledger* ledger) noexcept
    : limits_{limits},
      bytes_{limits.bytes_max},
      entries_{entries_for(limits.bytes_max)},
      shares_{std::size_t{exporters_max} + 1},
      table_{entries_.size()},
      seed_{seed},
      stats_{stats},
      ledger_{ledger} {}

std::uint64_t Park::hash_of(const Domain& domain, std::uint16_t id) const noexcept {
    return hash(domain, id, seed_ + shares_[domain.exporter].generation);
}

std::uint32_t Park::find_row(std::uint64_t hashed, const Domain& domain,
                             std::uint16_t id) const noexcept {
    const std::uint32_t generation = shares_[domain.exporter].generation;
    return table_.find(hashed, [&](std::uint32_t slot) {
        const Entry& entry = entries_[slot];
        return entry.id == id && entry.domain == domain && entry.generation == generation;
    });
}

std::uint32_t Park::take_row(const Domain& domain, std::uint16_t id) noexcept {
    const std::uint64_t hashed = hash_of(domain, id);
    const std::uint32_t first = find_row(hashed, domain, id);
    if (first == IndexTable::none) return 0;
    table_.erase(hashed, first);
    return first + 1;
}

bool Park::keep(const Domain& domain, std::uint16_t id, const Origin& origin, Bytes body,
                AccountTag account) noexcept {
    Entry* const entry = place(domain, id, origin, body);
    if (entry == nullptr) return false;
    entry->account = account;
    ++stats_.sets_parked;
    if (ledger_ != nullptr) ledger_->count_parked_set(account);
    return true;
}

Park::Entry* Park::place(const Domain& domain, std::uint16_t id, const Origin& origin,
                         Bytes body) noexcept {
    if (domain.exporter == 0 || body.empty()) return nullptr;
    const std::size_t share = limits_.bytes_max / shares;
    if (bytes_of(domain.exporter) + body.size() > share) return nullptr;
    if (bytes_.size() == 0 || entries_.size() == 0) return nullptr;

    const std::size_t room = make_room(body.size());
    const auto slot = static_cast<std::uint32_t>(next_ & (entries_.size() - 1));
    const std::size_t offset = body.size() <= bytes_.size() - write_ ? write_ : 0;
    entries_[slot] = Entry{.origin = origin,
                           .domain = domain,
                           .serial = next_,
                           .hash = hash_of(domain, id),
                           .offset = offset,
                           .room = room,
                           .size = static_cast<std::uint32_t>(body.size()),
                           .generation = shares_[domain.exporter].generation,
                           .next_plus_one = 0,
                           .last = slot,
                           .account = 0,
                           .id = id,
                           .waits = true,
                           .carries = false,
                           .taken = false};
    std::memcpy(&bytes_[offset], body.data(), body.size());
    link(slot);
    write_ = offset + body.size();
    used_ += room;
    ++next_;
    shares_[domain.exporter].bytes += body.size();
    stats_.parked_bytes += body.size();
    return &entries_[slot];
}

bool Park::take(const Parked& parked) noexcept {
    if (parked.carries) {
        ++stats_.adopted;
        if (ledger_ != nullptr) ledger_->adopt(parked.account);
    }
    Entry* const entry = place(parked.domain, parked.id, parked.origin, parked.body);
    if (entry == nullptr) {
        count_end(parked.account, SetEnd::expired, parked.carries, Error::unknown_template);
        return false;
    }
    entry->account = parked.account;
    entry->taken = true;
    entry->carries = parked.carries;
    ++taken_;
    if (parked.carries) ++stats_.parked_datagrams;
    return true;
}

void Park::count_end(AccountTag account, SetEnd how, bool carries, Error outcome) noexcept {
    ++(how == SetEnd::unparked ? stats_.sets_unparked : stats_.sets_expired);
    if (ledger_ != nullptr) ledger_->end_set(account, how, carries, outcome);
    if (!carries) return;
    if (failed(outcome)) {
        ++stats_.datagram_drops[static_cast<std::size_t>(outcome)];
    } else {
        ++stats_.decoded;
    }
}

/// Removes the oldest until `size` bytes in a row are free. Returns how many they take: more than
/// `size` when the end of the memory is left unused.
std::size_t Park::make_room(std::size_t size) noexcept {
    for (;;) {
        if (first_ == next_) write_ = used_ = 0;
        const std::size_t to_end = bytes_.size() - write_;
        const std::size_t room = size <= to_end ? size : to_end + size;
        if (used_ + room <= bytes_.size() && next_ - first_ < entries_.size()) return room;
        pop_oldest();
    }
}

void Park::link(std::uint32_t slot) noexcept {
    const Entry& entry = entries_[slot];
    const std::uint32_t first = find_row(entry.hash, entry.domain, entry.id);
    if (first == IndexTable::none) {
        table_.insert(entry.hash, slot);
        return;
    }
    entries_[entries_[first].last].next_plus_one = slot + 1;
    entries_[first].last = slot;
}

/// The first of its template's row, out of the row.
void Park::unlink_first(const Entry& entry) noexcept {
    table_.erase(entry.hash, slot_of(entry));
    if (entry.next_plus_one == 0) return;
    const std::uint32_t second = entry.next_plus_one - 1;
    entries_[second].last = entry.last;
    table_.insert(entry.hash, second);
}

bool Park::is_first(const Entry& entry) const noexcept {
    const std::uint32_t slot = slot_of(entry);
    const auto same = [slot](std::uint32_t each) { return each == slot; };
    return table_.find(entry.hash, same) != IndexTable::none;
}

/// The set waits here no longer. Its memory stays until it is the oldest.
void Park::leave(Entry& entry) noexcept {
    entry.waits = false;
    stats_.parked_bytes -= entry.size;
    Share& share = shares_[entry.domain.exporter];
    if (share.generation == entry.generation) share.bytes -= entry.size;
    if (entry.taken) --taken_;
    if (entry.carries) --stats_.parked_datagrams;
}

/// To another shard: what becomes of it is counted there.
void Park::hand_on(Entry& entry) noexcept {
    unlink_first(entry);
    leave(entry);
}

void Park::retire(Entry& entry, SetEnd how, Error outcome) noexcept {
    leave(entry);
    count_end(entry.account, how, entry.carries, outcome);
}

/// The first of its row has waited in vain.
void Park::expire(Entry& entry) noexcept {
    unlink_first(entry);
    expired_here_ |= entry.serial >= opened_;
    retire(entry, SetEnd::expired, Error::unknown_template);
}

void Park::pop_oldest() noexcept {
    Entry& entry = at(first_);
    if (entry.waits) expire(entry);
    used_ -= entry.room;
    ++first_;
}

void Park::expire() noexcept {
    while (first_ != next_ && (!at(first_).waits || too_old(at(first_)))) pop_oldest();
    if (taken_ != 0) expire_taken();
}

/// What came from another shard may lie behind what is younger. Looks at a few sets per datagram,
/// and release() looks again: none is read when it is too old.
void Park::expire_taken() noexcept {
    constexpr unsigned looks_max = 8;
    for (unsigned look = 0; look < looks_max && first_ != next_; ++look, ++hand_) {
        if (hand_ < first_ || hand_ >= next_) hand_ = first_;
        Entry& entry = at(hand_);
        if (entry.waits && entry.taken && too_old(entry) && is_first(entry)) expire(entry);
    }
}

void Park::expire_all() noexcept {
    while (first_ != next_) pop_oldest();
}

void Park::forget(ExporterIndex exporter) noexcept {
    ++shares_[exporter].generation;
    shares_[exporter].bytes = 0;
}

Park::Fate Park::close() noexcept {
    for (std::uint64_t serial = std::max(opened_, first_); serial != next_; ++serial) {
        if (!at(serial).waits) continue;
        at(serial).carries = true;
        ++stats_.parked_datagrams;
        return Fate::waits;
    }
    return expired_here_ ? Fate::expired : Fate::settled;
}

}  // namespace flow

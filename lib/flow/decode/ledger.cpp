// SPDX-License-Identifier: BSD-3-Clause
// What a row looks like, and what is written to it.
#include "flow/decode/ledger.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

namespace flow {

namespace {

using Words = std::array<std::uint64_t, 4>;

constexpr std::uint64_t minus_one = ~std::uint64_t{0};
constexpr std::size_t count_of_counts = sizeof(AccountCounts) / sizeof(std::uint64_t);

/// Where AccountCounts has a counter, or its first one of a kind, in numbers.
template <class Member>
consteval std::size_t index_of(Member AccountCounts::*member) noexcept {
    AccountCounts counts{};
    if constexpr (std::is_same_v<Member, std::uint64_t>) {
        counts.*member = 1;
    } else {
        (counts.*member)[0] = 1;
    }
    const auto numbers = std::bit_cast<std::array<std::uint64_t, count_of_counts>>(counts);
    std::size_t index = 0;
    while (numbers[index] == 0) ++index;
    return index;
}

/// Where the counters are in a row: what most datagrams add to comes first, a cache line with the
/// row's head; what some add to makes another one. Of `offered` there is what it exceeds `flows`
/// by, of `published` what it lacks of `offered`, and of `decoded` what it lacks of `datagrams`:
/// nearly always nothing. All of them wrap, so that sums of them are right, too.
constexpr std::array<std::uint8_t, count_of_counts> places = [] {
    constexpr auto kind = [](auto which) { return static_cast<std::size_t>(which); };
    constexpr std::size_t sets = index_of(&AccountCounts::sets);
    constexpr std::size_t set_records = index_of(&AccountCounts::set_records);
    constexpr std::size_t samples = index_of(&AccountCounts::samples);
    std::array<std::uint8_t, count_of_counts> made{};
    std::array<bool, count_of_counts> placed{};
    std::uint8_t next = 0;
    const auto put = [&](std::size_t index) {
        if (placed[index]) return;
        placed[index] = true;
        made[index] = next++;
    };
    put(index_of(&AccountCounts::datagrams));
    put(index_of(&AccountCounts::payload_bytes));
    put(index_of(&AccountCounts::flows));
    put(sets + kind(SetKind::data));
    put(set_records + kind(SetKind::data));
    put(samples + kind(SampleKind::flow));
    put(index_of(&AccountCounts::offered));
    put(index_of(&AccountCounts::published));
    put(index_of(&AccountCounts::decoded));
    put(samples + kind(SampleKind::expanded_flow));
    put(samples + kind(SampleKind::counters));
    put(samples + kind(SampleKind::expanded_counters));
    for (std::size_t index = 0; index < count_of_counts; ++index) put(index);
    return made;
}();

/// Words, so that a reader may come at any time.
Words packed(const AccountName& name) noexcept {
    Words words{};
    std::memcpy(words.data(), name.exporter.octets.data(), name.exporter.octets.size());
    words[2] = name.domain | std::uint64_t{name.port} << 32;
    words[3] = name.version | std::uint64_t{name.exporter.size} << 8;
    return words;
}

AccountName unpacked(const Words& words) noexcept {
    AccountName name;
    std::memcpy(name.exporter.octets.data(), words.data(), name.exporter.octets.size());
    name.domain = static_cast<std::uint32_t>(words[2]);
    name.port = static_cast<std::uint16_t>(words[2] >> 32);
    name.version = static_cast<std::uint8_t>(words[3]);
    name.exporter.size = static_cast<std::uint8_t>(words[3] >> 8);
    return name;
}

}  // namespace

/// While it lives the row's guard is odd.
class Ledger::Section {
public:
    Section(Ledger& ledger, std::uint32_t row) noexcept
        : ledger_{ledger}, at_{row}, row_{ledger.rows_[row]} {
        row_.guard.add(1);
    }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;
    ~Section() { row_.guard.add(1); }

    [[gnu::always_inline]] void add(std::size_t index, std::uint64_t count) noexcept {
        ledger_.cell(at_, places[index]).add(count);
    }
    /// Of what is mostly nothing: its cache line stays where it is.
    [[gnu::always_inline]] void add_any(std::size_t index, std::uint64_t count) noexcept {
        if (count != 0) add(index, count);
    }
    [[gnu::always_inline]] void add(const MadeCounts& made) noexcept {
        add(index_of(&AccountCounts::flows), made.flows);
        add_any(index_of(&AccountCounts::offered), made.offered - made.flows);
        add_any(index_of(&AccountCounts::published), made.offered - made.published);
        add_any(index_of(&AccountCounts::too_large), made.too_large);
        add_any(index_of(&AccountCounts::ring_full), made.ring_full);
    }
    void drop(Error reason) noexcept {
        add(index_of(&AccountCounts::drops) + static_cast<std::size_t>(reason), 1);
    }
    void count_undecoded(std::uint64_t count) noexcept {
        add(index_of(&AccountCounts::decoded), count);
    }

private:
    Ledger& ledger_;
    std::uint32_t at_;
    Row& row_;
};

Ledger::Ledger(std::uint32_t exporters_max, std::uint32_t domains_max, bool enabled) noexcept
    : rows_{enabled ? std::size_t{exporters_max} + 1 + domains_max : std::size_t{0}},
      rests_{rows_.size()},
      row_count_{exporters_max + 1 + domains_max},
      first_domain_row_{exporters_max + 1},
      domains_end_{first_domain_row_} {
    static_assert(std::is_trivially_destructible_v<Row> && offsetof(Row, cells) == 16);
    assert(std::size_t{exporters_max} + 1 + domains_max <= account_rows_max);
    if (rests_.size() == 0) rows_ = {};                                       // no memory
    if (this->enabled()) exporters_end_.store(1, std::memory_order_release);  // row 0
}

AccountTag Ledger::assign(std::uint32_t at, const AccountName& name,
                          std::uint32_t now_seconds) noexcept {
    if (!enabled()) return make_tag(at, 0);
    Row& row = rows_[at];
    Rest& rest = rests_[at];
    const Words words = packed(name);
    const auto same = [](const Cell<std::uint64_t>& cell, std::uint64_t word) {
        return cell.get() == word;
    };
    const bool owned = rest.owned.get() != 0;
    if (owned && std::equal(rest.name.begin(), rest.name.end(), words.begin(), same)) {
        return tag(at);
    }
    {
        const Section section{*this, at};
        if (owned) fold(at);
        for (std::size_t i = 0; i < words.size(); ++i) rest.name[i].set(words[i]);
        rest.first_seen.set(now_seconds);
        rest.owned.set(1);
        row.last_seen.set(now_seconds);
        row.sampling_rate.set(0);
        row.sampling_source.set(sampling::Source::none);
        row.local_port.set(0);
    }
    std::atomic<std::uint32_t>& end = at < first_domain_row_ ? exporters_end_ : domains_end_;
    if (at >= end.load(std::memory_order_relaxed)) end.store(at + 1, std::memory_order_release);
    return tag(at);
}

/// The row is being written already.
void Ledger::fold(std::uint32_t at) noexcept {
    const Section other{*this, 0};
    for (std::size_t place = 0; place < count_of_counts; ++place) {
        const std::uint64_t count = cell(at, place).get();
        if (count == 0) continue;
        cell(0, place).add(count);
        cell(at, place).set(0);
    }
    Cell<std::uint32_t>& first_seen = rests_[0].first_seen;
    if (first_seen.get() == 0) first_seen.set(rests_[at].first_seen.get());
    rows_[0].last_seen.set(std::max(rows_[0].last_seen.get(), rows_[at].last_seen.get()));
    rows_[at].epoch.add(1);
}

void Ledger::book(AccountTag account, const Booking& booking, std::uint32_t now_seconds, Fate fate,
                  Error reason) noexcept {
    if (!enabled()) return;
    constexpr std::uint64_t rate_max = std::numeric_limits<std::uint32_t>::max();
    const std::uint32_t at = row_for(account);
    Row& row = rows_[at];
    Section section{*this, at};
    if (at == 0 && rests_[0].first_seen.get() == 0) rests_[0].first_seen.set(now_seconds);
    writes_second_line_ = booking.made.offered != booking.made.flows;
    row.last_seen.set(now_seconds);
    row.local_port.set(booking.local_port);
    row.sampling_rate.set(static_cast<std::uint32_t>(std::min(booking.sampling_rate, rate_max)));
    row.sampling_source.set(booking.sampling_source);
    section.add(index_of(&AccountCounts::datagrams), 1);
    section.add(index_of(&AccountCounts::payload_bytes), booking.payload_bytes);
    section.add(booking.made);
    if (booking.has_sets) {
        for (std::size_t i = 0; i < set_kind_count; ++i) {
            section.add_any(index_of(&AccountCounts::sets) + i, booking.sets[i]);
            section.add_any(index_of(&AccountCounts::set_records) + i, booking.set_records[i]);
        }
    }
    if (booking.has_samples) {
        for (std::size_t i = 0; i < sample_kind_count; ++i) {
            section.add_any(index_of(&AccountCounts::samples) + i, booking.samples[i]);
        }
    }
    switch (fate) {
        case Fate::decoded: break;
        case Fate::dropped:
            section.count_undecoded(1);
            section.drop(reason);
            break;
        case Fate::parked:
            section.count_undecoded(1);
            section.add(index_of(&AccountCounts::parked), 1);
            break;
    }
}

void Ledger::book(AccountTag account, const MadeCounts& made,
                  const SetCounts& set_records) noexcept {
    if (!enabled()) return;
    Section section{*this, row_for(account)};
    section.add(made);
    for (std::size_t i = 0; i < set_kind_count; ++i) {
        section.add_any(index_of(&AccountCounts::set_records) + i, set_records[i]);
    }
}

void Ledger::book(AccountTag account, const SequenceChange& change) noexcept {
    if (!enabled()) return;
    Section section{*this, row_for(account)};
    section.add(index_of(&AccountCounts::sequence_lost), change.lost);
    section.add(index_of(&AccountCounts::sequence_late), change.late);
    section.add(index_of(&AccountCounts::sequence_duplicates), change.duplicates);
    section.add(index_of(&AccountCounts::sequence_resets), change.resets);
}

void Ledger::count_unchecked(AccountTag account) noexcept {
    if (!enabled()) return;
    Section{*this, row_for(account)}.add(index_of(&AccountCounts::sequence_unchecked), 1);
}

void Ledger::count_parked_set(AccountTag account) noexcept {
    if (!enabled()) return;
    Section{*this, row_for(account)}.add(index_of(&AccountCounts::sets_parked), 1);
}

/// Of a datagram that waits. Epochs come again: where none waits, its row was another's, whose
/// numbers are row 0's.
std::uint32_t Ledger::row_of_parked(AccountTag account) const noexcept {
    const std::uint32_t row = row_for(account);
    return cell(row, places[index_of(&AccountCounts::parked)]).get() == 0 ? 0 : row;
}

void Ledger::end_set(AccountTag account, SetEnd how, bool carries, Error outcome) noexcept {
    if (!enabled()) return;
    Section section{*this, carries ? row_of_parked(account) : row_for(account)};
    section.add(how == SetEnd::unparked ? index_of(&AccountCounts::sets_unparked)
                                        : index_of(&AccountCounts::sets_expired),
                1);
    if (!carries) return;
    section.add(index_of(&AccountCounts::parked), minus_one);
    failed(outcome) ? section.drop(outcome) : section.count_undecoded(minus_one);
}

void Ledger::hand_on(AccountTag account) noexcept {
    if (!enabled()) return;
    Section section{*this, row_of_parked(account)};
    section.add(index_of(&AccountCounts::datagrams), minus_one);
    section.count_undecoded(minus_one);
    section.add(index_of(&AccountCounts::parked), minus_one);
}

void Ledger::adopt(AccountTag account) noexcept {
    if (!enabled()) return;
    Section section{*this, row_for(account)};
    section.add(index_of(&AccountCounts::datagrams), 1);
    section.count_undecoded(1);
    section.add(index_of(&AccountCounts::parked), 1);
}

void Ledger::copy(std::uint32_t at, Account& account) const noexcept {
    const Row& row = rows_[at];
    const Rest& rest = rests_[at];
    std::array<std::uint64_t, count_of_counts> counts;
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = cell(at, places[i]).get();
    account.counts = std::bit_cast<AccountCounts>(counts);
    account.counts.offered += account.counts.flows;
    account.counts.published = account.counts.offered - account.counts.published;
    account.counts.decoded = account.counts.datagrams - account.counts.decoded;
    Words words;
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = rest.name[i].get();
    account.name = unpacked(words);
    account.epoch = row.epoch.get();
    account.first_seen = rest.first_seen.get();
    account.last_seen = row.last_seen.get();
    account.local_port = row.local_port.get();
    account.sampling_rate = row.sampling_rate.get();
    account.sampling_source = row.sampling_source.get();
}

bool Ledger::read(std::uint32_t at, Account& account) const noexcept {
    // The writer holds a row for some 10 ns of each datagram.
    constexpr unsigned tries_max = 10'000;
    if (at >= rows_.size()) return false;
    const Row& row = rows_[at];
    for (unsigned i = 0; i < tries_max; ++i) {
        const std::uint32_t before = row.guard.get();
        if (before % 2 != 0) continue;
        copy(at, account);
        if (row.guard.get() == before) return true;
    }
    return false;
}

}  // namespace flow

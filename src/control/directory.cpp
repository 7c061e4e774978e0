// SPDX-License-Identifier: BSD-3-Clause
// Differences, and who gets them.
#include "control/directory.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "metrics/totals.hpp"

namespace flowd {

namespace {

constexpr std::size_t debts_many = 16'384;

/// What an account has more than before.
Totals difference(const flow::AccountCounts& now, const flow::AccountCounts& before) noexcept {
    Totals more;
    more.datagrams = now.datagrams - before.datagrams;
    more.payload_bytes = now.payload_bytes - before.payload_bytes;
    more.decoded = now.decoded - before.decoded;
    more.parked = now.parked - before.parked;
    for (std::size_t i = 0; i < more.drops.size(); ++i) {
        more.drops[i] = now.drops[i] - before.drops[i];
    }
    more.flows = now.flows - before.flows;
    more.offered = now.offered - before.offered;
    more.too_large = now.too_large - before.too_large;
    more.ring_full = now.ring_full - before.ring_full;
    more.in_ring = static_cast<std::int64_t>(now.published - before.published);
    more.sets_parked = now.sets_parked - before.sets_parked;
    more.sets_unparked = now.sets_unparked - before.sets_unparked;
    more.sets_expired = now.sets_expired - before.sets_expired;
    for (std::size_t i = 0; i < more.sets.size(); ++i) {
        more.sets[i] = now.sets[i] - before.sets[i];
        more.set_records[i] = now.set_records[i] - before.set_records[i];
    }
    for (std::size_t i = 0; i < more.samples.size(); ++i) {
        more.samples[i] = now.samples[i] - before.samples[i];
    }
    more.sequence = {.lost = now.sequence_lost - before.sequence_lost,
                     .late = now.sequence_late - before.sequence_late,
                     .duplicates = now.sequence_duplicates - before.sequence_duplicates,
                     .resets = now.sequence_resets - before.sequence_resets,
                     .unchecked = now.sequence_unchecked - before.sequence_unchecked};
    return more;
}

Totals difference(const TxAccount& now, const TxAccount& before) noexcept {
    Totals more;
    more.in_ring = static_cast<std::int64_t>(before.taken - now.taken);
    more.restored = now.restored - before.restored;
    more.in_flight = now.in_flight - before.in_flight;
    more.spooled = now.spooled - before.spooled;
    more.delivered = now.delivered - before.delivered;
    for (std::size_t i = 0; i < more.lost.size(); ++i) more.lost[i] = now.lost[i] - before.lost[i];
    return more;
}

bool equal(const flow::AccountCounts& a, const flow::AccountCounts& b) noexcept {
    return std::memcmp(&a, &b, sizeof a) == 0;  // nothing but numbers of 64 bits
}

bool equal(const TxAccount& a, const TxAccount& b) noexcept {
    return a.taken == b.taken && a.restored == b.restored && a.in_flight == b.in_flight &&
           a.spooled == b.spooled && a.delivered == b.delivered && a.lost == b.lost;
}

/// Of `settled`, `rest` at most. What wraps is none: it was taken back.
std::uint64_t take(std::uint64_t settled, std::uint64_t& rest) noexcept {
    if (static_cast<std::int64_t>(settled) <= 0) return 0;
    const std::uint64_t taken = std::min(settled, rest);
    rest -= taken;
    return taken;
}

}  // namespace

Directory::Directory(std::size_t rx_workers, std::size_t lanes, const ExporterTableLimits& limits)
    : table_{limits},
      rx_rows_(rx_workers),
      tx_rows_(lanes),
      debts_(rx_workers),
      fresh_(rx_workers) {
    for (auto& lane : tx_rows_) lane.resize(rx_workers);
}

void Directory::begin(std::uint64_t now_ns) {
    clock_.tick(now_ns);
    std::fill(fresh_.begin(), fresh_.end(), Totals{});
}

void Directory::add(std::size_t worker, std::uint32_t row, const flow::Account& account) {
    RxRow& mine = rx_rows_[worker].at(row);
    const bool same =
        row == 0 || (mine.known && mine.epoch == account.epoch && mine.name == account.name);
    if (!same && mine.known) lose(worker, row, mine);
    if (!same) mine = {.known = true, .epoch = account.epoch, .name = account.name};
    if (equal(account.counts, mine.counted)) return;
    const bool was_heard = account.counts.datagrams != mine.counted.datagrams;
    if (row == 0) {
        if (others_first_seen_ == 0) others_first_seen_ = account.first_seen;
        if (was_heard) others_last_seen_ = account.last_seen;
    } else if (was_heard) {
        if (!table_.has(mine.owner)) find_owner(worker, row, mine);
        table_.touch(mine.owner, clock_);
    }
    const Totals more = difference(account.counts, mine.counted);
    mine.counted = account.counts;
    credit(mine.owner, worker, more);
    if (was_heard) table_.see(mine.owner, account);
    pay_others(mine, more);
}

/// The row is another's: what it had counted is in row 0 now.
void Directory::lose(std::size_t worker, std::uint32_t row, RxRow& lost) {
    const Totals counted = difference(lost.counted, {});
    subtract(others_, counted);
    subtract(fresh_[worker], counted);
    Debt debt = under_way(worker, row, lost);
    debt.datagrams -= std::min(debt.datagrams, lost.to_others.datagrams);
    debt.flows -= std::min(debt.flows, lost.to_others.flows);
    give_tx_rows(worker, row, lost, {});
    // Numbers of epochs come again: the same number is not the same row for ever.
    for_each_tx_row(worker, row, lost, [](TxRow& each) { each.is_old = true; });
    if (!table_.has(lost.owner)) return;
    table_.release(lost.owner);
    if (!debt.empty()) debts_[worker].push_back({lost.owner, debt});
}

/// Of an owner that sends, and has none in the table.
void Directory::find_owner(std::size_t worker, std::uint32_t row, RxRow& mine) {
    const OwnerRef owner = table_.admit(mine.name, clock_);
    const ExporterTable::Forgotten forgotten = table_.forgotten();
    flowd::add(others_, forgotten.totals);
    flowd::add(others_past_, forgotten.past);
    others_rates_.inherit(forgotten.totals);
    if (!table_.has(owner)) return;
    // 0 where the row is new to us, too.
    mine.to_others = under_way(worker, row, mine);
    mine.owner = owner;
    give_tx_rows(worker, row, mine, owner);
    table_.hold(owner);
}

template <class Visit>
void Directory::for_each_tx_row(std::size_t worker, std::uint32_t row, const RxRow& of,
                                Visit visit) const {
    for (const auto& lane : tx_rows_) {
        TxRow* const each = lane[worker].find(row);
        if (each == nullptr) continue;
        if (each->known && !each->is_old && each->epoch == of.epoch) visit(*each);
    }
}

Directory::Debt Directory::under_way(std::size_t worker, std::uint32_t row,
                                     const RxRow& mine) const {
    auto flows = static_cast<std::int64_t>(mine.counted.published);
    for_each_tx_row(worker, row, mine, [&flows](const TxRow& each) {
        const TxAccount& counted = each.counted;
        flows += static_cast<std::int64_t>(counted.in_flight + counted.spooled - counted.taken);
    });
    return {mine.counted.parked, static_cast<std::uint64_t>(std::max<std::int64_t>(flows, 0))};
}

/// What is in flight there and spooled becomes the new owner's, and was the old one's: in_ring
/// makes up for it on both sides.
void Directory::give_tx_rows(std::size_t worker, std::uint32_t row, const RxRow& of,
                             const OwnerRef& to) {
    for_each_tx_row(worker, row, of, [&](TxRow& each) {
        Totals now;
        now.in_flight = each.counted.in_flight;
        now.spooled = each.counted.spooled;
        now.in_ring = -static_cast<std::int64_t>(now.in_flight + now.spooled);
        move(each.owner, to, now);
        each.owner = to;
    });
}

void Directory::add(std::size_t lane, std::size_t source, std::uint32_t row,
                    const TxAccount& account) {
    TxRow& mine = tx_rows_[lane][source].at(row);
    if (row != 0 && mine.known && mine.epoch != account.epoch) {
        // What it had is in row 0 now, whoever's it was.
        const Totals counted = difference(mine.counted, {});
        subtract(others_, counted);
        subtract(fresh_[source], counted);
        mine = {};
    }
    RxRow& named = rx_rows_[source].at(row);
    if (!mine.known) {
        mine.known = true;
        mine.epoch = account.epoch;
        // An older one's: that row is lost, and with it its name.
        if (row != 0 && named.known && named.epoch == account.epoch) mine.owner = named.owner;
    }
    if (equal(account, mine.counted)) return;
    const Totals more = difference(account, mine.counted);
    mine.counted = account;
    credit(mine.owner, source, more);
    if (mine.owner == named.owner) pay_others(named, more);
}

void Directory::credit(const OwnerRef& owner, std::size_t worker, const Totals& what) {
    if (table_.has(owner)) {
        table_.add(owner, what);
        return repay_lost(owner);
    }
    flowd::add(others_, what);
    flowd::add(fresh_[worker], what);
}

/// A worker takes back what comes late, though it were lost before its exporter was forgotten here
/// and came again: then the others have it.
void Directory::repay_lost(const OwnerRef& owner) {
    const auto lost = static_cast<std::int64_t>(table_.sequence_lost(owner));
    if (lost >= 0) return;
    Totals late;
    late.sequence.lost = std::min(static_cast<std::uint64_t>(-lost), others_.sequence.lost);
    move({}, owner, late);
}

/// What was under way when the row became its owner's is the others'.
void Directory::pay_others(RxRow& row, const Totals& settled) {
    if (row.to_others.empty() || !table_.has(row.owner)) return;
    move(row.owner, {}, take_settled(settled, row.to_others));
}

/// With what is spooled for hours, and rows that change hands all the time, there could be many.
void Directory::merge(std::vector<OwnerDebt>& debts) {
    const auto place = [](const OwnerDebt& each) {
        return std::tie(each.owner.exporter_plus_one, each.owner.domain_plus_one,
                        each.owner.domain_generation);
    };
    std::sort(debts.begin(), debts.end(),
              [&](const OwnerDebt& a, const OwnerDebt& b) { return place(a) < place(b); });
    for (std::size_t i = 1; i < debts.size(); ++i) {
        if (debts[i - 1].owner != debts[i].owner) continue;
        debts[i].debt.datagrams += std::exchange(debts[i - 1].debt.datagrams, 0);
        debts[i].debt.flows += std::exchange(debts[i - 1].debt.flows, 0);
    }
}

/// Of what has settled at the others, what is owed to those who had it under way in a row that is
/// another's now.
void Directory::settle(std::size_t worker) {
    std::vector<OwnerDebt>& debts = debts_[worker];
    if (debts.size() > debts_many) merge(debts);
    for (OwnerDebt& each : debts) {
        if (!table_.has(each.owner)) {
            each.debt = {};
            continue;
        }
        const Totals paid = take_settled(fresh_[worker], each.debt);
        subtract(fresh_[worker], paid);
        move({}, each.owner, paid);
    }
    std::erase_if(debts, [](const OwnerDebt& each) { return each.debt.empty(); });
}

/// As something that can be moved: with it, what is under way becomes less.
Totals Directory::take_settled(const Totals& settled, Debt& debt) {
    const Debt before = debt;
    Totals taken;
    taken.decoded = take(settled.decoded, debt.datagrams);
    for (std::size_t i = 0; i < taken.drops.size(); ++i) {
        taken.drops[i] = take(settled.drops[i], debt.datagrams);
    }
    taken.parked = debt.datagrams - before.datagrams;
    taken.delivered = take(settled.delivered, debt.flows);
    for (std::size_t i = 0; i < taken.lost.size(); ++i) {
        taken.lost[i] = take(settled.lost[i], debt.flows);
    }
    taken.in_ring = static_cast<std::int64_t>(debt.flows - before.flows);
    return taken;
}

void Directory::move(const OwnerRef& from, const OwnerRef& to, const Totals& what) {
    if (table_.has(from)) {
        table_.subtract(from, what);
    } else {
        subtract(others_, what);
    }
    if (table_.has(to)) {
        table_.add(to, what);
    } else {
        flowd::add(others_, what);
    }
}

void Directory::add_nameless(const Totals& so_far) {
    flowd::add(others_, so_far);
    subtract(others_, nameless_);
    nameless_ = so_far;
}

void Directory::end() {
    for (std::size_t worker = 0; worker < debts_.size(); ++worker) settle(worker);
    table_.take_rates(clock_);
    others_rates_now_ = others_rates_.take(clock_, others_);
}

void Directory::write(std::vector<ExporterView>& exporters, ExporterView& other) {
    table_.write(exporters);
    other.address = {};
    other.port = 0;
    other.first_seen = others_first_seen_;
    other.last_seen = others_last_seen_;
    other.totals = others_;
    other.rates = others_rates_now_;
    other.domains.clear();
    other.past = others_past_;
    other.findings.clear();
}

}  // namespace flowd

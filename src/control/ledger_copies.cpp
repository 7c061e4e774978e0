// SPDX-License-Identifier: BSD-3-Clause
// Again, until nothing has changed hands in between.
#include "control/ledger_copies.hpp"

#include <algorithm>
#include <thread>

namespace flowd {

namespace {

/// Where rows change hands all the time. What is wrong then is right a second later: row 0 is read
/// last, so that numbers may be in two places, but not in none.
constexpr int tries_max = 8;

}  // namespace

void LedgerCopies::take(const std::vector<std::unique_ptr<TxWorker>>& workers) {
    tx_.resize(workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i) take(workers[i]->ledger(), tx_[i]);
}

void LedgerCopies::take(const TxLedger& ledger, std::vector<TxCopy>& copies) {
    for (int i = 0; i < tries_max; ++i) {
        copies.clear();
        const std::uint64_t before = ledger.folds();
        ledger.for_each([&](std::uint32_t source, std::uint32_t row, const TxAccount& account) {
            copies.push_back({source, row, account});
        });
        if (before % 2 == 0 && ledger.folds() == before) return;
    }
    std::size_t source = 0;  // in the order of for_each()
    for (TxCopy& each : copies) {
        if (each.row == 0) each.account = ledger.account(source++, 0);
    }
}

void LedgerCopies::take(const std::vector<std::unique_ptr<RxWorker>>& workers) {
    rx_.resize(workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i) take(workers[i]->ledger(), rx_[i]);
}

void LedgerCopies::take(const flow::Ledger& ledger, std::vector<RxCopy>& copies) {
    copies.clear();
    // A row that is written at every moment keeps its old copy.
    static_cast<void>(ledger.for_each([&](std::uint32_t row, const flow::Account& account) {
        copies.push_back({row, account});
    }));
    // Its writer may have lost its CPU.
    for (int i = 0; i < tries_max && !renew(ledger, copies); ++i) std::this_thread::yield();
}

/// Row 0, and whatever has another owner by now. True: nothing had, so they belong together.
bool LedgerCopies::renew(const flow::Ledger& ledger, std::vector<RxCopy>& copies) {
    bool same = true;
    // What is read while it is written is torn: the copy before is better, and another try.
    flow::Account fresh;
    if (!copies.empty() && copies.front().row == 0) {
        same = ledger.read(0, fresh);
        if (same) copies.front().account = fresh;
    }
    for (RxCopy& each : copies) {
        if (each.row == 0 || flow::epoch_of(ledger.tag(each.row)) == each.account.epoch) continue;
        same = false;
        if (ledger.read(each.row, fresh)) each.account = fresh;
    }
    return same;
}

void LedgerCopies::give(Directory& directory) const {
    for (std::size_t worker = 0; worker < rx_.size(); ++worker) {
        for (const RxCopy& each : rx_[worker]) directory.add(worker, each.row, each.account);
    }
    for (std::size_t lane = 0; lane < tx_.size(); ++lane) {
        for (const TxCopy& each : tx_[lane]) {
            directory.add(lane, each.source, each.row, each.account);
        }
    }
}

}  // namespace flowd

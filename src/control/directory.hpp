// SPDX-License-Identifier: BSD-3-Clause
// Directory: adds up the rows of all workers' ledgers by exporter and domain, observation after
// observation, while rows get new owners, exporters move between workers and TX workers lag behind.
// No threads, no clock, no reading: the observer gives it copies.
//
// It remembers of each row what it has credited, and to whom; a new copy credits the difference.
// Each copy adds up in itself, so all sums of differences do, too, and the equations of Totals hold
// for each exporter, domain and for the others, whatever the moments at which rows were copied. The
// sum over all of them is the sum of the copies: nothing is ever credited twice.
//
// When a row gets a new owner, its worker adds what it had to row 0. The old owner keeps what was
// credited to it, and the others get what row 0 has more than that. What the owner had under way
// then (in rings, in flight, spooled, parked) is settled in row 0, with that of others: until so
// much has been, it stays under way at the owner, in `in_ring` and `parked`, and is missing there
// at the others. Likewise the others wait for what they had under way in a row that becomes an
// exporter's while it is in use, as there was no room before.
#pragma once

#include <cstdint>
#include <vector>

#include "control/exporter_table.hpp"
#include "control/rate_window.hpp"
#include "control/row_pages.hpp"
#include "flow/decode/account.hpp"
#include "metrics/observation.hpp"
#include "metrics/tx_ledger.hpp"

namespace flowd {

class Directory {
public:
    /// `lanes`: TX workers.
    Directory(std::size_t rx_workers, std::size_t lanes, const ExporterTableLimits& limits);

    // An observation: begin, all rows of RX workers, all rows of TX workers that were copied before
    // those, end.

    void begin(std::uint64_t now_ns);
    void add(std::size_t worker, std::uint32_t row, const flow::Account& account);
    void add(std::size_t lane, std::size_t source, std::uint32_t row, const TxAccount& account);
    /// What was dropped, since the start, before anybody could say whose it was: the others'.
    void add_nameless(const Totals& so_far);
    void end();

    /// By address. Totals, rates and when they were seen.
    void write(std::vector<ExporterView>& exporters, ExporterView& other);

    [[nodiscard]] const RateClock& clock() const noexcept { return clock_; }
    [[nodiscard]] const ExporterTable& exporters() const noexcept { return table_; }

private:
    /// What one has had under way, of which the other gets to know what became of it.
    struct Debt {
        std::uint64_t datagrams = 0;
        std::uint64_t flows = 0;

        [[nodiscard]] bool empty() const noexcept { return datagrams == 0 && flows == 0; }
    };
    struct OwnerDebt {
        OwnerRef owner{};
        Debt debt{};
    };
    struct RxRow {
        bool known = false;
        std::uint8_t epoch = 0;
        flow::AccountName name{};
        OwnerRef owner{};
        Debt to_others{};  ///< had under way before it was the owner's
        flow::AccountCounts counted{};
    };
    struct TxRow {
        bool known = false;
        bool is_old = false;  ///< the RX worker's row has another owner by now
        std::uint8_t epoch = 0;
        OwnerRef owner{};
        TxAccount counted{};
    };

    void lose(std::size_t worker, std::uint32_t row, RxRow& lost);
    void find_owner(std::size_t worker, std::uint32_t row, RxRow& mine);
    [[nodiscard]] Debt under_way(std::size_t worker, std::uint32_t row, const RxRow& mine) const;
    /// Calls `visit(TxRow&)` for the TX workers' rows of the same tag.
    template <class Visit>
    void for_each_tx_row(std::size_t worker, std::uint32_t row, const RxRow& of, Visit visit) const;
    void give_tx_rows(std::size_t worker, std::uint32_t row, const RxRow& of, const OwnerRef& to);
    void credit(const OwnerRef& owner, std::size_t worker, const Totals& what);
    void repay_lost(const OwnerRef& owner);
    void pay_others(RxRow& row, const Totals& settled);
    static void merge(std::vector<OwnerDebt>& debts);
    void settle(std::size_t worker);
    void move(const OwnerRef& from, const OwnerRef& to, const Totals& what);
    [[nodiscard]] static Totals take_settled(const Totals& settled, Debt& debt);

    ExporterTable table_;
    RateClock clock_;
    std::vector<RowPages<RxRow>> rx_rows_;               ///< by worker
    std::vector<std::vector<RowPages<TxRow>>> tx_rows_;  ///< by lane and worker
    std::vector<std::vector<OwnerDebt>> debts_;          ///< of the others, by worker
    std::vector<Totals> fresh_;  ///< of the others, by worker: from this observation
    Totals others_{};
    std::vector<PastDomains> others_past_;
    Totals nameless_{};  ///< of these
    TotalsRates others_rates_{clock_};
    Rates others_rates_now_{};
    std::uint32_t others_first_seen_ = 0;
    std::uint32_t others_last_seen_ = 0;
};

}  // namespace flowd

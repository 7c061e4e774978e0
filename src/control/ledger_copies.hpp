// SPDX-License-Identifier: BSD-3-Clause
// LedgerCopies: copies of the rows of all workers' ledgers, taken while these go on. Each row adds
// up in itself. And as a row's numbers go to row 0 when it gets another owner, row 0 is of a moment
// at which all other rows had the owners that their copies have: nothing is seen twice or missed.
// Buffers are used again. The observer's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "control/directory.hpp"
#include "worker/rx_worker.hpp"
#include "worker/tx_worker.hpp"

namespace flowd {

class LedgerCopies {
public:
    /// Before those of the RX workers: what a TX worker has taken was published before.
    void take(const std::vector<std::unique_ptr<TxWorker>>& workers);
    void take(const std::vector<std::unique_ptr<RxWorker>>& workers);

    /// Between its begin() and end().
    void give(Directory& directory) const;

private:
    struct RxCopy {
        std::uint32_t row;
        flow::Account account;
    };
    struct TxCopy {
        std::uint32_t source;
        std::uint32_t row;
        TxAccount account;
    };

    static void take(const TxLedger& ledger, std::vector<TxCopy>& copies);
    static void take(const flow::Ledger& ledger, std::vector<RxCopy>& copies);
    [[nodiscard]] static bool renew(const flow::Ledger& ledger, std::vector<RxCopy>& copies);

    std::vector<std::vector<RxCopy>> rx_;  ///< by worker
    std::vector<std::vector<TxCopy>> tx_;
};

}  // namespace flowd

// SPDX-License-Identifier: BSD-3-Clause
// What holds of a transport's ledger between two calls: each row adds up, and all rows together are
// the counts.
#pragma once

#include <gtest/gtest.h>

#include "transport/transport.hpp"

namespace flowd::test {

inline void expect_adds_up(const TxAccount& account) {
    EXPECT_EQ(account.taken + account.restored,
              account.delivered + account.lost_sum() + account.in_flight + account.spooled);
}

/// All rows of a ledger, each of which adds up.
inline TxAccount sum_of(const TxLedger& ledger) {
    TxAccount sum;
    ledger.for_each([&](std::uint32_t, std::uint32_t, const TxAccount& account) {
        expect_adds_up(account);
        sum.add(account);
    });
    return sum;
}

inline void expect_ledger_is(const TxLedger& ledger, const TransportCounts& counts) {
    const TxAccount sum = sum_of(ledger);
    EXPECT_EQ(sum.taken, counts.taken.get());
    EXPECT_EQ(sum.restored, counts.spool_restored.get());
    EXPECT_EQ(sum.delivered, counts.delivered.get());
    EXPECT_EQ(sum.in_flight, counts.in_flight.get());
    EXPECT_EQ(sum.spooled, counts.spooled.get());
    for (std::size_t i = 0; i < loss_count; ++i) {
        EXPECT_EQ(sum.lost[i], counts.lost[i].get()) << loss_name(static_cast<Loss>(i));
    }
}

}  // namespace flowd::test

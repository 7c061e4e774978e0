// SPDX-License-Identifier: BSD-3-Clause
// Reading ledgers in tests: all counters of an account as a row of numbers, and the equations that
// hold in every copy.
#pragma once

#include <bit>
#include <map>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "flow/decode/ledger.hpp"

namespace flow::test {

using AccountNumbers = std::array<std::uint64_t, sizeof(AccountCounts) / sizeof(std::uint64_t)>;

[[nodiscard]] inline AccountNumbers numbers_of(const AccountCounts& counts) {
    return std::bit_cast<AccountNumbers>(counts);
}

[[nodiscard]] inline AccountCounts sum_of(const AccountCounts& a, const AccountCounts& b) {
    AccountNumbers sum = numbers_of(a);
    const AccountNumbers more = numbers_of(b);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
    return std::bit_cast<AccountCounts>(sum);
}

[[nodiscard]] inline std::uint64_t dropped(const AccountCounts& counts) {
    return std::accumulate(counts.drops.begin(), counts.drops.end(), std::uint64_t{0});
}

[[nodiscard]] inline bool balanced(const AccountCounts& counts) {
    return counts.datagrams == counts.decoded + dropped(counts) + counts.parked &&
           counts.offered == counts.published + counts.too_large + counts.ring_full;
}

/// For maps.
struct NameOrder {
    bool operator()(const AccountName& a, const AccountName& b) const {
        const auto key = [](const AccountName& name) {
            return std::tuple{name.exporter.size, name.exporter.octets, name.port, name.version,
                              name.domain};
        };
        return key(a) < key(b);
    }
};
using Accounts = std::map<AccountName, Account, NameOrder>;

/// By name; row 0 has none. A domain that went and came back may have several rows.
[[nodiscard]] inline Accounts accounts_of(const Ledger& ledger) {
    Accounts accounts;
    const bool all = ledger.for_each([&](std::uint32_t, const Account& account) {
        const auto [found, fresh] = accounts.emplace(account.name, account);
        if (fresh) return;
        found->second.counts = sum_of(found->second.counts, account.counts);
    });
    if (!all) throw std::logic_error{"a row could not be read"};
    return accounts;
}

[[nodiscard]] inline AccountCounts sum_of(const Accounts& accounts) {
    AccountCounts sum;
    for (const auto& [name, account] : accounts) sum = sum_of(sum, account.counts);
    return sum;
}

}  // namespace flow::test

// SPDX-License-Identifier: BSD-3-Clause
// perf-null-tx [ROUNDS [FLOWS]]: prepared pages through the null transport, which does nothing with
// a message but book it to its account: what that costs. CPU time of this thread. All accounts
// together are compared with the pages first.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "ingress/clock.hpp"
#include "perf/support/require.hpp"
#include "perf/transport/pages.hpp"
#include "transport/null/transport.hpp"

namespace flow::perf {

namespace {

constexpr std::size_t account_rows = 16'384 + 32'768 + 1;  // by default

std::unique_ptr<flowd::Transport> open() {
    auto transport = flowd::null::open();
    constexpr std::array<std::uint32_t, 1> rx_workers{0};
    transport->ledger().reserve(rx_workers, account_rows);
    return transport;
}

void verify(const Pages& pages) {
    const auto transport = open();
    for (const auto& page : pages.batches) {
        require(transport->deliver(*page, 0, {}) == page->message_count(), "not all is taken");
    }
    std::uint64_t accounts = 0;
    flowd::TxAccount sum;
    transport->ledger().for_each(
        [&](std::uint32_t, std::uint32_t, const flowd::TxAccount& account) {
            accounts += account.delivered > 0 ? 1 : 0;
            sum.add(account);
        });
    require(sum.delivered == pages.flow_count, "not all is booked");
    require(accounts > 100, "there is hardly an account");
}

/// Of one flow.
double nanoseconds(const Pages& pages, std::uint64_t flows) {
    const auto transport = open();
    const std::uint64_t start = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t i = 0; transport->counts().delivered.get() < flows; ++i) {
        static_cast<void>(transport->deliver(*pages.batches[i % pages.batches.size()], 0, {}));
    }
    const std::uint64_t taken = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
    return static_cast<double>(taken) / static_cast<double>(transport->counts().delivered.get());
}

int run(int rounds, std::uint64_t flows) {
    const Pages pages = make_pages({});
    verify(pages);
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) times.push_back(nanoseconds(pages, flows));
    std::sort(times.begin(), times.end());
    std::printf("{\"best_ns_per_flow\": %.3f, \"median_ns_per_flow\": %.3f}\n", times.front(),
                times[times.size() / 2]);
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** words) {
    const int rounds = argument_count > 1 ? std::atoi(words[1]) : 9;
    const int flows = argument_count > 2 ? std::atoi(words[2]) : 50'000'000;
    if (rounds < 1 || flows < 1) {
        std::fprintf(stderr, "usage: %s [ROUNDS [FLOWS]]\n", words[0]);
        return 2;
    }
    return flow::perf::run(rounds, static_cast<std::uint64_t>(flows));
}

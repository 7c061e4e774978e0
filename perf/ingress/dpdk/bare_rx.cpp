// SPDX-License-Identifier: BSD-3-Clause
// perf-bare-rx FILE [DATAGRAMS]: what a capture costs before anything is done with it, the floor
// under an RX core. The same net_pcap as a replay of flowd, set up by the same code; then rx_burst,
// a look at every cache line of each datagram, and the buffers given back. CPU time of the thread,
// the best of several rounds.
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "ingress/clock.hpp"
#include "ingress/dpdk/replay.hpp"
#include "ingress/dpdk/thread.hpp"
#include "perf/support/require.hpp"

namespace flow::perf {

namespace {

constexpr std::uint16_t burst_max = 32;  // as flowd takes
constexpr int rounds = 5;

/// A sum over one word of each cache line, so that no compiler leaves the look out.
std::uint64_t touch(const rte_mbuf* mbuf) noexcept {
    const auto* const data = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < mbuf->data_len; i += RTE_CACHE_LINE_SIZE) sum += data[i];
    return sum;
}

struct Taken {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;
};

template <bool Touches>
Taken take(std::uint16_t port, std::uint64_t wanted) noexcept {
    std::array<rte_mbuf*, burst_max> mbufs;
    Taken taken;
    while (taken.datagrams < wanted) {
        const std::uint16_t count = rte_eth_rx_burst(port, 0, mbufs.data(), burst_max);
        for (std::uint16_t i = 0; i < count; ++i) {
            taken.bytes += mbufs[i]->data_len;
            if constexpr (Touches) taken.sum += touch(mbufs[i]);
        }
        if (count > 0) rte_pktmbuf_free_bulk(mbufs.data(), count);
        taken.datagrams += count;
    }
    return taken;
}

/// Nanoseconds of CPU time per datagram.
template <bool Touches>
double best_ns(std::uint16_t port, std::uint64_t wanted, Taken& last) {
    double best = 1e18;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t start = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID);
        last = take<Touches>(port, wanted);
        const std::uint64_t taken_ns = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        best = std::min(best, static_cast<double>(taken_ns) / static_cast<double>(last.datagrams));
    }
    return best;
}

int run(const std::string& path, std::uint64_t wanted) {
    // More than one loop: from memory, and without an end.
    auto opened = flowd::dpdk::open_replay({.path = path, .loops = 2}, {}, {}, {});
    if (!opened) {
        std::fprintf(stderr, "perf-bare-rx: %s\n", opened.error().sentence.c_str());
        return 1;
    }
    flowd::dpdk::attach_thread();
    const std::uint16_t port = opened->ports.front()->id();
    Taken taken = take<true>(port, wanted / 10 + burst_max);
    const double touched = best_ns<true>(port, wanted, taken);
    require(taken.sum != 0 && taken.bytes > 0, "empty datagrams");
    const double bare = best_ns<false>(port, wanted, taken);
    std::printf(
        "{\"ns_per_datagram\": %.2f, \"without_touch_ns\": %.2f, \"bytes_per_frame\": %.1f, "
        "\"datagrams\": %llu}\n",
        touched, bare, static_cast<double>(taken.bytes) / static_cast<double>(taken.datagrams),
        static_cast<unsigned long long>(taken.datagrams));
    flowd::dpdk::detach_thread();
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    if (argument_count < 2 || argument_count > 3) {
        std::fprintf(stderr, "usage: %s FILE [DATAGRAMS]\n", arguments[0]);
        return 2;
    }
    const std::uint64_t wanted =
        argument_count == 3 ? std::strtoull(arguments[2], nullptr, 10) : 400'000;
    if (wanted == 0) {
        std::fprintf(stderr, "%s: DATAGRAMS is a number above 0\n", arguments[0]);
        return 2;
    }
    return flow::perf::run(arguments[1], wanted);
}

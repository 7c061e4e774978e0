// SPDX-License-Identifier: BSD-3-Clause
// perf-idle [SECONDS]: what waiting costs and how late it makes datagrams. One RX worker's ingress
// on a port that gives back what is sent on it (net_ring), at several rates, by each idle policy:
// the part of a CPU that its thread takes, and the time from sending to receiving. A table for
// perf/README.md. Every datagram must come.
#include <pthread.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "ingress/clock.hpp"
#include "ingress/dpdk/ingress.hpp"
#include "ingress/dpdk/live.hpp"
#include "perf/support/require.hpp"
#include "tests/ingress/dpdk/frames.hpp"

namespace flow::perf {

namespace {

using flowd::clock_ns;
namespace dpdk = flowd::dpdk;

struct Case {
    const char* name;
    dpdk::Idle idle;
    std::uint64_t pps;
};

struct Result {
    double cpu_share = 0;
    std::vector<std::uint64_t> latencies_ns{};
};

constexpr std::uint16_t port_number = 2055;

void send(std::uint16_t port, rte_mempool* pool) {
    std::string payload(64, '\0');
    const std::uint64_t now = clock_ns(CLOCK_MONOTONIC);
    std::memcpy(payload.data(), &now, sizeof now);
    const std::string frame = flowd::test::udp_frame(1, port_number, payload);
    rte_mbuf* mbuf = rte_pktmbuf_alloc(pool);
    require(mbuf != nullptr, "no buffer to send");
    std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())), frame.data(),
                frame.size());
    mbuf->port = port;
    require(rte_eth_tx_burst(port, 0, &mbuf, 1) == 1, "the ring is full");
}

/// The worker's loop without a pipeline.
void receive(flowd::Ingress& ingress, const std::atomic<bool>& stop, Result& result) {
    ingress.attach();
    const std::uint64_t start = clock_ns(CLOCK_MONOTONIC);
    const std::uint64_t start_cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    while (!stop.load(std::memory_order_relaxed)) {
        const auto burst = ingress.receive();
        const std::uint64_t now = burst.empty() ? 0 : clock_ns(CLOCK_MONOTONIC);
        for (const flow::Datagram& datagram : burst) {
            std::uint64_t sent = 0;
            std::memcpy(&sent, datagram.payload.data(), sizeof sent);
            result.latencies_ns.push_back(now - sent);
        }
        const bool empty = burst.empty();
        ingress.release();
        if (empty) ingress.wait(10'000'000);
    }
    const double elapsed = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - start);
    const double used = static_cast<double>(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_cpu);
    result.cpu_share = used / elapsed;
    ingress.detach();
}

Result measure(const dpdk::Opened& opened, const Case& each, std::uint64_t seconds,
               rte_mempool* pool) {
    const std::uint16_t port = opened.ports.front()->id();
    const std::vector<flowd::config::Listener> everything;
    const dpdk::Shared shared{.faces = opened.faces};
    dpdk::Ingress ingress{{{{port, 0}, opened.ports.front()->shut_flag()}},
                          everything,
                          shared,
                          0,
                          {.idle = each.idle}};
    Result result;
    result.latencies_ns.reserve(each.pps * seconds + 1);
    std::atomic<bool> stop{false};
    std::thread worker{[&] { receive(ingress, stop, result); }};
    const std::uint64_t start = clock_ns(CLOCK_MONOTONIC);
    const std::uint64_t count = each.pps * seconds;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t due = start + i * flowd::second_ns / each.pps;
        while (clock_ns(CLOCK_MONOTONIC) < due) {
            if (each.pps <= 1000) flowd::sleep_ns(20'000);
        }
        send(port, pool);
    }
    if (count == 0) flowd::sleep_ns(seconds * flowd::second_ns);
    flowd::sleep_ns(20'000'000);
    stop = true;
    worker.join();
    require(result.latencies_ns.size() == count, "datagrams are missing");
    return result;
}

double at(std::vector<std::uint64_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    return static_cast<double>(sorted[index]) / 1000;
}

int run(std::uint64_t seconds) {
    dpdk::Options options;
    options.hugepages = "off";
    options.memory_mb = 128;
    options.fragments_bytes = 0;
    options.ports.single.device = "net_ring0";
    const std::vector<flowd::config::Listener> everything;
    auto opened = dpdk::open({.dpdk = options, .listeners = everything});
    if (!opened) {
        std::fprintf(stderr, "perf-idle: %s\n", opened.error().sentence.c_str());
        return 1;
    }
    rte_mempool* pool = rte_pktmbuf_pool_create("sender", 8191, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
    require(pool != nullptr, "no pool");
    std::printf(
        "| idle | datagrams/s | CPU | median | 99 %% | 99.9 %% |\n| --- | --- | --- | --- | --- | "
        "--- |\n");
    for (const std::uint64_t pps : {0UL, 1'000UL, 50'000UL}) {
        for (const auto& [name, idle] :
             {std::pair{"adaptive", dpdk::Idle::adaptive}, std::pair{"pause", dpdk::Idle::pause},
              std::pair{"spin", dpdk::Idle::spin}}) {
            Result result = measure(*opened, {name, idle, pps}, seconds, pool);
            std::sort(result.latencies_ns.begin(), result.latencies_ns.end());
            std::printf("| %s | %llu | %.0f %% | %.1f µs | %.1f µs | %.1f µs |\n", name,
                        static_cast<unsigned long long>(pps), result.cpu_share * 100,
                        at(result.latencies_ns, 0.5), at(result.latencies_ns, 0.99),
                        at(result.latencies_ns, 0.999));
        }
    }
    opened->queues.clear();
    rte_mempool_free(pool);
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    const std::uint64_t seconds = argument_count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 5;
    if (argument_count > 2 || seconds == 0) {
        std::fprintf(stderr, "usage: %s [SECONDS]\n", arguments[0]);
        return 2;
    }
    return flow::perf::run(seconds);
}

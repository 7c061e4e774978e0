// SPDX-License-Identifier: BSD-3-Clause
// Any driver that sends: net_memif, net_vhost, net_virtio_user, net_af_packet, net_pcap, a NIC.
#include "tools/gen/port.hpp"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "ingress/dpdk/eal_end.hpp"
#include "tools/gen/eal_text.hpp"

namespace flowd::gen {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t cache_size = 256;
constexpr std::chrono::microseconds nap{50};

Failure dpdk_failure(const std::string& what, int error) {
    return {what + ": " + rte_strerror(std::abs(error))};
}

std::uint64_t free_hugepage_mb() {
    std::uint64_t pages = 0;
    std::ifstream{"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"} >> pages;
    return 2 * pages;
}

std::string cpu_list() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return "0";
    std::string list;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &set)) continue;
        list += (list.empty() ? "" : ",") + std::to_string(cpu);
    }
    return list;
}

/// What a buffer of a memif ring holds: the argument bsize, or what the driver takes without it.
std::size_t memif_buffer(std::string_view eal) {
    constexpr std::string_view name = ",bsize=";
    constexpr std::size_t usual = 2048;
    const std::size_t at = eal.find(name);
    if (at == std::string_view::npos) return usual;
    std::size_t size = 0;
    const char* begin = eal.data() + at + name.size();
    const auto read = std::from_chars(begin, eal.data() + eal.size(), size);
    return read.ec == std::errc{} ? size : usual;
}

}  // namespace

Outcome<std::unique_ptr<Port>> Port::open(const PortPlan& plan, const std::atomic<bool>& stop) {
    std::unique_ptr<Port> port{new Port{plan, stop}};
    if (Failure failure = port->start_eal(); failed(failure)) return failure;
    if (Failure failure = port->start_port(); failed(failure)) return failure;
    return port;
}

Port::~Port() {
    for (Burst& burst : bursts_) rte_pktmbuf_free_bulk(burst.frames.data(), burst.count);
    if (port_id_ >= 0) {
        rte_eth_dev_stop(static_cast<std::uint16_t>(port_id_));
        rte_eth_dev_close(static_cast<std::uint16_t>(port_id_));
    }
    if (eal_started_) dpdk::end_eal();
}

std::size_t Port::data_room() const noexcept {
    return RTE_PKTMBUF_HEADROOM + std::max<std::size_t>(plan_.frame_size_max, 1664);
}

/// In the drivers' rings, in our bursts, in the cache, and as many again in flight.
std::uint32_t Port::pool_count() const noexcept {
    return plan_.queues * (plan_.descriptors + 2 * std::uint32_t{burst_size}) + 4 * cache_size;
}

Failure Port::start_eal() {
    const auto given = split_eal(plan_.eal);
    if (!given) return given.error();
    constexpr std::uint64_t overhead_mb = 48;
    constexpr std::size_t header_size = 256;
    const std::uint64_t pool_mb = pool_count() * (data_room() + header_size) >> 20;
    const std::uint64_t memory_mb = overhead_mb + pool_mb * 5 / 4;
    const EalPlan eal{
        .hugepages = free_hugepage_mb() >= memory_mb, .memory_mb = memory_mb, .cpus = cpu_list()};
    std::vector<std::string> command = eal_command(*given, eal);
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    if (rte_eal_init(static_cast<int>(command.size()), arguments.data()) < 0) {
        return dpdk_failure("the EAL did not start", rte_errno);
    }
    eal_started_ = true;
    return {};
}

Failure Port::start_port() {
    const auto first = static_cast<std::uint16_t>(rte_eth_find_next(0));
    if (first >= RTE_MAX_ETHPORTS) return {"-eal: makes no port; give a --vdev or a NIC's -a"};
    rte_eth_dev_info info{};
    if (const int error = rte_eth_dev_info_get(first, &info)) {
        return dpdk_failure("the port cannot be asked what it can do", error);
    }
    std::array<char, RTE_ETH_NAME_MAX_LEN> name{};
    rte_eth_dev_get_name_by_port(first, name.data());
    name_ = std::string{name.data()} + " (" + info.driver_name + ")";
    if (plan_.queues > info.max_tx_queues) {
        return {"-queues: " + std::to_string(plan_.queues) + " is above the " +
                std::to_string(info.max_tx_queues) + " that " + name_ + " has"};
    }
    is_memif_ = info.driver_name == std::string_view{"net_memif"};
    if (is_memif_) frame_limit_ = memif_buffer(plan_.eal);
    // Pairs of queues where there are any: vhost and memif count on both directions.
    const auto receivers = std::min(plan_.queues, info.max_rx_queues);
    rte_eth_conf config{};
    if (const int error = rte_eth_dev_configure(first, receivers, plan_.queues, &config)) {
        return dpdk_failure(name_ + " cannot be configured", error);
    }
    port_id_ = first;
    auto descriptors = plan_.descriptors;
    auto unused = plan_.descriptors;
    rte_eth_dev_adjust_nb_rx_tx_desc(first, &unused, &descriptors);
    pool_ = rte_pktmbuf_pool_create("gen", pool_count(), cache_size, 0,
                                    static_cast<std::uint16_t>(data_room()), SOCKET_ID_ANY);
    if (pool_ == nullptr) {
        return dpdk_failure("no memory for " + std::to_string(pool_count()) + " buffers of " +
                                std::to_string(data_room()) + " bytes",
                            rte_errno);
    }
    if (Failure failure = set_up_queues(receivers, descriptors); failed(failure)) return failure;
    if (const int error = rte_eth_dev_start(first)) {
        return dpdk_failure(name_ + " does not start", error);
    }
    return {};
}

Failure Port::set_up_queues(std::uint16_t receivers, std::uint16_t descriptors) {
    const auto id = static_cast<std::uint16_t>(port_id_);
    for (std::uint16_t queue = 0; queue < receivers; ++queue) {
        constexpr std::uint16_t least = 64;  // nobody reads them
        const int error = rte_eth_rx_queue_setup(id, queue, least, SOCKET_ID_ANY, nullptr, pool_);
        if (error != 0) {
            return dpdk_failure(name_ + " refuses RX queue " + std::to_string(queue), error);
        }
    }
    for (std::uint16_t queue = 0; queue < plan_.queues; ++queue) {
        const int error = rte_eth_tx_queue_setup(id, queue, descriptors, SOCKET_ID_ANY, nullptr);
        if (error != 0) {
            return dpdk_failure(name_ + " refuses TX queue " + std::to_string(queue), error);
        }
    }
    return {};
}

Failure Port::wait_for_link() const {
    constexpr std::chrono::milliseconds patience{500};
    const auto id = static_cast<std::uint16_t>(port_id_);
    auto now = Clock::now();
    const auto deadline = now + std::chrono::milliseconds{plan_.link_ms};
    auto retry = now + patience;
    for (; !stop_.load(std::memory_order_relaxed); now = Clock::now()) {
        rte_eth_link link{};
        rte_eth_link_get_nowait(id, &link);
        if (link.link_status == RTE_ETH_LINK_UP) return {};
        if (now >= deadline) {
            return {name_ + " has no link after " + std::to_string(plan_.link_ms) + " ms"};
        }
        // A memif server that is not ready refuses, and the client asks only when it starts.
        if (is_memif_ && now >= retry) {
            rte_eth_dev_stop(id);
            if (const int error = rte_eth_dev_start(id)) {
                return dpdk_failure(name_ + " does not start again", error);
            }
            retry = now + patience;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return {};
}

Failure Port::send(std::uint32_t queue, std::span<const std::uint8_t> frame) {
    // net_memif of DPDK 22.11 splits longer ones, but leaves the mark of a split where later frames
    // lie, and its receiver goes astray.
    if (frame.size() > frame_limit_) {
        return {"a frame of " + std::to_string(frame.size()) + " bytes is above the bsize=" +
                std::to_string(frame_limit_) + " of " + name_ + "; give both ends a larger one"};
    }
    rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
    if (mbuf == nullptr) {
        // Bursts of other queues hold what the pool has, or the driver does.
        if (Failure failure = flush(); failed(failure)) return failure;
        mbuf = rte_pktmbuf_alloc(pool_);
        if (mbuf == nullptr) return {name_ + " gives no buffers back"};
    }
    char* to = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size()));
    if (to == nullptr) {
        rte_pktmbuf_free(mbuf);
        return {"a frame of " + std::to_string(frame.size()) + " bytes is above the buffers' " +
                std::to_string(data_room() - RTE_PKTMBUF_HEADROOM)};
    }
    std::memcpy(to, frame.data(), frame.size());
    Burst& burst = bursts_[queue];
    burst.frames[burst.count++] = mbuf;
    return burst.count == burst_size ? flush(queue) : Failure{};
}

Failure Port::flush() {
    for (std::uint32_t queue = 0; queue < plan_.queues; ++queue) {
        if (Failure failure = flush(queue); failed(failure)) return failure;
    }
    return {};
}

Failure Port::flush(std::uint32_t queue) {
    Burst& burst = bursts_[queue];
    QueueCounts& counts = counts_[queue];
    rte_mbuf** from = burst.frames.data();
    rte_mbuf** const end = from + burst.count;
    bool first = true;
    auto since = Clock::time_point{};
    while (from != end) {
        std::array<std::uint32_t, burst_size> sizes{};
        const auto count = static_cast<std::uint16_t>(end - from);
        for (std::size_t i = 0; i < count; ++i) sizes[i] = from[i]->pkt_len;
        const std::uint16_t taken = rte_eth_tx_burst(
            static_cast<std::uint16_t>(port_id_), static_cast<std::uint16_t>(queue), from, count);
        for (std::size_t i = 0; i < taken; ++i) counts.bytes += sizes[i];
        counts.frames += taken;
        from += taken;
        if (first) counts.refused += static_cast<std::uint64_t>(end - from);
        if (first || taken > 0) since = Clock::now();
        first = false;
        if (from == end) break;
        const bool stalled = Clock::now() - since > std::chrono::milliseconds{plan_.stall_ms};
        if (plan_.drops || stalled || stop_.load(std::memory_order_relaxed)) {
            counts.dropped += static_cast<std::uint64_t>(end - from);
            rte_pktmbuf_free_bulk(from, static_cast<unsigned>(end - from));
            burst.count = 0;
            if (!stalled) return {};
            return {name_ + ": queue " + std::to_string(queue) + " takes nothing for " +
                    std::to_string(plan_.stall_ms) + " ms"};
        }
        if (taken == 0) std::this_thread::sleep_for(nap);
    }
    burst.count = 0;
    return {};
}

}  // namespace flowd::gen

// SPDX-License-Identifier: BSD-3-Clause
// Names of ethdev statistics are DPDK's own, those of xstats the driver's.
#include "ingress/dpdk/port_numbers.hpp"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <algorithm>

#include "ingress/clock.hpp"

namespace flowd::dpdk {

namespace {

NamedNumbers counters_of(std::uint16_t port) {
    rte_eth_stats stats{};
    if (rte_eth_stats_get(port, &stats) != 0) return {};
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {{"ipackets", number(stats.ipackets)},   {"ibytes", number(stats.ibytes)},
            {"imissed", number(stats.imissed)},     {"ierrors", number(stats.ierrors)},
            {"rx_nombuf", number(stats.rx_nombuf)}, {"opackets", number(stats.opackets)},
            {"obytes", number(stats.obytes)},       {"oerrors", number(stats.oerrors)}};
}

NamedNumbers xstats_of(std::uint16_t port) {
    const int count = rte_eth_xstats_get(port, nullptr, 0);
    if (count <= 0) return {};
    std::vector<rte_eth_xstat> values(static_cast<std::size_t>(count));
    std::vector<rte_eth_xstat_name> names(values.size());
    const auto size = static_cast<unsigned>(count);
    // A driver may have more of them by now; those are left for the next time.
    const int named = rte_eth_xstats_get_names(port, names.data(), size);
    const int valued = rte_eth_xstats_get(port, values.data(), size);
    NamedNumbers numbers;
    for (int i = 0; i < std::min({count, named, valued}); ++i) {
        const rte_eth_xstat& each = values[static_cast<std::size_t>(i)];
        if (each.id >= names.size()) continue;
        numbers.emplace_back(names[each.id].name, static_cast<double>(each.value));
    }
    return numbers;
}

NamedNumbers answers_of(const Answerer& answerer) {
    const host::Stats& host = answerer.stats();
    NamedNumbers numbers;
    const auto add = [&](const char* name, const Counter& counter) {
        numbers.emplace_back(name, static_cast<double>(counter.get()));
    };
    add("arp_requests", host.arp_requests);
    add("echo_requests", host.echo_requests);
    add("neighbour_solicitations", host.neighbour_solicitations);
    add("group_queries", host.group_queries);
    add("replies", host.replies);
    add("rate_limited", host.rate_limited);
    add("malformed", host.malformed);
    add("conflicts", host.conflicts);
    add("announcements", host.announcements);
    if (const ExceptionTap* const tap = answerer.tap(); tap != nullptr) {
        add("to_kernel", tap->stats().to_kernel);
        add("from_kernel", tap->stats().from_kernel);
        add("kernel_rate_limited", tap->stats().rate_limited);
        add("refused_by_kernel", tap->stats().refused_by_kernel);
        add("refused_by_port", tap->stats().refused_by_port);
    }
    return numbers;
}

PortView view_of(const Port& port, const Answerer* answerer) {
    PortView view;
    view.name = port.name();
    view.driver = port.driver();
    rte_eth_link link{};
    if (rte_eth_link_get_nowait(port.id(), &link) == 0) {
        view.up = link.link_status == RTE_ETH_LINK_UP;
        const bool known = link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;
        view.speed_mbps = known ? link.link_speed : 0;
    }
    view.counters = counters_of(port.id());
    view.xstats = xstats_of(port.id());
    if (answerer != nullptr) view.answers = answers_of(*answerer);
    return view;
}

void add_pool(rte_mempool* pool, void* views) {
    static_cast<std::vector<MempoolView>*>(views)->push_back(
        {pool->name, pool->size, rte_mempool_in_use_count(pool)});
}

}  // namespace

void PortNumbers::tick(std::uint64_t now_ns) {
    if (looked_ns_ != 0 && now_ns - looked_ns_ < second_ns) return;
    looked_ns_ = now_ns;
    Copy fresh;
    for (const auto& port : opened_.ports) {
        const bool has_face = port->id() < opened_.faces.size();
        fresh.ports.push_back(
            view_of(*port, has_face ? opened_.faces[port->id()].answerer : nullptr));
    }
    rte_mempool_walk(add_pool, &fresh.mempools);
    const std::lock_guard lock{mutex_};
    copy_ = std::move(fresh);
}

}  // namespace flowd::dpdk

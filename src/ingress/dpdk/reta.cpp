// SPDX-License-Identifier: BSD-3-Clause
// Reading, writing and planning the redirection table.
#include "ingress/dpdk/reta.hpp"

#include <rte_ethdev.h>

#include <algorithm>
#include <string>

#include "ingress/dpdk/eal.hpp"

namespace flowd::dpdk {
namespace {

using Group = rte_eth_rss_reta_entry64;

constexpr std::size_t group_size = RTE_ETH_RETA_GROUP_SIZE;

std::vector<Group> groups_for(std::size_t entry_count) {
    return std::vector<Group>((entry_count + group_size - 1) / group_size);
}

std::string name_of(std::uint16_t port_id) {
    char name[RTE_ETH_NAME_MAX_LEN] = {};
    return rte_eth_dev_get_name_by_port(port_id, name) == 0 ? name : std::to_string(port_id);
}

/// Of the queues that `worker` polls, the one with the fewest entries; -1: it polls none.
int queue_for(std::uint16_t worker, std::span<const std::uint16_t> worker_of_queue,
              std::span<const std::size_t> entries_of_queue) noexcept {
    int best = -1;
    for (std::size_t queue = 0; queue < worker_of_queue.size(); ++queue) {
        if (worker_of_queue[queue] != worker) continue;
        if (best < 0 || entries_of_queue[queue] < entries_of_queue[static_cast<unsigned>(best)]) {
            best = static_cast<int>(queue);
        }
    }
    return best;
}

struct Candidate {
    std::uint16_t entry;
    std::uint16_t owner;
    std::uint64_t misdirected;
};

}  // namespace

Outcome<std::vector<std::uint16_t>> read_reta(std::uint16_t port_id) {
    rte_eth_dev_info info{};
    if (const int error = rte_eth_dev_info_get(port_id, &info)) {
        return Eal::failure("dpdk: port " + name_of(port_id) + " does not tell its table size",
                            error);
    }
    if (info.reta_size == 0) {
        return Failure{"dpdk: port " + name_of(port_id) + " has no RSS redirection table"};
    }
    std::vector<Group> groups = groups_for(info.reta_size);
    for (std::size_t entry = 0; entry < info.reta_size; ++entry) {
        groups[entry / group_size].mask |= std::uint64_t{1} << (entry % group_size);
    }
    if (const int error = rte_eth_dev_rss_reta_query(port_id, groups.data(), info.reta_size)) {
        return Eal::failure("dpdk: port " + name_of(port_id) + " does not tell its RSS table",
                            error);
    }
    std::vector<std::uint16_t> queues(info.reta_size);
    for (std::size_t entry = 0; entry < queues.size(); ++entry) {
        queues[entry] = groups[entry / group_size].reta[entry % group_size];
    }
    return queues;
}

Failure write_reta(std::uint16_t port_id, std::span<const RetaChange> changes,
                   std::size_t entry_count) {
    if (changes.empty()) return {};
    std::vector<Group> groups = groups_for(entry_count);
    for (const RetaChange& change : changes) {
        if (change.entry >= entry_count) {
            return {"dpdk: port " + name_of(port_id) + ": RSS table entry " +
                    std::to_string(change.entry) + " is not below " + std::to_string(entry_count)};
        }
        Group& group = groups[change.entry / group_size];
        group.mask |= std::uint64_t{1} << (change.entry % group_size);
        group.reta[change.entry % group_size] = change.queue;
    }
    if (const int error = rte_eth_dev_rss_reta_update(port_id, groups.data(),
                                                      static_cast<std::uint16_t>(entry_count))) {
        return Eal::failure("dpdk: port " + name_of(port_id) + " does not take an RSS table",
                            error);
    }
    return {};
}

std::vector<RetaChange> plan_reta(std::span<const std::uint16_t> reta,
                                  std::span<const std::uint64_t> owned, std::size_t worker_count,
                                  std::span<const std::uint16_t> worker_of_queue,
                                  const RetaRules& rules) {
    std::vector<std::size_t> entries_of_queue(worker_of_queue.size());
    for (const std::uint16_t queue : reta) {
        if (queue < entries_of_queue.size()) ++entries_of_queue[queue];
    }
    std::vector<Candidate> candidates;
    const std::size_t known = worker_count == 0 ? 0 : owned.size() / worker_count;
    for (std::size_t entry = 0; entry < std::min(reta.size(), known); ++entry) {
        const auto shares = owned.subspan(entry * worker_count, worker_count);
        std::uint64_t total = 0;
        for (const std::uint64_t share : shares) total += share;
        const auto most = std::max_element(shares.begin(), shares.end());
        if (total < rules.datagrams_min || *most * 100 < total * rules.majority_percent) continue;
        const auto owner = static_cast<std::uint16_t>(most - shares.begin());
        const std::uint16_t queue = reta[entry];
        const bool polled = queue < worker_of_queue.size();
        if (polled && worker_of_queue[queue] == owner) continue;
        candidates.push_back({static_cast<std::uint16_t>(entry), owner, *most});
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) noexcept {
                         return a.misdirected > b.misdirected;
                     });
    std::vector<RetaChange> changes;
    for (const Candidate& candidate : candidates) {
        if (changes.size() >= rules.changes_max) break;
        const int queue = queue_for(candidate.owner, worker_of_queue, entries_of_queue);
        if (queue < 0) continue;
        const std::uint16_t before = reta[candidate.entry];
        if (before < entries_of_queue.size()) --entries_of_queue[before];
        ++entries_of_queue[static_cast<unsigned>(queue)];
        changes.push_back({candidate.entry, static_cast<std::uint16_t>(queue)});
    }
    return changes;
}

}  // namespace flowd::dpdk

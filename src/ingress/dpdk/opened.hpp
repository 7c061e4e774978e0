// SPDX-License-Identifier: BSD-3-Clause
// Opened: a running DPDK ingress, live or replay: the EAL, its ports, one Ingress per RX worker,
// and what these share. Owned by the main thread; destroyed after the workers ended.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "ingress/dpdk/answerer.hpp"
#include "ingress/dpdk/devices.hpp"
#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/face.hpp"
#include "ingress/dpdk/lanes.hpp"
#include "ingress/dpdk/port.hpp"
#include "ingress/dpdk/reta_keeper.hpp"
#include "ingress/ingress.hpp"
#include "ingress/shard_table.hpp"

namespace flowd::dpdk {

struct Opened {
    Opened() = default;
    Opened(Opened&&) = default;
    Opened& operator=(Opened&&) = default;
    /// Ports close before what they may be sending from goes away.
    ~Opened();

    // Destroyed from the bottom up: workers and rings give their frames back, then ports close,
    // then the EAL.
    Devices devices;
    std::unique_ptr<Eal> eal;
    std::vector<std::unique_ptr<Port>> ports;
    std::vector<std::unique_ptr<Answerer>> answerers;
    std::vector<std::unique_ptr<RetaTally>> tallies;
    std::vector<std::unique_ptr<RetaKeeper>> reta_keepers;
    std::vector<Face> faces;            ///< by port id
    std::unique_ptr<ShardTable> table;  ///< null: exporters stay with the queue they come by
    std::unique_ptr<Lanes> lanes;
    std::vector<std::unique_ptr<flowd::Ingress>> queues;
    std::vector<const std::atomic<std::uint64_t>*> rounds;  ///< by worker: bursts that it has begun

    /// Until every worker has begun a burst after this call; a second at most, as workers end.
    /// False when one has not.
    [[nodiscard]] bool let_workers_pass() const;
};

}  // namespace flowd::dpdk

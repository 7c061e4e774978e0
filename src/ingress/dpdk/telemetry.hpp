// SPDX-License-Identifier: BSD-3-Clause
// Telemetry: flowd's commands on DPDK's telemetry socket, for dpdk-telemetry.py and what reads it:
// /flowd/stats, /flowd/exporters[,ADDRESS]. Answered on DPDK's own thread. One at a time in a
// process, as DPDK's commands have no context.
#pragma once

#include <functional>
#include <memory>

#include "metrics/observation.hpp"

namespace flowd::dpdk {

class Telemetry {
public:
    using Source = std::function<std::shared_ptr<const Observation>()>;

    /// After the EAL has started. `source` is called on DPDK's thread, until the destructor has
    /// returned.
    explicit Telemetry(Source source);
    Telemetry(const Telemetry&) = delete;
    Telemetry& operator=(const Telemetry&) = delete;
    ~Telemetry();
};

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// flowd -probe: explains this machine and what flowd would do on it, without collecting anything.
// Works as any user, with and without hugepages. Starts the EAL, and so runs once per process, on
// the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingress/dpdk/machine_check.hpp"
#include "ingress/dpdk/options.hpp"

namespace flowd::dpdk {

struct ProbeSettings {
    const Options& dpdk;
    std::string ingress;            ///< ingress.kind
    std::vector<unsigned> cores{};  ///< rx.cores; empty: auto
    std::uint32_t workers = 0;      ///< rx.workers; 0: one per queue
    bool json = false;              ///< not text for a person
};

struct Probed {
    std::string text;
    bool refused = false;  ///< a start with these settings would fail
};

[[nodiscard]] Probed probe(const ProbeSettings& settings);

}  // namespace flowd::dpdk

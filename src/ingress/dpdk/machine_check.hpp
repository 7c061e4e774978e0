// SPDX-License-Identifier: BSD-3-Clause
// What stands in the way of a start on this machine, each with the command that mends it. Pure: a
// Machine and a plan in, sentences out. Cold; main thread, before the EAL starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingress/dpdk/machine.hpp"
#include "ingress/dpdk/options.hpp"
#include "log/failure.hpp"

namespace flowd::dpdk {

/// What a start is going to use.
struct StartPlan {
    std::vector<std::string> pci_devices{};  ///< "0000:3b:00.0"
    bool hugepages_off = false;              ///< asked for
    std::uint64_t memory_bytes = 0;          ///< of packet buffers
    std::vector<unsigned> cores{};           ///< rx.cores; empty: auto
    std::uint32_t workers = 0;               ///< RX workers
};

/// From the settings: `cores` is rx.cores parsed, `workers` 0: one per queue.
[[nodiscard]] StartPlan start_plan(const Options& options, const std::vector<unsigned>& cores,
                                   std::uint32_t workers, std::uint64_t memory_bytes);

struct Complaint {
    bool fatal = false;  ///< a start would fail
    std::string sentence;
};

/// In the order in which they are to be mended.
[[nodiscard]] std::vector<Complaint> complaints(const Machine& machine, const StartPlan& plan);
/// The first fatal one.
[[nodiscard]] Failure check_machine(const Machine& machine, const StartPlan& plan);

}  // namespace flowd::dpdk

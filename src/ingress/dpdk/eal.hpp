// SPDX-License-Identifier: BSD-3-Clause
// The EAL, DPDK's runtime: one per process, once (DPDK cannot start it a second time). Started and
// ended by the main thread. Its messages go through flowd's log, never to stdout or syslog.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"

namespace flowd::dpdk {

enum class Hugepages : std::uint8_t { automatic, on, off };

/// "on", "off"; anything else is "auto": the row has checked it.
[[nodiscard]] Hugepages parse_hugepages(std::string_view name) noexcept;

struct EalOptions {
    std::vector<std::string> arguments;  ///< the user's, complete
    Hugepages hugepages = Hugepages::automatic;
    std::uint64_t memory_mb = 64;  ///< what will be needed
    bool telemetry = false;        ///< the socket of dpdk-telemetry.py
    bool replay = false;           ///< no PCI devices, and no warning about hugepages
};

class Eal {
public:
    /// The calling thread's CPU affinity is what it was before.
    [[nodiscard]] static Outcome<std::unique_ptr<Eal>> start(const EalOptions& options);
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;
    /// Ports are closed and workers detached by now.
    ~Eal();

    /// A failure of DPDK as a sentence: `what`, the meaning of `error` (an errno, either sign), and
    /// the first thing that DPDK said about it since the start.
    [[nodiscard]] static Failure failure(const std::string& what, int error);
    /// The start is over: what DPDK has said so far goes to the log, what follows goes there
    /// directly.
    static void settle();

private:
    Eal() = default;
};

}  // namespace flowd::dpdk

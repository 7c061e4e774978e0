// SPDX-License-Identifier: BSD-3-Clause
// Missed: what a port lost before flowd saw it: full descriptor rings and empty mbuf pools. The
// count is the port's, so its first queue reports it. Cold, on the worker's thread.
#pragma once

#include <cstdint>

#include "ingress/dpdk/queue.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

class Missed {
public:
    /// Asks the driver at most five times a second: some drivers ask their firmware in turn.
    void refresh_if_old(const Queue& queue, IngressStats& stats) noexcept;
    void refresh(const Queue& queue, IngressStats& stats) noexcept;

private:
    std::uint64_t reported_ = 0;      ///< the driver's count, last time
    std::uint64_t refreshed_ns_ = 0;  ///< monotonic
};

}  // namespace flowd::dpdk

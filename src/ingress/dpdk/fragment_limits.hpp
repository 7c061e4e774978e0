// SPDX-License-Identifier: BSD-3-Clause
// How many fragments of IP packets may wait for their rest, for how long. Of one RX worker.
#pragma once

#include <cstdint>

namespace flowd::dpdk {

struct FragmentLimits {
    std::uint64_t bytes_max = 16U << 20;             ///< of the buffers that wait, used or not
    std::uint64_t buffers_max = UINT64_MAX;          ///< that may wait: the pool must not run dry
    std::uint64_t age_max_ns = 2'000'000'000;        ///< from a packet's first fragment on
    std::uint32_t packets_max = 2048;                ///< that wait for their rest
    std::uint32_t packets_of_source_max = 2048 / 8;  ///< so that nobody takes all of them
};

}  // namespace flowd::dpdk

// SPDX-License-Identifier: BSD-3-Clause
// Where net_pcap leaves the time of a capture.
#include "ingress/dpdk/face.hpp"

#include <rte_mbuf_dyn.h>

namespace flowd::dpdk {

FrameTime capture_time() noexcept {
    FrameTime time{.unit_ns = 1000};  // microseconds, of captures in nanoseconds too
    if (rte_mbuf_dyn_rx_timestamp_register(&time.offset, &time.flag) != 0) time.offset = -1;
    return time;
}

}  // namespace flowd::dpdk

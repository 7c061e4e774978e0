// SPDX-License-Identifier: BSD-3-Clause
// VLANs, and where net_pcap leaves the time of a capture.
#include "ingress/dpdk/face.hpp"

#include <rte_mbuf_dyn.h>

#include <algorithm>

#include "flow/packet/vlan.hpp"
#include "flow/wire/cursor.hpp"

namespace flowd::dpdk {

FrameTime capture_time() noexcept {
    FrameTime time{.unit_ns = 1000};  // microseconds, of captures in nanoseconds too
    if (rte_mbuf_dyn_rx_timestamp_register(&time.offset, &time.flag) != 0) time.offset = -1;
    return time;
}

bool Face::takes_vlan(flow::Bytes frame) const noexcept {
    if (vlans.empty()) return true;
    flow::wire::Cursor in{frame};
    const auto tags = flow::packet::read_vlan_tags(in, in.block<14>().u16<12>());
    return std::find(vlans.begin(), vlans.end(), tags.outer_id) != vlans.end();
}

}  // namespace flowd::dpdk

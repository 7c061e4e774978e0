// SPDX-License-Identifier: BSD-3-Clause
// What a host has seen and done. Written by the port's answering worker, read by anyone.
#pragma once

#include "metrics/counter.hpp"

namespace flowd::dpdk::host {

struct Stats {
    // Requests for one of the port's addresses, answered or not.
    Counter arp_requests;
    Counter echo_requests;  ///< ICMP and ICMPv6
    Counter neighbour_solicitations;
    Counter group_queries;  ///< IGMP and MLD, that made a report due

    Counter replies;
    Counter rate_limited;   ///< requests that only the limit left without a reply
    Counter malformed;      ///< for this port, but cut off, or with bad lengths or checksums
    Counter conflicts;      ///< frames by which another station uses or claims one of the addresses
    Counter announcements;  ///< frames that were due by themselves
};

}  // namespace flowd::dpdk::host

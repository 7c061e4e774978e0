// SPDX-License-Identifier: BSD-3-Clause
// What the XDP program and flowd agree on: the layout of the program's settings. C and C++ both
// read it. Addresses are in network order.
#pragma once

#include <linux/types.h>

#define FLOWD_XDP_ADDRESSES_MAX 32

struct flowd_xdp_settings {
    __u32 any_address;  // not 0: frames to every address are ours
    __u32 ipv4_count;
    __u32 ipv6_count;
    __u32 reserved;
    __be32 ipv4[FLOWD_XDP_ADDRESSES_MAX];
    __be32 ipv6[FLOWD_XDP_ADDRESSES_MAX][4];
    __u8 ports[65536 / 8];  // one bit a UDP port: ports[port / 8] >> port % 8
};

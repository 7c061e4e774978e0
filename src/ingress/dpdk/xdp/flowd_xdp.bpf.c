// SPDX-License-Identifier: BSD-3-Clause
// The XDP program of an AF_XDP port: datagrams that are flowd's go to its sockets, all else stays
// with the kernel. Runs in the kernel, once per frame. Verdicts err on the kernel's side: what is
// cut off, or longer than the bounds below, is passed. No helper here is reserved for the GPL.
//
// A fragment that is not the first one has no ports: all of them that may be UDP's are taken, and
// flowd's reassembly keeps those of its own datagrams.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

// They count on the types of those above.
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "settings.hpp"

#define TAGS_MAX 2        // QinQ
#define EXTENSIONS_MAX 8  // as many as flowd itself walks
#define ETHER_STACKED 0x9100

// By this name the driver finds the map, and it enters a socket under its queue's number.
struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, 256);
    __type(key, __u32);
    __type(value, __u32);
} xsks_map SEC(".maps");

// flowd writes the values into its copy of this object file before the kernel sees it.
const volatile struct flowd_xdp_settings flowd_settings SEC(".rodata") = {};

struct ipv4_header {
    __u8 version_words;
    __u8 service;
    __be16 length;
    __be16 identification;
    __be16 fragment;
    __u8 time_to_live;
    __u8 protocol;
    __be16 checksum;
    __be32 source;
    __be32 destination;
};

struct ipv6_header {
    __be32 version;
    __be16 length;
    __u8 next;
    __u8 hop_limit;
    __be32 source[4];
    __be32 destination[4];
};

struct fragment_header {
    __u8 next;
    __u8 reserved;
    __be16 fragment;
    __be32 identification;
};

static __always_inline int is_ours_ipv4(__be32 address) {
    if (flowd_settings.any_address) return 1;
    for (__u32 i = 0; i < FLOWD_XDP_ADDRESSES_MAX; ++i) {
        if (i >= flowd_settings.ipv4_count) break;
        if (flowd_settings.ipv4[i] == address) return 1;
    }
    return 0;
}

static __always_inline int is_ours_ipv6(const __be32* address) {
    if (flowd_settings.any_address) return 1;
    const __be32 a = address[0], b = address[1], c = address[2], d = address[3];
    for (__u32 i = 0; i < FLOWD_XDP_ADDRESSES_MAX; ++i) {
        if (i >= flowd_settings.ipv6_count) break;
        if (flowd_settings.ipv6[i][0] == a && flowd_settings.ipv6[i][1] == b &&
            flowd_settings.ipv6[i][2] == c && flowd_settings.ipv6[i][3] == d) {
            return 1;
        }
    }
    return 0;
}

// The whole UDP header must be there: the kernel counts the others as malformed, as it does today.
static __always_inline int is_ours_udp(const __u8* udp, const void* end) {
    if ((const void*)(udp + 8) > end) return 0;
    const __u16 port = (__u16)(udp[2] << 8 | udp[3]);
    return (flowd_settings.ports[port >> 3] >> (port & 7)) & 1;
}

static __always_inline int is_ours_in_ipv4(const __u8* at, const void* end) {
    const struct ipv4_header* ip = (const void*)at;
    if ((const void*)(ip + 1) > end) return 0;
    const __u32 header_size = (ip->version_words & 0x0f) * 4;
    if (ip->version_words >> 4 != 4 || header_size < sizeof *ip) return 0;
    if (ip->protocol != IPPROTO_UDP || !is_ours_ipv4(ip->destination)) return 0;
    if (ip->fragment & bpf_htons(0x1fff)) return (const void*)(at + header_size) <= end;
    return is_ours_udp(at + header_size, end);
}

// Headers that may stand between IPv6 and UDP (RFC 8200 §4.1, RFC 4302 §2.2); fragments apart.
static __always_inline int is_extension(__u8 next) {
    return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
           next == IPPROTO_AH;
}

static __always_inline int is_ours_in_ipv6(const __u8* at, const void* end) {
    const struct ipv6_header* ip = (const void*)at;
    if ((const void*)(ip + 1) > end) return 0;
    if (at[0] >> 4 != 6 || !is_ours_ipv6(ip->destination)) return 0;
    __u8 next = ip->next;
    at += sizeof *ip;
#pragma unroll
    for (int i = 0; i <= EXTENSIONS_MAX; ++i) {
        if (next == IPPROTO_UDP) return is_ours_udp(at, end);
        if ((const void*)(at + 8) > end) return 0;
        if (next == IPPROTO_FRAGMENT) {
            const struct fragment_header* fragment = (const void*)at;
            next = fragment->next;
            if (fragment->fragment & bpf_htons(0xfff8)) {
                return next == IPPROTO_UDP || is_extension(next);
            }
            at += sizeof *fragment;
            continue;
        }
        if (!is_extension(next)) return 0;
        const __u32 size = next == IPPROTO_AH ? (at[1] + 2) * 4 : (at[1] + 1) * 8;
        next = at[0];
        at += size;
    }
    return 0;
}

SEC("xdp")
int flowd_xdp(struct xdp_md* context) {
    const __u8* at = (const void*)(long)context->data;
    const void* end = (const void*)(long)context->data_end;
    if ((const void*)(at + ETH_HLEN) > end) return XDP_PASS;
    __u16 type = (__u16)(at[12] << 8 | at[13]);
    at += ETH_HLEN;
#pragma unroll
    for (int i = 0; i < TAGS_MAX; ++i) {
        if (type != ETH_P_8021Q && type != ETH_P_8021AD && type != ETHER_STACKED) break;
        if ((const void*)(at + 4) > end) return XDP_PASS;
        type = (__u16)(at[2] << 8 | at[3]);
        at += 4;
    }
    int ours = 0;
    if (type == ETH_P_IP) ours = is_ours_in_ipv4(at, end);
    if (type == ETH_P_IPV6) ours = is_ours_in_ipv6(at, end);
    if (!ours) return XDP_PASS;
    // Without a socket under this queue's number the frame is the kernel's, too.
    return bpf_redirect_map(&xsks_map, context->rx_queue_index, XDP_PASS);
}

char flowd_license[] SEC("license") = "BSD";

// SPDX-License-Identifier: BSD-3-Clause
// Per fragment: where it fits, room for it, and the whole packet out of its parts. The table of
// packets is in reassembly_table.cpp.
#include "ingress/dpdk/reassembly.hpp"

#include <rte_ip.h>

#include <algorithm>
#include <cstddef>

#include "flow/packet/checksum.hpp"

namespace flowd::dpdk {
namespace {

using flow::Error;
using flow::packet::Fragment;

constexpr std::size_t packet_size_max = 65'535;

struct Buffers {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
};

Buffers buffers_of(const rte_mbuf* mbuf) noexcept {
    Buffers buffers;
    for (; mbuf != nullptr; mbuf = mbuf->next) {
        ++buffers.count;
        buffers.bytes += mbuf->buf_len + sizeof(rte_mbuf);
    }
    return buffers;
}

/// Cuts off what follows the part. False when the frame is not what `part` says, or lies in pieces
/// so small that a cut or a header is not in one of them.
bool trim(rte_mbuf* mbuf, const Fragment& part) noexcept {
    const std::size_t size = part.frame_size();
    if (mbuf->pkt_len < size || mbuf->pkt_len - size > UINT16_MAX) return false;
    if (mbuf->data_len < std::size_t{part.link_size} + part.header_size) return false;
    const auto excess = static_cast<std::uint16_t>(mbuf->pkt_len - size);
    return excess == 0 || rte_pktmbuf_trim(mbuf, excess) == 0;
}

void store_be16(std::uint8_t* to, std::size_t value) noexcept {
    to[0] = static_cast<std::uint8_t>(value >> 8);
    to[1] = static_cast<std::uint8_t>(value);
}

/// Changes 16 bits of an IPv4 header, and its checksum, so that a wrong one stays wrong.
void change(std::uint8_t* header, std::size_t at, std::uint16_t value) noexcept {
    constexpr std::size_t checksum = offsetof(rte_ipv4_hdr, hdr_checksum);
    store_be16(header + checksum,
               flow::packet::updated_checksum(flow::load_be16(header + checksum),
                                              flow::load_be16(header + at), value));
    store_be16(header + at, value);
}

/// The header of the whole: its length, and that it is no part.
void finish_ipv4(std::uint8_t* header, std::size_t size) noexcept {
    constexpr std::size_t fragment = offsetof(rte_ipv4_hdr, fragment_offset);
    constexpr unsigned other_bits = 0xc000;  // beside more-fragments and the offset
    change(header, fragment,
           static_cast<std::uint16_t>(flow::load_be16(header + fragment) & other_bits));
    change(header, offsetof(rte_ipv4_hdr, total_length), static_cast<std::uint16_t>(size));
}

/// The fragment header stays, as an atomic one (RFC 6946): nothing in front of it has to move.
void finish_ipv6(std::uint8_t* header, std::uint8_t* fragment, std::size_t size) noexcept {
    store_be16(fragment + offsetof(rte_ipv6_fragment_ext, frag_data), 0);
    store_be16(header + offsetof(rte_ipv6_hdr, payload_len), size);
}

}  // namespace

rte_mbuf* Reassembler::take(rte_mbuf* mbuf, const Fragment& part, std::uint64_t now_ns) noexcept {
    ++counts_.fragments;
    if (!trim(mbuf, part)) return drop_one(mbuf, Error::fragment_refused);
    if (packets_.size() == 0 || sources_.size() == 0) {
        return drop_one(mbuf, Error::fragment_limit);
    }
    const std::uint64_t hash = hash_of(part);
    std::uint32_t index = find(part, hash);
    if (index == flow::IndexTable::none) index = open(part, hash, now_ns);
    Packet& packet = packets_[index];
    if (failed(packet.reason)) return drop_one(mbuf, packet.reason);

    const Place at = place(packet, part);
    if (at.fit == Fit::contradicts) refuse(index, Error::fragment_refused);
    if (at.fit != Fit::fits) return drop_one(mbuf, Error::fragment_refused);
    if (!make_room(mbuf, index)) {
        refuse(index, Error::fragment_limit);
        return drop_one(mbuf, Error::fragment_limit);
    }
    insert(packet, at.index, mbuf, part);
    return packet.size == packet.total ? join(index) : nullptr;
}

/// Parts mostly come in order, so the search starts at the end.
Reassembler::Place Reassembler::place(const Packet& packet, const Fragment& part) noexcept {
    std::size_t at = packet.part_count;
    while (at > 0 && packet.parts[at - 1].offset > part.offset) --at;
    const bool is_last = at == packet.part_count;
    if (at > 0) {
        const Part& before = packet.parts[at - 1];
        const bool ends = packet.total != 0 && before.end() == packet.total;
        if (before.offset == part.offset && before.size == part.size && ends != part.more) {
            return {at, Fit::duplicate};
        }
        if (before.end() > part.offset) return {at, Fit::contradicts};
    }
    if (!is_last && part.end() > packet.parts[at].offset) return {at, Fit::contradicts};
    // Behind the end, or an end with something behind it.
    if (packet.total != 0 ? is_last || !part.more : !is_last && !part.more) {
        return {at, Fit::contradicts};
    }
    return {at, packet.part_count < parts_max ? Fit::fits : Fit::contradicts};
}

bool Reassembler::make_room(const rte_mbuf* mbuf, std::uint32_t index) noexcept {
    const Buffers more = buffers_of(mbuf);
    while (counts_.bytes + more.bytes > limits_.bytes_max ||
           counts_.buffers + more.count > limits_.buffers_max) {
        if (by_age_.front() == index) return false;
        drop(by_age_.front(), Error::fragment_limit);
    }
    return true;
}

void Reassembler::insert(Packet& packet, std::size_t at, rte_mbuf* mbuf,
                         const Fragment& part) noexcept {
    auto* const parts = packet.parts.data();
    std::copy_backward(parts + at, parts + packet.part_count, parts + packet.part_count + 1);
    parts[at] = {.mbuf = mbuf,
                 .offset = part.offset,
                 .size = part.size,
                 .headers_size = static_cast<std::uint16_t>(part.link_size + part.header_size)};
    ++packet.part_count;
    packet.size += part.size;
    if (!part.more) packet.total = part.end();
    if (part.offset == 0) packet.link_size = part.link_size;
    ++counts_.waiting;
    count_buffers(mbuf, true);
}

/// All parts are there and none overlaps: they stand in order, the first one first.
rte_mbuf* Reassembler::join(std::uint32_t index) noexcept {
    Packet& packet = packets_[index];
    const std::size_t headers = packet.parts[0].headers_size;
    const std::size_t packet_size = headers - packet.link_size + packet.total;
    const bool is_six = packet.version == 6;
    const std::size_t counted = is_six ? packet_size - sizeof(rte_ipv6_hdr) : packet_size;
    if (counted > packet_size_max) {
        refuse(index, Error::fragment_refused);
        return nullptr;
    }
    rte_mbuf* const whole = packet.parts[0].mbuf;
    count_buffers(whole, false);
    rte_mbuf* end = rte_pktmbuf_lastseg(whole);
    for (std::size_t i = 1; i < packet.part_count; ++i) {
        rte_mbuf* const next = packet.parts[i].mbuf;
        count_buffers(next, false);
        rte_pktmbuf_adj(next, packet.parts[i].headers_size);
        whole->nb_segs = static_cast<std::uint16_t>(whole->nb_segs + next->nb_segs);
        whole->pkt_len += next->pkt_len;
        end->next = next;
        end = rte_pktmbuf_lastseg(next);
        next->pkt_len = next->data_len;  // as rte_pktmbuf_chain() leaves it
    }
    // What the driver said of a checksum was about the part.
    whole->ol_flags &= ~static_cast<std::uint64_t>(RTE_MBUF_F_RX_L4_CKSUM_MASK);
    auto* const data = rte_pktmbuf_mtod(whole, std::uint8_t*);
    std::uint8_t* const header = data + packet.link_size;
    if (is_six) {
        finish_ipv6(header, data + headers - sizeof(rte_ipv6_fragment_ext), counted);
    } else {
        finish_ipv4(header, counted);
    }
    counts_.used += packet.part_count;
    counts_.waiting -= packet.part_count;
    ++counts_.reassembled;
    packet.part_count = 0;
    close(index);
    return whole;
}

std::nullptr_t Reassembler::drop_one(rte_mbuf* mbuf, Error reason) noexcept {
    ++stats_.datagrams;
    ++stats_.drops[static_cast<std::size_t>(reason)];
    rte_pktmbuf_free(mbuf);
    return nullptr;
}

void Reassembler::count_buffers(const rte_mbuf* mbuf, bool in) noexcept {
    const Buffers buffers = buffers_of(mbuf);
    if (in) {
        counts_.buffers += buffers.count;
        counts_.bytes += buffers.bytes;
    } else {
        counts_.buffers -= buffers.count;
        counts_.bytes -= buffers.bytes;
    }
}

}  // namespace flowd::dpdk

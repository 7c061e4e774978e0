// SPDX-License-Identifier: BSD-3-Clause
// The packets that wait for their rest: found by what their fragments have in common, ordered by
// age, all of them and those of each source.
#include <rte_random.h>

#include <algorithm>

#include "ingress/dpdk/reassembly.hpp"

namespace flowd::dpdk {

using flow::Error;
using flow::packet::Fragment;

Reassembler::Reassembler(const FragmentLimits& limits, IngressStats& stats) noexcept
    : stats_{stats},
      packets_{std::max(limits.packets_max, 1U)},
      sources_{std::max(limits.packets_max, 1U)},
      packet_table_{packets_.size()},
      source_table_{sources_.size()},
      limits_{limits},
      seed_{rte_rand()} {
    limits_.packets_max = std::max(limits.packets_max, 1U);
    limits_.packets_of_source_max = std::max(limits.packets_of_source_max, 1U);
}

std::uint64_t Reassembler::hash_of(const Fragment& part) const noexcept {
    return hash(part.destination, hash(part.source, seed_ + part.id) + part.version);
}

/// The protocol is no part of the key: in IPv4 all are UDP, and in IPv6 only that of the first part
/// counts (RFC 8200 §4.5).
std::uint32_t Reassembler::find(const Fragment& part, std::uint64_t hash) const noexcept {
    return packet_table_.find(hash, [&](std::uint32_t index) {
        const Packet& packet = packets_[index];
        return packet.id == part.id && packet.version == part.version &&
               packet.source == part.source && packet.destination == part.destination;
    });
}

/// Makes room first: a source that has its share gives up its own oldest. A fragment that belongs
/// to a packet in transit comes within microseconds of the others; it is the old ones that wait in
/// vain.
std::uint32_t Reassembler::open(const Fragment& part, std::uint64_t hash,
                                std::uint64_t now_ns) noexcept {
    const std::uint64_t source_hash = flow::hash(part.source, seed_);
    const std::uint32_t known = find_source(part.source, source_hash);
    if (known != flow::IndexTable::none &&
        sources_[known].packet_count >= limits_.packets_of_source_max) {
        drop(sources_[known].packets.front(), Error::fragment_limit);
    }
    if (packet_count_ == limits_.packets_max) drop(by_age_.front(), Error::fragment_limit);

    std::uint32_t index = packets_opened_;
    if (unused_packets_.empty()) {
        ++packets_opened_;
    } else {
        index = unused_packets_.front();
        unused_packets_.erase(packets_, &Packet::by_age, index);
    }
    Packet& packet = packets_[index];
    packet.source = part.source;
    packet.destination = part.destination;
    packet.hash = hash;
    packet.since_ns = now_ns;
    packet.id = part.id;
    packet.version = part.version;
    packet.size = packet.total = 0;
    packet.part_count = 0;
    packet.reason = Error::none;
    packet.source_index = open_source(part.source, source_hash);
    Source& source = sources_[packet.source_index];
    ++source.packet_count;
    source.packets.push_back(packets_, &Packet::by_source, index);
    by_age_.push_back(packets_, &Packet::by_age, index);
    packet_table_.insert(hash, index);
    ++packet_count_;
    return index;
}

std::uint32_t Reassembler::find_source(const flow::Address& address,
                                       std::uint64_t hash) const noexcept {
    return source_table_.find(
        hash, [&](std::uint32_t index) { return sources_[index].address == address; });
}

std::uint32_t Reassembler::open_source(const flow::Address& address, std::uint64_t hash) noexcept {
    const std::uint32_t known = find_source(address, hash);
    if (known != flow::IndexTable::none) return known;
    std::uint32_t index = sources_opened_;
    if (unused_sources_.empty()) {
        ++sources_opened_;
    } else {
        index = unused_sources_.front();
        unused_sources_.erase(sources_, &Source::unused, index);
    }
    sources_[index] = {
        .address = address, .hash = hash, .packet_count = 0, .packets = {}, .unused = {}};
    source_table_.insert(hash, index);
    return index;
}

/// Of a packet that has no parts any more.
void Reassembler::close(std::uint32_t index) noexcept {
    Packet& packet = packets_[index];
    Source& source = sources_[packet.source_index];
    source.packets.erase(packets_, &Packet::by_source, index);
    by_age_.erase(packets_, &Packet::by_age, index);
    packet_table_.erase(packet.hash, index);
    unused_packets_.push_back(packets_, &Packet::by_age, index);
    --packet_count_;
    if (--source.packet_count != 0) return;
    source_table_.erase(source.hash, packet.source_index);
    unused_sources_.push_back(sources_, &Source::unused, packet.source_index);
}

/// The parts go, the packet stays until it is too old, so that those to come go as well (RFC 5722
/// §3).
void Reassembler::refuse(std::uint32_t index, Error reason) noexcept {
    Packet& packet = packets_[index];
    for (std::size_t i = 0; i < packet.part_count; ++i) {
        count_buffers(packet.parts[i].mbuf, false);
        static_cast<void>(drop_one(packet.parts[i].mbuf, reason));
    }
    counts_.waiting -= packet.part_count;
    packet.part_count = 0;
    packet.reason = reason;
}

void Reassembler::drop(std::uint32_t index, Error reason) noexcept {
    refuse(index, reason);
    close(index);
}

}  // namespace flowd::dpdk

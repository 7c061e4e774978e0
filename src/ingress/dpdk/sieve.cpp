// SPDX-License-Identifier: BSD-3-Clause
// Which frames are ours: the destination port, and the address where the listener names one.
#include "ingress/dpdk/sieve.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <string>

namespace flowd::dpdk {
namespace {

using flow::Address;
using flow::Error;

/// The address that a listener's host stands for; "none" for a wildcard or a name.
Address literal(std::string host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    host = host.substr(0, host.find('%'));  // a zone index means nothing without a kernel interface
    std::array<std::uint8_t, 16> octets{};
    Address address;
    if (inet_pton(AF_INET, host.c_str(), octets.data()) == 1) {
        address = Address::from({octets.data(), 4});
    } else if (inet_pton(AF_INET6, host.c_str(), octets.data()) == 1) {
        address = Address::from(octets);
    }
    const auto bytes = address.bytes();
    const bool wildcard =
        std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t octet) { return octet == 0; });
    return wildcard ? Address{} : address;
}

}  // namespace

Sieve::Sieve(const std::vector<config::Listener>& listeners, flow::packet::LinkType link)
    : link_{link} {
    for (const config::Listener& listener : listeners) {
        doors_.push_back({literal(listener.host), listener.port, listener.accepts});
    }
    std::stable_partition(doors_.begin(), doors_.end(),
                          [](const Door& door) { return door.host.size != 0; });
    open_door_.accepts = flow::Protocols::all();
}

const Sieve::Door* Sieve::find_door(const flow::packet::UdpFrame& frame) const noexcept {
    if (doors_.empty()) return &open_door_;
    for (const Door& door : doors_) {
        if (door.port != frame.destination_port) continue;
        if (door.host.size == 0 || door.host == frame.destination) return &door;
    }
    return nullptr;
}

void Sieve::add(flow::Bytes frame, std::uint32_t readable_behind,
                std::uint64_t received_ns) noexcept {
    ++stats_.datagrams;
    const auto udp = flow::packet::find_udp(frame, link_);
    if (!udp) {
        ++stats_.drops[static_cast<std::size_t>(udp.error())];
        return;
    }
    const Door* door = find_door(*udp);
    if (door == nullptr) {
        ++stats_.drops[static_cast<std::size_t>(Error::frame_not_ours)];
        return;
    }
    stats_.payload_bytes += udp->payload.size();
    assert(count_ < burst_max);
    const auto padding = static_cast<std::uint32_t>(frame.data() + frame.size() -
                                                    (udp->payload.data() + udp->payload.size()));
    datagrams_[count_++] = {.payload = udp->payload,
                            .source = udp->source,
                            .source_port = udp->source_port,
                            .destination_port = udp->destination_port,
                            .accepts = door->accepts,
                            .received_ns = received_ns,
                            .readable_behind = padding + readable_behind};
}

}  // namespace flowd::dpdk

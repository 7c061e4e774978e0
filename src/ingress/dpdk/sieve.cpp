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

Sieve::Sieve(const std::vector<config::Listener>& listeners) {
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

void Sieve::deliver(const flow::packet::UdpFrame& frame, const Door& door,
                    const Arrival& arrival) noexcept {
    assert(count_ < burst_max);
    ++stats_.datagrams;
    stats_.payload_bytes += frame.payload.size();
    const std::uint8_t* const payload_end = frame.payload.data() + frame.payload.size();
    datagrams_[count_++] = {
        .payload = frame.payload,
        .source = frame.source,
        .source_port = frame.source_port,
        .destination_port = frame.destination_port,
        .accepts = door.accepts,
        .received_ns = arrival.received_ns,
        .readable_behind = static_cast<std::uint32_t>(arrival.readable_end - payload_end),
        .dealt = arrival.dealt};
}

}  // namespace flowd::dpdk

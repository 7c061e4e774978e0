// SPDX-License-Identifier: BSD-3-Clause
// Which frames are ours: the destination port, and the address where the listener names one.
#include "ingress/dpdk/sieve.hpp"

#include <arpa/inet.h>

#include <algorithm>
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

}  // namespace flowd::dpdk

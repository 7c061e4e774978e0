// SPDX-License-Identifier: BSD-3-Clause
// Ports and prefixes, one after the other: there are few.
#include "worker/lane_filter.hpp"

#include <algorithm>
#include <cstring>

namespace flowd {

namespace {

[[nodiscard]] bool contains(const LaneFilter::Network& network,
                            const flow::Address& address) noexcept {
    if (network.address.size != address.size) return false;
    const std::size_t whole = network.bits / 8;
    const std::uint8_t* const wanted = network.address.octets.data();
    if (std::memcmp(wanted, address.octets.data(), whole) != 0) return false;
    const unsigned rest = network.bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
    return (address.octets[whole] & mask) == (wanted[whole] & mask);
}

}  // namespace

bool LaneFilter::takes(const flow::Datagram& datagram) const noexcept {
    const bool port = ports.empty() || std::find(ports.begin(), ports.end(),
                                                 datagram.destination_port) != ports.end();
    if (!port) return false;
    return networks.empty() ||
           std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return contains(network, datagram.source); });
}

}  // namespace flowd

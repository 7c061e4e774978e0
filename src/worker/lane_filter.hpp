// SPDX-License-Identifier: BSD-3-Clause
// LaneFilter: which datagrams' messages one of several transports gets. Filled at start, read-only
// from then on.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/address.hpp"
#include "flow/model/datagram.hpp"

namespace flowd {

struct LaneFilter {
    struct Network {
        flow::Address address;  ///< zeros behind the prefix
        std::uint8_t bits = 0;
    };

    std::vector<std::uint16_t> ports{};  ///< of listeners; empty: all
    std::vector<Network> networks{};     ///< of exporters; empty: all

    [[nodiscard]] bool empty() const noexcept { return ports.empty() && networks.empty(); }
    [[nodiscard]] bool takes(const flow::Datagram& datagram) const noexcept;
};

}  // namespace flowd
